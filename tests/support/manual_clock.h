#pragma once

#include "base/clock.h"

namespace loadrun::test {

/// Virtual time: moves only when told to.
class ManualClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  Nanoseconds wall() const override { return now_.since_origin; }
  void advance(Nanoseconds d) { now_ = now_ + d; }

 private:
  TimePoint now_{};
};

}  // namespace loadrun::test

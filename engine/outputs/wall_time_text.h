#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "base/clock.h"

namespace loadrun::outputs {

/// Writes times of day in the local time zone as RFC 3339 has them. Keeps the text of the last
/// second: the times it is given are mostly close to each other.
class WallTimeText {
 public:
  /// "2026-01-02T03:04:05+01:00"; `wall` since 1970.
  void append_seconds(std::string& out, Nanoseconds wall);
  /// "2026-01-02T03:04:05.678901234Z", without zeros at the end of the fraction.
  void append_nanoseconds(std::string& out, Nanoseconds wall);

 private:
  void render(std::int64_t second);

  std::int64_t second_ = std::numeric_limits<std::int64_t>::min();
  std::string date_;  // up to the second
  std::string zone_;  // "Z" or "+01:00"
};

}  // namespace loadrun::outputs

#include "plan/reservation.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>

namespace loadrun::plan {
namespace {

// The reserved number of VUs is the largest of the looping number now and of those of the last
// `hold`.
class HeldVus {
 public:
  explicit HeldVus(Nanoseconds hold) : hold_(hold) {}

  void step_to(const VuStep& step) {
    release_before(step.at);
    // What looped until now is held; less than that in the same window no longer matters.
    if (!steps_.empty()) {
      while (!held_.empty() && held_.back().vus <= looping_) held_.pop_back();
      held_.push_back({step.at + hold_, looping_});
    }
    while (!held_.empty() && held_.front().at <= step.at) held_.pop_front();
    looping_ = step.vus;
    emit(step.at);
  }

  std::vector<VuStep> finish(Nanoseconds end) {
    release_before(end);
    if (steps_.back().vus != 0) steps_.push_back({end, 0});
    return std::move(steps_);
  }

 private:
  void release_before(Nanoseconds at) {
    while (!held_.empty() && held_.front().at < at) {
      const Nanoseconds released = held_.front().at;
      held_.pop_front();
      emit(released);
    }
  }

  void emit(Nanoseconds at) {
    const std::int64_t vus = held_.empty() ? looping_ : std::max(looping_, held_.front().vus);
    if (steps_.empty() || steps_.back().vus != vus) steps_.push_back({at, vus});
  }

  Nanoseconds hold_;
  std::int64_t looping_ = 0;
  std::deque<VuStep> held_;  // `at` is when it ends; ascending, with descending numbers of VUs.
  std::vector<VuStep> steps_;
};

}  // namespace

std::vector<VuStep> reserve(const std::vector<VuStep>& steps, Nanoseconds hold, Nanoseconds end) {
  HeldVus held(hold);
  for (const VuStep& step : steps) held.step_to(step);
  return held.finish(end);
}

}  // namespace loadrun::plan

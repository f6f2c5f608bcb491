#include "net/loop_probe.h"

#include <algorithm>

namespace loadrun::net {

void LoopProbe::start(TimePoint origin) {
  running_ = true;
  origin_ = origin;
  end_ = origin + 1s;
  told_ = origin;
  turn_began_ = std::max(turn_began_, origin);
}

std::int64_t LoopProbe::stop(TimePoint now) {
  end_turn(now);
  running_ = false;
  current_.length = now - (end_ - 1s);
  if (current_.length >= kShortestRest || over_.empty()) {
    over_.push_back(current_);
    return current_.second;
  }
  LoopSecond& last = over_.back();
  last.length += current_.length;
  last.busy += current_.busy;
  last.longest_turn = std::max(last.longest_turn, current_.longest_turn);
  last.timer_lateness = std::max(last.timer_lateness, current_.timer_lateness);
  return last.second;
}

void LoopProbe::end_turn(TimePoint now) {
  if (!running_) return;
  advance(now, true);
  current_.longest_turn = std::max(current_.longest_turn, now - turn_began_);
}

void LoopProbe::begin_turn(TimePoint now, std::optional<TimePoint> deadline) {
  turn_began_ = now;
  if (!running_) return;
  advance(now, now - told_ < kNoRest);
  if (deadline) current_.timer_lateness = std::max(current_.timer_lateness, now - *deadline);
}

/// From what was told last to `now`, the loop was busy, or rested.
void LoopProbe::advance(TimePoint now, bool busy) {
  while (now >= end_) {
    if (busy) current_.busy += end_ - told_;
    told_ = end_;
    over_.push_back(current_);
    current_ = {.second = current_.second + 1};
    end_ = end_ + 1s;
  }
  if (busy && now > told_) current_.busy += now - told_;
  told_ = std::max(told_, now);
}

}  // namespace loadrun::net

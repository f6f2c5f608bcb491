#include "metrics/second_window.h"

#include <utility>

namespace loadrun::metrics {

namespace {

// So much later than the newest second its window may still be asked for.
constexpr std::int64_t kSlack = 16;

}  // namespace

SecondWindow::SecondWindow(Sink empty, std::int64_t length)
    : empty_(std::move(empty)), length_(length) {}

void SecondWindow::add(std::int64_t second, const Sink& sink) {
  const auto place = seconds_.try_emplace(length_ == 0 ? 0 : second, empty_).first;
  merge(place->second, sink);
  if (length_ == 0) return;
  const std::int64_t oldest = seconds_.rbegin()->first - length_ - kSlack;
  seconds_.erase(seconds_.begin(), seconds_.lower_bound(oldest));
}

Sink SecondWindow::until(std::int64_t last) const {
  Sink sum = empty_;
  const auto begin = length_ == 0 ? seconds_.begin() : seconds_.upper_bound(last - length_);
  const auto end = length_ == 0 ? seconds_.end() : seconds_.upper_bound(last);
  for (auto second = begin; second != end; ++second) merge(sum, second->second);
  return sum;
}

}  // namespace loadrun::metrics

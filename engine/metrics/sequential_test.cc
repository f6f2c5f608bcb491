#include "metrics/sequential_test.h"

#include <algorithm>
#include <cmath>

namespace loadrun::metrics {
namespace {

constexpr std::size_t kFewestLooks = 8;
// Counting whole arrivals at two instants is off by so much even where nothing is random.
constexpr double kCountingVariance = 2;
constexpr double kChance = 2;  // standard deviations

}  // namespace

Evidence evidence_of(double log_ratio) {
  const double bound = std::log((1 - kErrorRate) / kErrorRate);
  if (log_ratio >= bound) return Evidence::kBroken;
  return log_ratio <= -bound ? Evidence::kFine : Evidence::kOpen;
}

double share_log_ratio(const Failures& failures, double limit) {
  const double fine = limit / 2;
  const double broken = std::min(1.5 * limit, (1 + limit) / 2);
  const auto failed = static_cast<double>(failures.failed);
  const auto passed = static_cast<double>(failures.total - failures.failed);
  return failed * std::log(broken / fine) + passed * std::log((1 - broken) / (1 - fine));
}

void BacklogTest::add(Nanoseconds at, std::int64_t waiting) {
  if (first_) {
    changes_.push_back(static_cast<double>(waiting - last_.waiting));
  } else {
    first_ = {at, waiting};
  }
  last_ = {at, waiting};
}

double BacklogTest::growth() const {
  return first_ ? static_cast<double>(last_.waiting - first_->waiting) : 0;
}

/// The growth to be told from none.
double BacklogTest::expected() const {
  return first_ ? kDrift * rate_ * to_seconds(last_.at - first_->at) : 0;
}

double BacklogTest::variance() const {
  const auto count = static_cast<double>(changes_.size());
  const double mean = growth() / count;
  double squares = 0;
  for (const double change : changes_) squares += (change - mean) * (change - mean);
  return std::max(squares / (count - 1), kCountingVariance);
}

double BacklogTest::log_ratio() const {
  const double mean = expected() / static_cast<double>(changes_.size());
  return mean / variance() * (growth() - expected() / 2);
}

Evidence BacklogTest::evidence() const {
  return looks() < kFewestLooks ? Evidence::kOpen : evidence_of(log_ratio());
}

bool BacklogTest::seems_to_grow() const {
  if (looks() < 2) return false;
  return growth() > expected() / 2 && growth() > kChance * std::sqrt(variance());
}

}  // namespace loadrun::metrics

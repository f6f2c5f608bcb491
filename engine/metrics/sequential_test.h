#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"

// Questions that are answered as soon as the evidence suffices: A. Wald, "Sequential Tests of
// Statistical Hypotheses" (Annals of Mathematical Statistics 16, 1945). The log-likelihood ratio of
// "broken" to "fine" is compared with two bounds that follow from the error rates alone.

namespace loadrun::metrics {

/// Of both errors: to call broken what is fine, and fine what is broken. Two bounds, each wrong at
/// most this often, enclose a value with 95 % confidence.
constexpr double kErrorRate = 0.025;

/// What is known of a question.
enum class Evidence { kOpen, kFine, kBroken };

/// Wald's bounds, ln((1 - beta) / alpha) and ln(beta / (1 - alpha)), of a log-likelihood ratio.
Evidence evidence_of(double log_ratio);

/// Some of `total` that failed.
struct Failures {
  std::uint64_t failed = 0;
  std::uint64_t total = 0;
};

/// The log-likelihood ratio of "more than `limit` fail" to "fewer": of 1.5 x `limit` to half of it.
/// In between, either answer is right. REQUIRES: 0 < limit < 1.
double share_log_ratio(const Failures& failures, double limit);

/// Whether a queue grows under a constant rate of arrivals. The backlog of an open queue below its
/// capacity stays about the same; above, it grows by rate - capacity (Little's law has no
/// stationary state then). Growth by kDrift of the arrivals is tested against none, the changes
/// from look to look taken as normal with the variance that they show: no independence is gained by
/// that where the backlog returns to its mean, which makes the test cautious.
class BacklogTest {
 public:
  static constexpr double kDrift = 0.03;

  /// `rate` in arrivals per second.
  explicit BacklogTest(double rate) : rate_(rate) {}

  /// There is a backlog of `waiting` at `at`; the first is what growth is measured from.
  void add(Nanoseconds at, std::int64_t waiting);

  /// Looks after the first one.
  std::size_t looks() const { return changes_.size(); }
  /// kOpen until there are enough looks for a variance.
  Evidence evidence() const;
  /// What is likelier when no more looks come: growth, and more than by chance.
  bool seems_to_grow() const;

 private:
  struct Look {
    Nanoseconds at;
    std::int64_t waiting;
  };
  double growth() const;
  double expected() const;
  double variance() const;
  double log_ratio() const;

  double rate_;
  std::optional<Look> first_;
  Look last_{};
  std::vector<double> changes_;
};

}  // namespace loadrun::metrics

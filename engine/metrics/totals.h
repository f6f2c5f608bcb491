#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "metrics/delta.h"
#include "metrics/errors.h"
#include "metrics/metric.h"
#include "metrics/registry.h"
#include "metrics/second_window.h"
#include "metrics/sink.h"
#include "metrics/tags.h"

namespace loadrun::metrics {

/// A metric restricted to samples with certain tags: `http_req_duration{expected_response:true}`.
struct Submetric {
  std::string name;  ///< As written, e.g. "http_req_duration{scenario:buy}".
  MetricId metric;
  Tags tags;

  /// Whether a sample with `sample_tags` belongs to it; a tag with an empty value matches samples
  /// that lack the tag.
  bool matches(MetricId sample_metric, const Tags& sample_tags) const;
  bool operator==(const Submetric&) const = default;
};

/// What a threshold with a window or a time to leave out looks at.
struct WatchSpec {
  Submetric part;
  std::int64_t window = 0;  ///< Seconds; 0 for all since the start.
  /// Seconds of a scenario, from its start, whose samples are left out.
  Nanoseconds after{0};
  bool operator==(const WatchSpec&) const = default;
};

/// Whether the tags say which group a sample is of.
bool names_group(const Tags& tags);

/// The group of what VUs do while they prepare for a common start.
constexpr std::string_view kPreparationGroup = "::prepare";

/// Everything measured so far: per metric, per sub-metric and per series. Confined to the
/// coordinator.
class Totals {
 public:
  /// One metric x tag set, over all workers.
  struct Series {
    MetricId metric;
    Tags tags;
    Sink sink;
  };

  /// Tracks http_req_duration{expected_response:true} from the start, as k6 always does.
  /// `registry` outlives this.
  explicit Totals(const Registry& registry);

  /// Starts tracking a sub-metric; does nothing when one of the same metric and tags is tracked.
  /// REQUIRES: before the first merge.
  void track(Submetric submetric);

  /// From here on, what `spec` is about is also kept by the second. `starts` says when each
  /// scenario starts, after the first; samples of none count from there. REQUIRES: before the first
  /// merge, and after expect_preparation().
  void watch(const WatchSpec& spec, const std::map<std::string, Nanoseconds>& starts);
  /// In the order of watch().
  const SecondWindow& watched(std::size_t index) const { return watches_[index].seconds; }

  /// Adds a worker's delta (its series ids are translated by `worker`). REQUIRES: the deltas of one
  /// worker come in the order in which they were taken.
  void add(std::uint32_t worker, const Delta& delta);
  /// The same, and empties it for reuse.
  void merge(std::uint32_t worker, Delta& delta);
  /// The positions in series() of a worker's series, by SeriesId. REQUIRES: it has handed over.
  const std::vector<std::size_t>& series_of(std::uint32_t worker) const {
    return series_of_worker_[worker];
  }

  /// Whole-metric aggregate; an empty sink of the right type when nothing was recorded. Valid until
  /// the next merge.
  const Sink& metric(MetricId id) const;
  /// From here on, what VUs did while they prepared for a common start can be told apart.
  void expect_preparation() { has_preparation_ = true; }
  bool has_preparation() const { return has_preparation_; }
  /// What the metric's samples with `tags` amount to without those of preparation, whose `group` is
  /// kPreparationGroup or below it.
  Sink without_preparation(const Submetric& part) const;
  /// In the order of tracking.
  const std::vector<Submetric>& submetrics() const { return submetrics_; }
  /// `index` is the sub-metric's position in submetrics().
  const Sink& submetric(std::size_t index) const { return submetric_sinks_[index]; }
  /// In order of first appearance: definition order of checks and groups follows from it.
  const std::vector<Series>& series() const { return series_; }
  const Errors& errors() const { return errors_; }

 private:
  struct Watch {
    WatchSpec spec;
    std::map<std::string, Nanoseconds> starts;
    SecondWindow seconds;
  };
  /// A watch that a series belongs to, from this second on.
  struct Watcher {
    std::size_t watch;
    std::int64_t first;
  };

  /// Whether samples with `tags` belong to it, and from when on.
  std::optional<std::int64_t> first_second(const Watch& watch,
                                           const Delta::NewSeries& series) const;
  /// Position of the series with this metric and tags, which is made when absent.
  std::size_t find_or_add(const Delta::NewSeries& series);
  std::size_t add_series(const Delta::NewSeries& series);
  /// Has a sink for every metric of the registry.
  void learn_metrics();

  const Registry& registry_;
  bool has_preparation_ = false;
  std::vector<Sink> empty_sinks_;  // one for each type and kind of value
  std::vector<Sink> metrics_;  // by metric; those declared during the run come with their samples
  std::vector<Submetric> submetrics_;
  std::vector<Sink> submetric_sinks_;
  std::vector<Series> series_;
  Errors errors_;
  std::vector<std::vector<std::size_t>> submetrics_of_;  // by series: the ones it belongs to
  std::vector<Watch> watches_;
  std::vector<std::vector<Watcher>> watchers_of_;            // by series
  std::vector<std::vector<std::size_t>> series_of_worker_;   // by worker, then by its SeriesId
  std::unordered_multimap<std::size_t, std::size_t> index_;  // hash of metric and tags -> series
};

}  // namespace loadrun::metrics

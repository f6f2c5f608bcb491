#include "run/output_feed.h"

#include <map>

#include "metrics/shard.h"
#include "support/catch.h"

using namespace loadrun;
using metrics::Builtin;
using outputs::Batch;

namespace {

constexpr metrics::MetricId kReqs = id_of(Builtin::kHttpReqs);

class Keeper final : public outputs::Output {
 public:
  explicit Keeper(std::vector<Batch>& batches) : batches_(batches) {}
  std::string description() const override { return "keeper"; }
  bool wants_samples() const override { return true; }
  Result<void> start(const outputs::RunInfo&) override { return {}; }
  Result<void> write(const Batch& batch) override {
    batches_.push_back(batch);
    return {};
  }
  Result<void> finish(const report::SummaryInput&) override { return {}; }

 private:
  std::vector<Batch>& batches_;
};

std::vector<std::unique_ptr<outputs::Output>> only(std::unique_ptr<outputs::Output> output) {
  std::vector<std::unique_ptr<outputs::Output>> outputs;
  outputs.push_back(std::move(output));
  return outputs;
}

struct Source {
  explicit Source(const metrics::Registry& registry) : shard(registry, tags) {
    shard.keep_samples();
  }
  void record(const char* name, double value, TimePoint at) {
    shard.record(shard.series(kReqs, tags.intern({{"name", name}})), value, at);
  }
  metrics::TagTable tags;
  metrics::Shard shard;
};

/// Two sources, whose numbers are 0 and 1, and a feed that starts at 100 s on the monotonic clock
/// and 5000 s on the wall's.
struct Feeding {
  Feeding() {
    set.start(info);
    feed.start({100s}, 5000s);
    for (Source& source : sources) source.shard.start({100s});
  }
  void hand_over(std::uint32_t source) {
    metrics::Shard& shard = sources[source].shard;
    shard.close_all();
    while (shard.has_closed()) {
      const metrics::Delta delta = shard.take();
      totals.add(source, delta);
      feed.add(source, delta);
    }
  }
  /// Everything that was published.
  const std::vector<Batch>& published() {
    REQUIRE(set.finish(results, 60s));
    return batches;
  }

  std::vector<Batch> batches;
  metrics::Registry registry;
  metrics::Totals totals{registry};
  plan::Plan plan;
  std::vector<metrics::ThresholdOutcome> thresholds;
  report::SummaryInput results{
      .registry = registry, .totals = totals, .thresholds = thresholds, .plan = plan};
  SystemClock clock;
  outputs::OutputSet set{only(std::make_unique<Keeper>(batches)), clock};
  outputs::RunInfo info{.plan = plan, .series = set.series(), .script = "", .script_source = ""};
  run::OutputFeed feed{set, registry, totals};
  Source sources[2]{Source(registry), Source(registry)};
};

}  // namespace

TEST_CASE("what sources hand over of a second becomes one batch under the run's series") {
  Feeding f;
  f.sources[0].record("a", 1, {100s + 1ns});
  f.sources[0].record("b", 2, {100s + 2ns});
  f.sources[1].record("b", 4, {100s + 3ns});
  f.hand_over(0);
  f.hand_over(1);
  f.feed.flush();
  const std::vector<Batch>& batches = f.published();
  REQUIRE(batches.size() == 1);
  const Batch& batch = batches[0];
  CHECK(batch.second == 0s);
  CHECK(batch.sample_count == 3);
  REQUIRE(batch.samples.size() == 3);
  CHECK(batch.samples[0].wall == 5000s + 1ns);
  CHECK(batch.samples[1].series == batch.samples[2].series);
  CHECK(f.set.series().at(batch.samples[2].series).tags == metrics::Tags{{"name", "b"}});
  CHECK(f.set.series().at(batch.samples[2].series).metric.name == "http_reqs");
  std::map<std::string, double> sums;
  for (const Batch::Part& part : batch.parts) {
    sums[f.set.series().at(part.series).tags[0].second] =
        std::get<metrics::Counter>(part.sink).sum.value();
  }
  CHECK(sums == std::map<std::string, double>{{"a", 1}, {"b", 6}});
}

TEST_CASE("seconds are published in order; what is late makes another batch") {
  Feeding f;
  f.sources[0].record("a", 1, {100s});
  f.sources[0].record("a", 2, {101s});
  f.hand_over(0);
  f.feed.publish(metrics::kBeforeStart);  // nobody knows yet what the other has
  f.sources[1].record("a", 3, {102s});
  f.sources[1].record("a", 4, {100s});
  f.hand_over(1);
  f.feed.publish(0);
  f.sources[0].record("a", 5, {100s});  // goes to the second that is open
  f.hand_over(0);
  f.feed.flush();
  std::vector<std::pair<Nanoseconds, std::vector<double>>> values;
  for (const Batch& batch : f.published()) {
    auto& [second, of_second] = values.emplace_back();
    second = batch.second;
    for (const Batch::Sample& sample : batch.samples) of_second.push_back(sample.value);
  }
  CHECK(values == std::vector<std::pair<Nanoseconds, std::vector<double>>>{
                      {0s, {1, 4}}, {1s, {2, 5}}, {2s, {3}}});
}

TEST_CASE("metadata of several sources keeps apart") {
  Feeding f;
  f.sources[0].shard.set_metadata({{"vu", "1"}});
  f.sources[0].record("a", 1, {100s});
  f.sources[1].record("a", 2, {100s});
  f.sources[1].shard.set_metadata({{"vu", "2"}});
  f.sources[1].record("a", 3, {100s});
  f.hand_over(0);
  f.hand_over(1);
  f.feed.flush();
  const Batch& batch = f.published().at(0);
  std::vector<metrics::Tags> metadata;
  for (const Batch::Sample& sample : batch.samples) {
    metadata.push_back(sample.metadata == 0 ? metrics::Tags{}
                                            : batch.metadata[sample.metadata - 1]);
  }
  CHECK(metadata == std::vector<metrics::Tags>{{{"vu", "1"}}, {}, {{"vu", "2"}}});
}

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/diagnostics.h"
#include "plan/object_reader.h"
#include "plan/options.h"
#include "plan/plan.h"
#include "plan/shortcuts.h"

namespace loadrun::plan {

/// Consolidates option layers into a Plan: starts with the defaults, takes layer after layer,
/// lowest precedence first, and collects all errors and warnings on the way.
class PlanBuilder {
 public:
  PlanBuilder();

  void add(const OptionLayer& layer);
  /// The plan, or all errors. `exports` are the script's functions, `wall` is the time of day.
  Result<Plan> finish(const std::vector<std::string>& exports, Nanoseconds wall) &&;

 private:
  void read_segment(ObjectReader& layer);
  void read_life_cycle(ObjectReader& layer);
  void read_http(ObjectReader& layer);
  void read_http_debug(ObjectReader& layer, const std::string& text);
  void read_summary(ObjectReader& layer);
  void read_tags(ObjectReader& layer);
  void read_features(ObjectReader& layer);
  void warn_of_rest(const ObjectReader& layer);
  void place_segment();
  void check_searches();
  void warn_of_no_work();
  void check_exports(const std::vector<std::string>& exports);
  void settle_starts(Nanoseconds wall);

  Plan plan_;
  Diagnostics diagnostics_;
  ExecutionOptions execution_;
  ExecutionSegment segment_;
  ExecutionSegmentSequence sequence_;
  bool merge_run_tags_ = false;
  /// One element per layer that has tags: whether they are merged is known after the last layer.
  std::vector<std::map<std::string, std::string>> tags_;
};

}  // namespace loadrun::plan

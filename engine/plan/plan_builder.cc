#include "plan/plan_builder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/version.h"
#include "plan/address_options.h"
#include "plan/byte_size.h"
#include "plan/dns_option.h"
#include "plan/no_metrics_option.h"
#include "plan/option_table.h"
#include "plan/schedule.h"
#include "plan/similar_name.h"
#include "plan/stampede_parser.h"
#include "plan/summary_options.h"
#include "plan/system_tags.h"
#include "plan/thresholds_option.h"
#include "plan/tls_options.h"

namespace loadrun::plan {
namespace {

constexpr std::string_view kMergeRunTags = "merge-run-tags";

template <typename T, typename U>
void assign(T& target, std::optional<U> value) {
  if (value) target = std::move(*value);
}

// What `parse` makes of the text of an option; none when it is unset or wrong, which is reported.
template <typename Parse>
auto parsed_text(ObjectReader& layer, std::string_view option, Parse parse)
    -> std::optional<std::decay_t<decltype(parse(std::string_view()).value())>> {
  const auto text = layer.text(option);
  if (!text) return std::nullopt;
  auto parsed = parse(*text);
  if (parsed.ok()) return std::move(parsed).value();
  layer.error(option, parsed.error().message);
  return std::nullopt;
}

// The options that read functions do not ask for although they exist.
bool is_known(std::string_view option) {
  const auto table = option_table();
  return std::any_of(table.begin(), table.end(),
                     [&](const OptionNames& names) { return names.option == option; });
}

std::string option_suggestion(std::string_view option) {
  std::vector<std::string_view> known;
  for (const OptionNames& names : option_table()) known.push_back(names.option);
  return suggestion(option, known);
}

std::string no_effect(std::string_view option) {
  return fmt::format(
      "option \"{}\" is known to k6 but not supported by this version of loadrun; it has no effect",
      option);
}

}  // namespace

PlanBuilder::PlanBuilder() {
  plan_.user_agent = fmt::format("loadrun/{}", kVersion);
  plan_.system_tags = default_system_tags();
}

void PlanBuilder::add(const OptionLayer& layer) {
  if (!layer.values.is_object()) {
    diagnostics_.error(Place{layer.origin, ""},
                       fmt::format("{} is not an object of options", shown(layer.values)));
    return;
  }
  ObjectReader reader(layer.values, Place{layer.origin, ""}, diagnostics_);
  execution_.merge(reader);
  read_segment(reader);
  read_life_cycle(reader);
  read_http(reader);
  read_summary(reader);
  read_tags(reader);
  read_features(reader);
  warn_of_rest(reader);
}

void PlanBuilder::read_segment(ObjectReader& layer) {
  assign(segment_, parsed_text(layer, "executionSegment", ExecutionSegment::parse));
  assign(sequence_, parsed_text(layer, "executionSegmentSequence", parse_sequence));
}

void PlanBuilder::read_life_cycle(ObjectReader& layer) {
  assign(plan_.paused, layer.boolean("paused"));
  assign(plan_.no_setup, layer.boolean("noSetup"));
  assign(plan_.no_teardown, layer.boolean("noTeardown"));
  assign(plan_.setup_timeout, layer.duration("setupTimeout", 1ms));
  assign(plan_.teardown_timeout, layer.duration("teardownTimeout", 1ms));
  assign(plan_.handle_summary_timeout, layer.duration("handleSummaryTimeout", 1ms));
  assign(plan_.min_iteration_duration, layer.duration("minIterationDuration", 0ns));
  assign(plan_.thresholds, read_thresholds(layer));
}

void PlanBuilder::read_http(ObjectReader& layer) {
  assign(plan_.user_agent, layer.text("userAgent"));
  assign(plan_.insecure_skip_tls_verify, layer.boolean("insecureSkipTLSVerify"));
  read_tls(layer, plan_.tls);
  assign(plan_.discard_response_bodies, layer.boolean("discardResponseBodies"));
  assign(plan_.max_decompressed_body, read_byte_size(layer, "maxDecompressedBody"));
  assign(plan_.http_version, parsed_text(layer, "httpVersion", parse_http_version));
  assign(plan_.no_connection_reuse, layer.boolean("noConnectionReuse"));
  assign(plan_.no_vu_connection_reuse, layer.boolean("noVUConnectionReuse"));
  assign(plan_.no_cookies_reset, layer.boolean("noCookiesReset"));
  assign(plan_.throw_errors, layer.boolean("throw"));
  assign(plan_.batch, layer.integer("batch", 0));
  assign(plan_.batch_per_host, layer.integer("batchPerHost", 0));
  assign(plan_.rps, layer.integer("rps", 0));
  if (const auto debug = layer.text("httpDebug")) read_http_debug(layer, *debug);
  if (const auto redirects = layer.integer("maxRedirects", 0)) {
    constexpr std::int64_t kMost = std::numeric_limits<int>::max();
    plan_.max_redirects = static_cast<int>(std::min(*redirects, kMost));
    plan_.max_redirects_given = true;
  }
  read_dns(layer, plan_.dns);
  read_addresses(layer, plan_.addresses);
}

void PlanBuilder::read_http_debug(ObjectReader& layer, const std::string& text) {
  static const std::map<std::string, HttpDebug> kNames{{"", HttpDebug::kOff},
                                                       {"headers", HttpDebug::kHeaders},
                                                       {"full", HttpDebug::kFull},
                                                       {"failed", HttpDebug::kFailed}};
  const auto found = kNames.find(text);
  if (found != kNames.end()) {
    plan_.http_debug = found->second;
  } else {
    layer.error("httpDebug", fmt::format("\"{}\" is none of headers, full and failed", text));
  }
}

void PlanBuilder::read_summary(ObjectReader& layer) {
  assign(plan_.summary_trend_stats, read_summary_trend_stats(layer));
  assign(plan_.summary_time_unit, read_summary_time_unit(layer));
  assign(plan_.system_tags, read_system_tags(layer));
  assign(plan_.no_metrics, read_no_metrics(layer));
}

void PlanBuilder::read_tags(ObjectReader& layer) {
  if (auto tags = layer.text_map("tags")) tags_.push_back(std::move(*tags));
}

void PlanBuilder::read_features(ObjectReader& layer) {
  const auto features = layer.text_list("features");
  if (!features) return;
  merge_run_tags_ = std::find(features->begin(), features->end(), kMergeRunTags) != features->end();
  for (const std::string& feature : *features) {
    if (feature == kMergeRunTags) continue;
    diagnostics_.warning(
        layer.place("features"),
        fmt::format("\"{}\" is not supported by this version of loadrun; it has no effect",
                    feature));
  }
}

void PlanBuilder::warn_of_rest(const ObjectReader& layer) {
  for (const std::string& option : layer.unread()) {
    if (is_known(option)) {
      diagnostics_.warning(no_effect(option));
    } else {
      diagnostics_.warning(layer.place(),
                           fmt::format("there is no option \"{}\"; it has no effect{}", option,
                                       option_suggestion(option)));
    }
  }
}

void PlanBuilder::place_segment() {
  auto tuple = ExecutionTuple::create(segment_, sequence_);
  if (!tuple.ok()) return diagnostics_.error(tuple.error().message);
  plan_.tuple = std::move(tuple).value();
  for (Scenario& scenario : plan_.scenarios) scenario.tuple = plan_.tuple;
}

/// One instance of several, or one search of several, would measure what the others do.
void PlanBuilder::check_searches() {
  const auto searches = [](const Scenario& scenario) {
    return std::holds_alternative<Capacity>(scenario.executor);
  };
  const auto count = std::ranges::count_if(plan_.scenarios, searches);
  if (count > 1) {
    diagnostics_.error(
        fmt::format("there are {} scenarios with the executor capacity (expected one)", count));
  }
  if (count > 0 && !plan_.tuple.is_whole()) {
    diagnostics_.error(fmt::format(
        "the executor capacity runs in one instance (expected no executionSegment, not {})",
        plan_.tuple.segment().text()));
  }
}

void PlanBuilder::warn_of_no_work() {
  const auto has_work = [](const Scenario& scenario) { return max_vus(scenario) > 0; };
  const std::string here = fmt::format("in the execution segment {}", plan_.tuple.segment().text());
  for (const Scenario& scenario : plan_.scenarios) {
    if (has_work(scenario)) continue;
    diagnostics_.warning(
        fmt::format("scenario {} is left out: it has no VUs {}", scenario.name, here));
  }
  if (std::ranges::any_of(plan_.scenarios, has_work)) return;
  diagnostics_.warning(fmt::format("there is nothing to run: no scenario has VUs {}", here));
}

void PlanBuilder::check_exports(const std::vector<std::string>& exports) {
  const auto check = [&](const Scenario& scenario, std::string_view function) {
    if (function.empty()) return;  // None, or reported when it was read.
    if (std::find(exports.begin(), exports.end(), function) != exports.end()) return;
    diagnostics_.error(
        fmt::format("executor {}: function '{}' not found in exports (the script exports {})",
                    scenario.name, function, fmt::join(exports, ", ")));
  };
  for (const Scenario& scenario : plan_.scenarios) {
    check(scenario, scenario.exec);
    if (const Stampede* stampede = stampede_of(scenario.executor)) {
      check(scenario, stampede->prepare);
    }
  }
}

void PlanBuilder::settle_starts(Nanoseconds wall) {
  for (Scenario& scenario : plan_.scenarios) {
    Stampede* stampede = stampede_of(scenario.executor);
    if (stampede == nullptr) continue;
    const std::string wrong = settle_start(*stampede, wall);
    if (!wrong.empty())
      diagnostics_.error(fmt::format("scenario {}: startAt {}", scenario.name, wrong));
  }
}

Result<Plan> PlanBuilder::finish(const std::vector<std::string>& exports, Nanoseconds wall) && {
  plan_.scenarios = execution_.scenarios(diagnostics_);
  place_segment();
  check_searches();
  std::map<std::string, std::string> tags;
  for (auto& layer : tags_) {
    if (!merge_run_tags_) tags.clear();
    layer.merge(tags);  // Keeps what the higher layer says.
    tags = std::move(layer);
  }
  plan_.tags.assign(std::make_move_iterator(tags.begin()), std::make_move_iterator(tags.end()));
  if (exports.empty()) return Error{ExitCode::kGeneric, "no exported functions in script"};
  check_exports(exports);
  settle_starts(wall);
  if (!diagnostics_.ok()) return diagnostics_.all_errors();
  warn_of_no_work();
  plan_.warnings = diagnostics_.warnings();
  return std::move(plan_);
}

Result<Plan> resolve(const std::vector<OptionLayer>& layers,
                     const std::vector<std::string>& exports, Nanoseconds wall) {
  PlanBuilder builder;
  for (const OptionLayer& layer : layers) builder.add(layer);
  return std::move(builder).finish(exports, wall);
}

}  // namespace loadrun::plan

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/duration.h"
#include "conformance/cases.h"
#include "plan/arrivals.h"
#include "plan/option_text.h"
#include "plan/options.h"
#include "plan/options_json.h"
#include "plan/schedule.h"
#include "support/catch.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;
using test::Case;

constexpr const char* kFile = "plan.jsonl";

/// The list of cases that do not hold, as text.
std::string skipped_list() {
  std::ifstream file(std::string(LOADRUN_SOURCE_DIR) + "/tests/conformance/SKIPPED.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The areas that tests of this file cover, and {address,commands,run,segment}_cases_test.cc.
const std::set<std::string> kTestedAreas{"cli.env_vars",
                                         "cli.keyvalue_lists",
                                         "cli.tag_flag",
                                         "config.consolidate",
                                         "dns.resolve",
                                         "duration.format",
                                         "duration.js_value",
                                         "duration.json",
                                         "duration.parse",
                                         "executor.constant_arrival_rate.global_iters",
                                         "executor.constant_arrival_rate.timing",
                                         "executor.per_vu_iterations.dropped",
                                         "executor.per_vu_iterations.run",
                                         "executor.ramping_arrival_rate.schedule",
                                         "executor.ramping_vus.raw_steps",
                                         "executor.ramping_vus.requirements",
                                         "executor.ramping_vus.run",
                                         "executor.shared_iterations.global_iters",
                                         "executor.shared_iterations.run",
                                         "net.dial_address",
                                         "options.blacklistIPs.cidr",
                                         "options.blockHostnames.match",
                                         "options.blockHostnames.pattern_valid",
                                         "options.env",
                                         "options.hosts.match",
                                         "options.hosts.value",
                                         "options.localIPs.block",
                                         "options.summaryTrendStats.valid",
                                         "options.tls",
                                         "scenario.config",
                                         "scenario.defaults",
                                         "scenario.describe",
                                         "scenario.ramping_vus.validate",
                                         "segment.index_walk",
                                         "segment.length",
                                         "segment.new",
                                         "segment.parse",
                                         "segment.scale_naive",
                                         "segment.scale_striped",
                                         "segment.sequence_lcd",
                                         "segment.sequence_parse",
                                         "segment.split",
                                         "segment.striped_offsets",
                                         "segment.subsegment",
                                         "segment.tuple_rescale",
                                         "segment.tuple_scale",
                                         "systemTags.marshal",
                                         "systemTags.parse_text"};

/// The cases of an area but for those that tests/conformance/SKIPPED.md lists one by one.
std::vector<Case> cases(const std::string& area) {
  REQUIRE(kTestedAreas.contains(area));
  const std::string list = skipped_list();
  std::vector<Case> kept;
  for (Case& one : test::cases_of(kFile, area)) {
    const std::string entry = "`" + area + "` | `" + one.input.dump() + "`";
    if (list.find(entry) == std::string::npos) kept.push_back(std::move(one));
  }
  REQUIRE_FALSE(kept.empty());
  return kept;
}

OptionLayer script(json values) { return {"script options", std::move(values)}; }

Result<Plan> resolved(json script_options) {
  return resolve({script(std::move(script_options))}, {"default"});
}

Nanoseconds duration_of(const json& value) {
  const auto parsed = parse_duration_or_ms(value.get<std::string>());
  REQUIRE(parsed.ok());
  return parsed.value();
}

/// What the engine makes of a duration in a script: that of `minIterationDuration`, none when it is
/// refused.
std::optional<Nanoseconds> script_duration(const json& value) {
  const auto plan = resolved({{"minIterationDuration", value}});
  if (!plan.ok()) return std::nullopt;
  return plan.value().min_iteration_duration;
}

/// What `inspect` shows of a TLS option, as the cases write it: null is a version that is not set.
json shown_tls(const std::string& option, const Plan& plan) {
  json shown = json::parse(options_json(plan)).at(option);
  if (option != "tlsVersion") return shown;
  for (json& end : shown) {
    if (end.is_string() && end.get_ref<const std::string&>().empty()) end = nullptr;
  }
  return shown;
}

TEST_CASE("TLS options are k6's") {
  for (const Case& one : cases("options.tls")) {
    INFO(one.text());
    const auto plan = resolved(one.input);
    REQUIRE(plan.ok() == (one.expected != "error"));
    if (plan.ok()) CHECK(shown_tls(one.input.begin().key(), plan.value()) == one.expected);
  }
}

TEST_CASE("durations are read and written as k6 does") {
  for (const Case& one : cases("duration.parse")) {
    INFO(one.text());
    const auto parsed = parse_duration(one.input.get<std::string>());
    REQUIRE(parsed.ok() == one.expected.is_object());
    if (parsed.ok()) CHECK(parsed.value().count() == one.expected.at("ns").get<std::int64_t>());
  }
  for (const Case& one : cases("duration.format")) {
    INFO(one.text());
    const Nanoseconds duration(one.input.at("ns").get<std::int64_t>());
    CHECK(format_duration(duration) == one.expected.get<std::string>());
  }
}

TEST_CASE("durations in scripts are text or milliseconds") {
  for (const Case& one : cases("duration.js_value")) {
    INFO(one.text());
    const auto duration = script_duration(one.input);
    REQUIRE(duration.has_value() == (one.expected.is_object() && one.expected.contains("ns")));
    if (duration) CHECK(duration->count() == one.expected.at("ns").get<std::int64_t>());
  }
  for (const Case& one : cases("duration.json")) {
    INFO(one.text());
    const auto duration = script_duration(json::parse(one.input.get<std::string>()));
    // null is as good as nothing.
    CHECK(duration->count() == one.expected.value("ns", std::int64_t{0}));
  }
}

/// A command line as pairs of long flag and value.
std::vector<std::pair<std::string, std::string>> flags_of(const json& arguments) {
  const std::map<std::string, std::string> long_names{
      {"-u", "vus"}, {"-d", "duration"}, {"-i", "iterations"}, {"-s", "stage"}};
  std::vector<std::pair<std::string, std::string>> flags;
  for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
    const std::string name = arguments[i].get<std::string>();
    // Which file it is does not matter: the case holds its text. Whoever opens it finds that it is
    // not there: commands_cases_test.cc.
    if (name == "--config") continue;
    const auto found = long_names.find(name);
    flags.emplace_back(found != long_names.end() ? found->second : name.substr(2),
                       arguments[i + 1].get<std::string>());
  }
  return flags;
}

std::map<std::string, std::string> environment_of(const json& variables) {
  std::map<std::string, std::string> environment;
  for (const json& variable : variables) {
    const std::string text = variable.get<std::string>();
    const std::size_t equals = text.find('=');
    REQUIRE(text.substr(0, 3) == "K6_");
    environment["LOADRUN_" + text.substr(3, equals - 3)] = text.substr(equals + 1);
  }
  return environment;
}

Result<Plan> consolidated(const json& input) {
  std::vector<OptionLayer> layers;
  if (input.contains("config_file")) {
    auto layer = options_from_json("config file", input.at("config_file").get<std::string>());
    if (!layer.ok()) return layer.error();
    layers.push_back(layer.value());
  }
  if (input.contains("script_options")) layers.push_back(script(input.at("script_options")));
  auto environment = options_from_environment(environment_of(input.value("env", json::array())));
  if (!environment.ok()) return environment.error();
  layers.push_back(environment.value());
  auto arguments = flags_of(input.value("cli", json::array()));
  for (const json& feature : input.value("features", json::array())) {
    arguments.emplace_back("features", feature.get<std::string>());
  }
  auto flags = options_from_flags(arguments);
  if (!flags.ok()) return flags.error();
  layers.push_back(flags.value());
  return resolve(layers, {"default"});
}

void check_stages(const json& expected, const std::vector<Stage>& stages) {
  REQUIRE(stages.size() == expected.size());
  for (std::size_t i = 0; i < stages.size(); ++i) {
    CHECK(stages[i].duration == duration_of(expected[i].at("duration")));
    CHECK(stages[i].target == expected[i].at("target"));
  }
}

void check_executor(const json& expected, const Executor& executor) {
  CHECK(executor_name(executor) == expected.at("executor").get<std::string>());
  if (const auto* constant = std::get_if<ConstantVus>(&executor)) {
    CHECK(constant->vus == expected.at("vus"));
    CHECK(constant->duration == duration_of(expected.at("duration")));
  } else if (const auto* ramp = std::get_if<RampingVus>(&executor)) {
    CHECK(ramp->start_vus == expected.at("startVUs"));
    check_stages(expected.at("stages"), ramp->stages);
  } else if (const auto* shared = std::get_if<SharedIterations>(&executor)) {
    CHECK(shared->vus == expected.at("vus"));
    CHECK(shared->iterations == expected.at("iterations"));
  } else {
    const auto& per_vu = std::get<PerVuIterations>(executor);
    CHECK(per_vu.vus == expected.at("vus"));
    CHECK(per_vu.iterations == expected.at("iterations"));
  }
}

void check_dns(const json& expected, const Dns& dns) {
  CHECK(dns.ttl == expected.at("ttl"));
  CHECK(dns.select == expected.at("select"));
  CHECK(dns.policy == expected.at("policy"));
}

void check_plan(const json& expected, const Plan& plan) {
  if (expected.contains("default_scenario")) {
    REQUIRE(plan.scenarios.size() == 1);
    CHECK(plan.scenarios.front().name == "default");
    check_executor(expected.at("default_scenario"), plan.scenarios.front().executor);
    CHECK(plan.warnings.empty() == !expected.value("warning", false));
  }
  if (expected.contains("systemTags")) {
    auto tags = expected.at("systemTags").get<std::vector<std::string>>();
    std::sort(tags.begin(), tags.end());
    CHECK(plan.system_tags == tags);
  }
  if (expected.contains("tags")) {
    const auto tags = expected.at("tags").get<std::map<std::string, std::string>>();
    CHECK(plan.tags == metrics::Tags(tags.begin(), tags.end()));
  }
  if (expected.contains("summaryTrendStats")) {
    CHECK(json(plan.summary_trend_stats) == expected.at("summaryTrendStats"));
  }
  if (expected.contains("dns")) check_dns(expected.at("dns"), plan.dns);
}

TEST_CASE("options are consolidated as k6 does") {
  for (const Case& one : cases("config.consolidate")) {
    INFO(one.text());
    if (one.expected.value("error", "").find("config file missing") != std::string::npos) continue;
    const auto plan = consolidated(one.input);
    if (!plan.ok()) INFO(plan.error().message);
    REQUIRE(plan.ok() == !one.expected.contains("error"));
    if (plan.ok()) {
      check_plan(one.expected, plan.value());
    } else {
      // A flag that cannot be read is k6's exit code 255. Some values are read only with the
      // layers.
      const std::string stage = one.expected.at("error").get<std::string>();
      const bool unreadable = stage == "cli parse";
      const bool either = stage == "cli value read";
      CHECK((either || (plan.error().code == ExitCode::kGeneric) == unreadable));
      CHECK((either || (plan.error().code == ExitCode::kInvalidConfig) == !unreadable));
    }
  }
}

/// The flags that choose the segment of a case's instance.
OptionLayer segment_flags(const json& input) {
  std::vector<std::pair<std::string, std::string>> flags;
  const auto add = [&](const char* member, const char* flag) {
    const json value = input.is_object() ? input.value(member, json()) : json();
    if (value.is_string()) flags.emplace_back(flag, value.get<std::string>());
  };
  add("segment", "execution-segment");
  add("sequence", "execution-segment-sequence");
  const auto layer = options_from_flags(flags);
  REQUIRE(layer.ok());
  return layer.value();
}

/// The plan of a `scenarios` option given as JSON text, for the instance that `input` chooses.
Result<Plan> plan_of_scenarios(const std::string& text, const json& input = json()) {
  const auto layer = options_from_json("config file", "{\"scenarios\": " + text + "}");
  if (!layer.ok()) return layer.error();
  return resolve({layer.value(), segment_flags(input)}, {"default"});
}

TEST_CASE("scenarios are accepted and refused as by k6") {
  for (const Case& one : cases("scenario.config")) {
    INFO(one.text());
    const auto plan = plan_of_scenarios(one.input.get<std::string>());
    const bool refused = one.expected == "parse_error" || one.expected == "validation_error";
    REQUIRE(plan.ok() != refused);
    if (!plan.ok()) CHECK(plan.error().code == ExitCode::kInvalidConfig);
  }
}

TEST_CASE("maxVUs defaults to preAllocatedVUs") {
  for (const Case& one : cases("scenario.defaults")) {
    INFO(one.text());
    const auto plan = plan_of_scenarios(one.input.get<std::string>());
    REQUIRE(plan.ok());
    CHECK(max_vus(plan.value().scenarios.front()) == one.expected.at("maxVUs"));
  }
}

TEST_CASE("scenarios are described in k6's words") {
  for (const Case& one : cases("scenario.describe")) {
    INFO(one.text());
    const auto plan = plan_of_scenarios(one.input.at("scenarios").get<std::string>(), one.input);
    REQUIRE(plan.ok());
    const Scenario& scenario = plan.value().scenarios.front();
    CHECK(describe(scenario) == one.expected.at("description"));
    const Requirements needs = requirements(plan.value());
    CHECK(needs.planned_vus == one.expected.at("max_planned_vus"));
    if (one.expected.contains("max_possible_vus")) {
      CHECK(needs.max_vus == one.expected.at("max_possible_vus"));
    }
    if (one.expected.contains("scenario_end_s")) {
      CHECK(latest_end(scenario) - scenario.start_time ==
            std::chrono::seconds(one.expected.at("scenario_end_s").get<int>()));
    }
    if (one.expected.contains("test_end_s")) {
      CHECK(needs.total_duration == std::chrono::seconds(one.expected.at("test_end_s").get<int>()));
    }
  }
}

TEST_CASE("ramping-vus is validated as by k6") {
  for (const Case& one : cases("scenario.ramping_vus.validate")) {
    INFO(one.text());
    json scenario = one.input;
    scenario["executor"] = "ramping-vus";
    const auto plan = resolved({{"scenarios", {{"ramp", scenario}}}});
    REQUIRE(plan.ok() == (one.expected == "ok"));
    if (plan.ok()) continue;
    const json texts = one.expected.contains("errors")
                           ? one.expected.at("errors")
                           : json::array({one.expected.at("error_contains")});
    for (const json& text : texts) {
      CHECK(plan.error().message.find(text.get<std::string>()) != std::string::npos);
    }
  }
}

/// "1m0s" for a duration in whatever spelling, other values as they are.
json canonical(const json& value) {
  if (!value.is_string()) return value;
  const auto duration = parse_duration(value.get<std::string>());
  return duration.ok() ? json(format_duration(duration.value())) : value;
}

TEST_CASE("environment variables set options") {
  const std::map<std::string, std::string> options{
      {"PAUSED", "paused"},
      {"VUS", "vus"},
      {"DURATION", "duration"},
      {"ITERATIONS", "iterations"},
      {"STAGES", "stages"},
      {"MAX_REDIRECTS", "maxRedirects"},
      {"NO_SETUP", "noSetup"},
      {"NO_CONNECTION_REUSE", "noConnectionReuse"},
      {"NO_VU_CONNECTION_REUSE", "noVUConnectionReuse"},
      {"USER_AGENT", "userAgent"},
      {"LOCAL_IPS", "localIPs"},
      {"THROW", "throw"},
      {"NO_COOKIES_RESET", "noCookiesReset"},
      {"HANDLE_SUMMARY_TIMEOUT", "handleSummaryTimeout"}};
  for (const Case& one : cases("options.env")) {
    INFO(one.text());
    const std::string variable = one.input.at("env").get<std::string>().substr(3);
    const auto layer = options_from_environment(
        {{"LOADRUN_" + variable, one.input.at("value").get<std::string>()}});
    REQUIRE(layer.ok());
    REQUIRE(options.contains(variable));
    const json actual = layer.value().values.value(options.at(variable), json());
    CHECK(canonical(actual) == canonical(one.expected));
  }
}

TEST_CASE("statistics of the summary are checked as by k6") {
  for (const Case& one : cases("options.summaryTrendStats.valid")) {
    INFO(one.text());
    CHECK(resolved({{"summaryTrendStats", one.input}}).ok() == (one.expected == "ok"));
  }
}

TEST_CASE("system tags are read from text") {
  for (const Case& one : cases("systemTags.parse_text")) {
    INFO(one.text());
    const auto layer = options_from_flags({{"system-tags", one.input.get<std::string>()}});
    REQUIRE(layer.ok());
    const auto plan = resolve({layer.value()}, {"default"});
    REQUIRE(plan.ok());
    CHECK(json(plan.value().system_tags) == one.expected);
  }
}

/// The member `name` of the options as they are shown, in the order they are written.
std::string written(const Plan& plan, const std::string& name) {
  return nlohmann::ordered_json::parse(options_json(plan)).at(name).dump();
}

TEST_CASE("system tags are written as JSON") {
  for (const Case& one : cases("systemTags.marshal")) {
    INFO(one.text());
    const auto plan = resolved({{"systemTags", one.input}});
    REQUIRE(plan.ok());
    CHECK(written(plan.value(), "systemTags") == one.expected);
  }
}

TEST_CASE("key-value lists fail in k6's words") {
  for (const Case& one : cases("cli.keyvalue_lists")) {
    INFO(one.text());
    const auto pairs = parse_key_values(one.input.get<std::string>());
    REQUIRE_FALSE(pairs.ok());
    CHECK(pairs.error().message == one.expected.at("error"));
  }
}

TEST_CASE("--tag takes name=value") {
  for (const Case& one : cases("cli.tag_flag")) {
    INFO(one.text());
    const auto layer = options_from_flags({{"tag", one.input.get<std::string>()}});
    REQUIRE(layer.ok() == !one.expected.contains("error"));
    if (layer.ok()) {
      const json tags = {{one.expected.at("name").get<std::string>(), one.expected.at("value")}};
      CHECK(layer.value().values.at("tags") == tags);
    } else {
      const std::string text = one.expected.at("error").get<std::string>();
      CHECK(layer.error().message.find(text) != std::string::npos);
    }
  }
}

TEST_CASE("thresholds are read from JSON and written") {
  for (const Case& one : test::cases_of("metrics.jsonl", "thresholds.json_roundtrip")) {
    INFO(one.text());
    const auto plan =
        resolved({{"thresholds", {{"checks", json::parse(one.input.get<std::string>())}}}});
    REQUIRE(plan.ok() == one.expected.is_object());
    if (!plan.ok()) continue;
    const auto& specs = plan.value().thresholds.at(0).specs;
    REQUIRE(specs.size() == one.expected.at("sources").size());
    for (std::size_t i = 0; i < specs.size(); ++i) {
      CHECK(specs[i].source == one.expected.at("sources")[i]);
      CHECK(specs[i].abort_on_fail == one.expected.at("abortOnFail"));
      CHECK(specs[i].delay_abort_eval == 0ns);
    }
    const std::string list = one.expected.at("marshals_to").get<std::string>();
    CHECK(written(plan.value(), "thresholds") == "{\"checks\":" + list + "}");
  }
}

/// The only scenario of a plan, its fields those of a case, for the instance the case chooses.
Scenario scenario_of_case(const char* executor, const json& input) {
  json fields = {{"executor", executor}};
  for (const auto& [key, value] : input.items()) {
    const bool is_field = key.find('_') == std::string::npos;  // abs_tolerance_ms is none
    if (is_field && key != "name" && key != "segment" && key != "sequence") fields[key] = value;
  }
  const auto plan = plan_of_scenarios(json{{"it", fields}}.dump(), input);
  if (!plan.ok()) FAIL(plan.error().message);
  return plan.value().scenarios.front();
}

std::vector<VuStep> expected_steps(const Case& one) {
  std::vector<VuStep> steps;
  for (const json& step : one.expected.at("steps_[offset_s,vus]")) {
    steps.push_back({std::chrono::seconds(step[0].get<int>()), step[1].get<std::int64_t>()});
  }
  return steps;
}

TEST_CASE("ramps step at k6's times") {
  for (const Case& one : cases("executor.ramping_vus.raw_steps")) {
    INFO(one.text());
    const Scenario scenario = scenario_of_case("ramping-vus", one.input);
    CHECK(ramp_steps(std::get<RampingVus>(scenario.executor), scenario.tuple.stripes()) ==
          expected_steps(one));
  }
}

TEST_CASE("ramps reserve VUs as k6 does") {
  for (const Case& one : cases("executor.ramping_vus.requirements")) {
    INFO(one.text());
    CHECK(reserved_vu_steps(scenario_of_case("ramping-vus", one.input)) == expected_steps(one));
  }
}

TEST_CASE("shared iterations have k6's numbers in the test") {
  for (const Case& one : cases("executor.shared_iterations.global_iters")) {
    INFO(one.text());
    const Scenario scenario = scenario_of_case("shared-iterations", one.input);
    const Stripes stripes = iteration_stripes(scenario);
    json numbers = json::array();
    for (std::int64_t i = 0; i < shared_iterations(scenario); ++i) {
      numbers.push_back(stripes.global_index(i));
    }
    CHECK(numbers == one.expected.at("iterationInTest_sorted"));
  }
}

/// The arrivals of a case's instance, run by one worker.
std::vector<Arrival> arrivals_of(const Scenario& scenario) {
  Arrivals arrivals(scenario, {});
  std::vector<Arrival> all;
  while (const auto arrival = arrivals.next()) all.push_back(*arrival);
  REQUIRE(static_cast<std::int64_t>(all.size()) == even_arrivals(scenario));
  return all;
}

TEST_CASE("arrivals have k6's numbers in the test") {
  for (const Case& one : cases("executor.constant_arrival_rate.global_iters")) {
    INFO(one.text());
    json numbers = json::array();
    for (const Arrival& arrival :
         arrivals_of(scenario_of_case("constant-arrival-rate", one.input))) {
      numbers.push_back(arrival.in_test);
    }
    CHECK(numbers == one.expected.at("iterationInTest"));
  }
}

TEST_CASE("arrivals of a constant rate come at k6's times") {
  for (const Case& one : cases("executor.constant_arrival_rate.timing")) {
    INFO(one.text());
    const json& gaps = one.expected.at("gaps_ms_cyclic");
    // Exactly, although k6's own clock is given a tolerance.
    Nanoseconds due = std::chrono::milliseconds(one.expected.at("first_iteration_ms").get<int>());
    std::size_t i = 0;
    for (const Arrival& arrival :
         arrivals_of(scenario_of_case("constant-arrival-rate", one.input))) {
      CHECK(arrival.at == due);
      due += std::chrono::milliseconds(gaps[i++ % gaps.size()].get<int>());
    }
    CHECK(due >= 2s);
  }
}

TEST_CASE("arrivals of a ramping rate come at k6's times") {
  for (const Case& one : cases("executor.ramping_arrival_rate.schedule")) {
    INFO(one.text());
    json fields = one.input;
    fields.erase("rel_epsilon");
    fields["preAllocatedVUs"] = 3;  // as many as there are segments: each has the same part
    const auto all = arrivals_of(scenario_of_case("ramping-arrival-rate", fields));
    const json& starts = one.expected.at("iteration_start_ms");
    REQUIRE(all.size() == starts.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      const double expected = starts[i].get<double>();
      CHECK(std::abs(to_milliseconds(all[i].at) - expected) <= 1);  // given in whole milliseconds
    }
  }
}

TEST_CASE("every area is tested or listed with a reason") {
  const std::string list = skipped_list();
  for (const std::string& area : test::areas_of(kFile)) {
    INFO(area);
    CHECK((kTestedAreas.contains(area) || list.find("`" + area + "`") != std::string::npos));
  }
}

}  // namespace
}  // namespace loadrun::plan

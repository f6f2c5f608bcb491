#include "plan/options_json.h"

#include <nlohmann/json.hpp>

#include "base/duration.h"
#include "plan/overloaded.h"
#include "plan/stampede_parser.h"
#include "plan/tls_options.h"

namespace loadrun::plan {
namespace {

using Json = nlohmann::ordered_json;

Json stages_json(const std::vector<Stage>& stages) {
  Json list = Json::array();
  for (const Stage& stage : stages) {
    list.push_back({{"duration", format_duration(stage.duration)}, {"target", stage.target}});
  }
  return list;
}

Json tags_json(const metrics::Tags& tags) {
  Json object = Json::object();
  for (const auto& [name, value] : tags) object[name] = value;
  return object;
}

// Of what k6 does not have, only what was set.
void add_stampede(Json& scenario, const Stampede& stampede) {
  if (stampede.start_at) {
    scenario["startAt"] = start_at_text(*stampede.start_at);
    scenario.erase("startTime");
  }
  if (stampede.prepare.empty()) return;
  scenario["prepare"] = stampede.prepare;
  scenario["prepareTimeout"] = format_duration(stampede.prepare_timeout);
}

template <typename ArrivalRate>
void add_arrivals(Json& scenario, const ArrivalRate& e) {
  scenario["preAllocatedVUs"] = e.pre_allocated_vus;
  scenario["maxVUs"] = e.max_vus;
  if (e.arrival == ArrivalProcess::kPoisson) scenario["arrival"] = "poisson";
  if (e.late_start == LateStart::kQueue) scenario["lateStart"] = "queue";
}

template <typename IterationBound>
void add_iterations(Json& scenario, const IterationBound& e) {
  scenario["vus"] = e.vus;
  scenario["iterations"] = e.iterations;
  scenario["maxDuration"] = format_duration(e.max_duration);
  add_stampede(scenario, e.stampede);
}

/// The expression alone when that is all; in k6 that is so unless it can end the test.
Json threshold_json(const metrics::ThresholdSpec& spec) {
  Json object = {{"threshold", spec.source}};
  if (spec.abort_on_fail) {
    object["abortOnFail"] = true;
    Json& delay = object["delayAbortEval"] = Json();
    if (spec.delay_abort_eval > 0ns) delay = format_duration(spec.delay_abort_eval);
  }
  if (spec.window > 0ns) object["window"] = format_duration(spec.window);
  if (spec.after > 0ns) object["after"] = format_duration(spec.after);
  return object.size() == 1 ? Json(spec.source) : object;
}

Json thresholds_json(const std::vector<metrics::MetricThresholds>& thresholds) {
  Json object = Json::object();
  for (const metrics::MetricThresholds& metric : thresholds) {
    Json& list = object[metric.key] = Json::array();
    for (const metrics::ThresholdSpec& spec : metric.specs) list.push_back(threshold_json(spec));
  }
  return object;
}

void add_executor(Json& scenario, const Executor& executor) {
  std::visit(Overloaded{[&](const ConstantVus& e) {
                          scenario["vus"] = e.vus;
                          scenario["duration"] = format_duration(e.duration);
                        },
                        [&](const RampingVus& e) {
                          scenario["startVUs"] = e.start_vus;
                          scenario["stages"] = stages_json(e.stages);
                          scenario["gracefulRampDown"] = format_duration(e.graceful_ramp_down);
                        },
                        [&](const SharedIterations& e) { add_iterations(scenario, e); },
                        [&](const PerVuIterations& e) { add_iterations(scenario, e); },
                        [&](const ConstantArrivalRate& e) {
                          scenario["rate"] = e.rate;
                          scenario["timeUnit"] = format_duration(e.time_unit);
                          scenario["duration"] = format_duration(e.duration);
                          add_arrivals(scenario, e);
                        },
                        [&](const RampingArrivalRate& e) {
                          scenario["startRate"] = e.start_rate;
                          scenario["timeUnit"] = format_duration(e.time_unit);
                          scenario["stages"] = stages_json(e.stages);
                          add_arrivals(scenario, e);
                        },
                        [&](const ExternallyControlled& e) {
                          scenario["vus"] = e.vus;
                          scenario["maxVUs"] = e.max_vus;
                          scenario["duration"] = format_duration(e.duration);
                          scenario.erase("gracefulStop");
                        },
                        [&](const Capacity& e) {
                          scenario["start"] = e.start;
                          scenario["factor"] = e.factor;
                          scenario["stepDuration"] = format_duration(e.step_duration);
                          scenario["settle"] = format_duration(e.settle);
                          scenario["maxRate"] = e.max_rate;
                          scenario["timeUnit"] = format_duration(e.time_unit);
                          scenario["preAllocatedVUs"] = e.pre_allocated_vus;
                          scenario["maxVUs"] = e.max_vus;
                          scenario["objective"] = thresholds_json(e.objective);
                        }},
             executor);
}

Json scenario_json(const Scenario& scenario) {
  Json object = {{"executor", executor_name(scenario.executor)},
                 {"startTime", format_duration(scenario.start_time)},
                 {"gracefulStop", format_duration(scenario.graceful_stop)},
                 {"env", Json(scenario.env)},
                 {"exec", scenario.exec},
                 {"tags", tags_json(scenario.tags)}};
  if (scenario.pacing > 0ns) object["pacing"] = format_duration(scenario.pacing);
  add_executor(object, scenario.executor);
  return object;
}

Json scenarios_json(const std::vector<Scenario>& scenarios) {
  Json object = Json::object();
  for (const Scenario& scenario : scenarios) object[scenario.name] = scenario_json(scenario);
  return object;
}

void add_life_cycle(Json& options, const Plan& plan) {
  if (plan.paused) options["paused"] = true;
  options["scenarios"] = scenarios_json(plan.scenarios);
  if (!plan.tuple.is_whole()) {
    options["executionSegment"] = plan.tuple.segment().text();
    options["executionSegmentSequence"] = sequence_text(plan.tuple.sequence());
  }
  if (plan.no_setup) options["noSetup"] = true;
  options["setupTimeout"] = format_duration(plan.setup_timeout);
  if (plan.no_teardown) options["noTeardown"] = true;
  options["teardownTimeout"] = format_duration(plan.teardown_timeout);
  options["handleSummaryTimeout"] = format_duration(plan.handle_summary_timeout);
}

// None of them is shown when it is not set; localIPs never, as in k6.
void add_addresses(Json& options, const Addresses& addresses) {
  for (const auto& [name, endpoint] : addresses.hosts.entries())
    options["hosts"][name] = endpoint.text();
  for (const CidrBlock& block : addresses.blacklist)
    options["blacklistIPs"].push_back(block.text());
  if (!addresses.blocked_hosts.empty()) options["blockHostnames"] = addresses.blocked_hosts;
}

void add_http(Json& options, const Plan& plan) {
  options["dns"] = {
      {"ttl", plan.dns.ttl}, {"select", plan.dns.select}, {"policy", plan.dns.policy}};
  add_addresses(options, plan.addresses);
  options["maxDecompressedBody"] = plan.max_decompressed_body;
  options["maxRedirects"] = plan.max_redirects;
  options["batch"] = plan.batch;
  options["batchPerHost"] = plan.batch_per_host;
  if (plan.rps > 0) options["rps"] = plan.rps;
  options["userAgent"] = plan.user_agent;
  // What k6 does not have is shown when it was set.
  if (plan.http_version != HttpVersion::kAuto) {
    options["httpVersion"] = http_version_name(plan.http_version);
  }
  if (plan.insecure_skip_tls_verify) options["insecureSkipTLSVerify"] = true;
  add_tls(options, plan.tls);
  if (plan.throw_errors) options["throw"] = true;
  if (!plan.thresholds.empty()) options["thresholds"] = thresholds_json(plan.thresholds);
  if (plan.no_connection_reuse) options["noConnectionReuse"] = true;
  if (plan.no_cookies_reset) options["noCookiesReset"] = true;
  if (plan.no_vu_connection_reuse) options["noVUConnectionReuse"] = true;
}

void add_results(Json& options, const Plan& plan) {
  if (plan.min_iteration_duration > 0ns) {
    options["minIterationDuration"] = format_duration(plan.min_iteration_duration);
  }
  options["summaryTrendStats"] = plan.summary_trend_stats;
  if (!plan.summary_time_unit.empty()) options["summaryTimeUnit"] = plan.summary_time_unit;
  // k6: none is null, not an empty list.
  options["systemTags"] = plan.system_tags.empty() ? Json() : Json(plan.system_tags);
  if (!plan.no_metrics.empty()) options["noMetrics"] = plan.no_metrics;
  if (!plan.tags.empty()) options["tags"] = tags_json(plan.tags);
  if (plan.discard_response_bodies) options["discardResponseBodies"] = true;
}

}  // namespace

std::string options_json(const Plan& plan) {
  Json options = Json::object();
  add_life_cycle(options, plan);
  add_http(options, plan);
  add_results(options, plan);
  return options.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace loadrun::plan

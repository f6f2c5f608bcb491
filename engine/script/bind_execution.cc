#include "plan/options_json.h"
#include "script/bindings.h"
#include "script/runtime.h"
#include "script/vu_script.h"

namespace loadrun::script {
namespace {

/// execution_stage() -> "init", "iteration", or "" for setup, teardown and handleSummary
int execution_stage(lua_State* L) {
  switch (context_of<Runtime>(L).current().stage()) {
    case Stage::kInit:
      lua_pushliteral(L, "init");
      break;
    case Stage::kPrepare:
    case Stage::kIteration:
      lua_pushliteral(L, "iteration");
      break;
    default:
      lua_pushliteral(L, "");
  }
  return 1;
}

int push_number(lua_State* L, double value) {
  lua_pushnumber(L, value);
  return 1;
}

int push_number(lua_State* L, std::uint64_t value) {
  return push_number(L, static_cast<double>(value));
}

int push_number(lua_State* L, std::int64_t value) {
  return push_number(L, static_cast<double>(value));
}

/// instance_field(name) -> a field of k6's exec.instance
int instance_field(lua_State* L) {
  const std::string_view name = string_at(L, 1);
  const InstanceInfo info = context_of<Runtime>(L).host().instance();
  if (name == "currentTestRunDuration") return push_number(L, to_milliseconds(info.elapsed));
  if (name == "iterationsCompleted") return push_number(L, info.completed);
  if (name == "iterationsInterrupted") return push_number(L, info.interrupted);
  if (name == "vusActive") return push_number(L, info.active_vus);
  if (name == "vusInitialized") return push_number(L, info.initialised_vus);
  return 0;
}

/// scenario_field(name) -> a field of k6's exec.scenario. REQUIRES: an iteration runs.
int scenario_field(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  const std::string_view name = string_at(L, 1);
  const Iteration& iteration = runtime.current().iteration();
  if (name == "iterationInTest") return push_number(L, iteration.in_test);
  if (name == "iterationInInstance") return push_number(L, iteration.in_instance);
  const plan::Scenario& scenario = runtime.host().plan().scenarios[iteration.scenario];
  if (name == "name") {
    push_view(L, scenario.name);
  } else if (name == "executor") {
    push_view(L, plan::executor_name(scenario.executor));
  } else if (name == "startTime") {
    push_number(L, runtime.host().scenario(iteration.scenario).start_ms);
  } else if (name == "progress") {
    push_number(L, runtime.host().scenario(iteration.scenario).progress);
  } else {
    return 0;
  }
  return 1;
}

/// VU 0 belongs to no instance in particular.
std::uint64_t id_in_test(const VuScript& vu) {
  if (vu.id() == 0) return 0;
  const plan::Stripes& stripes = vu.runtime().host().plan().tuple.stripes();
  return static_cast<std::uint64_t>(stripes.global_index(static_cast<std::int64_t>(vu.id()) - 1)) +
         1;
}

/// scenario_elapsed() -> milliseconds since the start of the scenario. REQUIRES: an iteration runs.
int scenario_elapsed(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  const ScenarioInfo info = runtime.host().scenario(runtime.current().iteration().scenario);
  return push_number(L, to_milliseconds(info.elapsed));
}

/// vu_field(name) -> a number of k6's exec.vu
int vu_field(lua_State* L) {
  const std::string_view name = string_at(L, 1);
  const VuScript& vu = context_of<Runtime>(L).current();
  if (name == "idInInstance") return push_number(L, vu.id());
  if (name == "idInTest") return push_number(L, id_in_test(vu));
  if (name == "iterationInInstance") return push_number(L, vu.iteration().of_vu);
  if (name == "iterationInScenario") return push_number(L, vu.iteration().of_vu_in_scenario);
  return 0;
}

/// test_options() -> the consolidated options
int test_options(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  const std::string problem = runtime.json().decode(L, plan::options_json(runtime.host().plan()),
                                                    false, BigIntegers::kAsNumbers);
  LOADRUN_CHECK(problem.empty());  // our own encoder wrote it
  return 1;
}

std::string abort_reason(std::string_view message) {
  std::string reason = "test aborted";
  if (!message.empty()) reason.append(": ").append(message);
  return reason;
}

/// abort_test(message): does not return. Where the code can wait it waits for the end that comes,
/// since an error could be caught.
int abort_test(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  VuScript& vu = runtime.current();
  const bool is_init = vu.stage() == Stage::kInit;  // whose caller learns of it from the VU
  vu.abort(abort_reason(string_at(L, 1)));
  if (!is_init) runtime.host().abort_test(abort_reason(string_at(L, 1)));
  const bool can_wait = !is_init && lua_isyieldable(L) != 0 && runtime.task().can_suspend();
  return can_wait ? runtime.task().suspend(L) : raise_error(L, "test aborted");
}

int fail_test(lua_State* L) {
  context_of<Runtime>(L).host().fail_test();
  return 0;
}

constexpr luaL_Reg kFunctions[] = {{"execution_stage", execution_stage},
                                   {"instance_field", instance_field},
                                   {"scenario_field", scenario_field},
                                   {"scenario_elapsed", scenario_elapsed},
                                   {"vu_field", vu_field},
                                   {"test_options", test_options},
                                   {"abort_test", abort_test},
                                   {"fail_test", fail_test},
                                   {nullptr, nullptr}};

}  // namespace

void add_execution_bindings(lua_State* L, Runtime& runtime) {
  register_functions(L, kFunctions, &runtime);
}

}  // namespace loadrun::script

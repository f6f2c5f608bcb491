#include <cmath>

#include "script/bindings.h"
#include "script/runtime.h"
#include "script/vu_script.h"

namespace loadrun::script {
namespace {

constexpr double kLongestSleepSeconds =
    1e9;  // 31 years: anything longer is a mistake, and must not overflow

int sleep(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  const double seconds = luaL_checknumber(L, 1);
  check_can_wait(L, runtime, "sleep");
  if (std::isnan(seconds) || seconds > kLongestSleepSeconds) {
    return raise_error(L, "sleep: expected a number of seconds, got %f", seconds);
  }
  const auto duration = std::chrono::duration_cast<Nanoseconds>(
      std::chrono::duration<double>(std::max(seconds, 0.0)));
  Task& task = runtime.task();
  runtime.host().start_sleep(task, duration);
  return task.suspend(L);
}

/// record_check(name, passed, tags)
int record_check(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  if (lua_type(L, 1) != LUA_TSTRING) return raise_error(L, "check: the names must be strings");
  const std::string_view name = string_at(L, 1);
  if (name.find("::") != std::string_view::npos) {
    return raise_error(L, "check: a name may not contain '::' (\"%s\")", lua_tostring(L, 1));
  }
  Host& host = runtime.host();
  metrics::TagSetId tags = tags_at(L, runtime, 3, runtime.task().tags());
  if (runtime.settings.tag_checks) tags = host.tags().with(tags, "check", name);
  const auto series = host.shard().series(metrics::id_of(metrics::Builtin::kChecks), tags);
  host.shard().record(series, lua_toboolean(L, 2) != 0 ? 1 : 0, host.turn_time());
  return 0;
}

/// enter_group(name) -> the group before, the start in milliseconds
int enter_group(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  if (lua_type(L, 1) != LUA_TSTRING) return raise_error(L, "group: the name must be a string");
  const std::string_view name = string_at(L, 1);
  if (name.find("::") != std::string_view::npos) {
    return raise_error(L, "group: a name may not contain '::' (\"%s\")", lua_tostring(L, 1));
  }
  Task& task = runtime.task();
  push_view(L, task.group());
  lua_pushnumber(L, to_milliseconds(runtime.host().now().since_origin));
  task.enter_group(task.group() + "::" + std::string(name));
  return 2;
}

/// leave_group(previous, start): records the duration
int leave_group(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  Host& host = runtime.host();
  Task& task = runtime.task();
  const TimePoint now = host.now();
  const auto series =
      host.shard().series(metrics::id_of(metrics::Builtin::kGroupDuration), task.tags());
  host.shard().record(series, to_milliseconds(now.since_origin) - lua_tonumber(L, 2), now);
  task.enter_group(std::string(string_at(L, 1)));
  return 0;
}

constexpr luaL_Reg kFunctions[] = {{"sleep", sleep},
                                   {"record_check", record_check},
                                   {"enter_group", enter_group},
                                   {"leave_group", leave_group},
                                   {nullptr, nullptr}};

}  // namespace

void add_k6_bindings(lua_State* L, Runtime& runtime) {
  register_functions(L, kFunctions, &runtime);
}

}  // namespace loadrun::script

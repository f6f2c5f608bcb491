#include <cmath>
#include <cstdlib>

#include "base/log.h"
#include "script/bindings.h"
#include "script/runtime.h"
#include "script/vu_script.h"

namespace loadrun::script {
namespace {

using metrics::MetricType;

constexpr const char* kMetatable = "loadrun.metric";

/// A custom metric as a script holds it. The series of the last tag set is kept: a script adds to
/// the same few.
struct MetricObject {
  metrics::MetricId id;
  bool has_series = false;
  metrics::TagSetId tags;
  metrics::SeriesId series;
};

std::optional<MetricType> type_named(std::string_view name) {
  if (name == "counter") return MetricType::kCounter;
  if (name == "gauge") return MetricType::kGauge;
  if (name == "rate") return MetricType::kRate;
  if (name == "trend") return MetricType::kTrend;
  return std::nullopt;
}

/// The metric's id, or pushes an error.
std::optional<metrics::MetricId> declare(lua_State* L, Runtime& runtime) {
  const auto contains =
      lua_toboolean(L, 3) != 0 ? metrics::ValueKind::kTime : metrics::ValueKind::kDefault;
  const auto id =
      runtime.host().registry().declare(string_at(L, 1), *type_named(string_at(L, 2)), contains);
  if (id.ok()) return id.value();
  push_error(L, id.error().message);
  return std::nullopt;
}

/// declare_metric(name, type, is_time)
int declare_metric(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  luaL_checktype(L, 1, LUA_TSTRING);
  if (runtime.current().stage() != Stage::kInit) {
    return raise_error(L, "metrics must be declared in the init context");
  }
  const auto id = declare(L, runtime);
  if (!id) return lua_error(L);
  auto* object = static_cast<MetricObject*>(lua_newuserdata(L, sizeof(MetricObject)));
  *object = MetricObject{.id = *id, .has_series = false, .tags = {}, .series = {}};
  luaL_getmetatable(L, kMetatable);
  lua_setmetatable(L, -2);
  return 1;
}

/// A sample's value: numbers, numeric strings and booleans, as k6 takes them; NaN for anything
/// else.
double value_at(lua_State* L, int index) {
  switch (lua_type(L, index)) {
    case LUA_TBOOLEAN:
      return lua_toboolean(L, index) != 0 ? 1 : 0;
    case LUA_TNUMBER:
    case LUA_TSTRING:
      return lua_isnumber(L, index) != 0 ? lua_tonumber(L, index) : std::nan("");
    default:
      return std::nan("");
  }
}

void record(Host& host, MetricObject& metric, metrics::TagSetId tags, double value) {
  if (!metric.has_series || !(metric.tags == tags)) {
    metric.series = host.shard().series(metric.id, tags);
    metric.tags = tags;
    metric.has_series = true;
  }
  host.shard().record(metric.series, value, host.now());
}

/// Pushes what is wrong with the value at index 2.
void push_problem(lua_State* L, Host& host, metrics::MetricId metric) {
  const std::string name = host.registry().metric(metric).name;
  constexpr const char* kExpected = "expected a number, a numeric string or a boolean";
  if (lua_isnone(L, 2)) {
    push_view(L, fmt::format("no value was provided for metric '{}': {}", name, kExpected));
  } else {
    const bool has_text = lua_type(L, 2) == LUA_TNUMBER || lua_type(L, 2) == LUA_TSTRING;
    lua_pushvalue(L, 2);  // lua_tolstring would change the argument
    const std::string_view shown = has_text ? string_at(L, -1) : luaL_typename(L, 2);
    push_view(L,
              fmt::format("'{}' is an invalid value for metric '{}': {}", shown, name, kExpected));
  }
}

/// Nothing was added: raises with the option `throw`, else warns and returns false.
int refuse(lua_State* L, Runtime& runtime, metrics::MetricId metric) {
  push_problem(L, runtime.host(), metric);
  if (runtime.settings.throw_errors) return raise_error(L, "%s", lua_tostring(L, -1));
  log_warning("{}", string_at(L, -1));
  lua_pushboolean(L, 0);
  return 1;
}

/// metric:add(value, tags) -> whether it was recorded
int metric_add(lua_State* L) {
  auto* metric = static_cast<MetricObject*>(luaL_checkudata(L, 1, kMetatable));
  Runtime& runtime = context_of<Runtime>(L);
  if (runtime.current().stage() == Stage::kInit) {
    return raise_error(L, "a metric cannot be added to in the init context");
  }
  const double value = value_at(L, 2);
  if (!std::isfinite(value)) return refuse(L, runtime, metric->id);
  record(runtime.host(), *metric, tags_at(L, runtime, 3, runtime.task().tags()), value);
  lua_pushboolean(L, 1);
  return 1;
}

/// Upvalue 2 is the table of methods; `name` is looked up in the registry.
int metric_index(lua_State* L) {
  auto* metric = static_cast<MetricObject*>(luaL_checkudata(L, 1, kMetatable));
  if (string_at(L, 2) == "name") {
    push_view(L, context_of<Runtime>(L).host().registry().metric(metric->id).name);
    return 1;
  }
  lua_settop(L, 2);
  lua_rawget(L, lua_upvalueindex(2));
  return 1;
}

int metric_newindex(lua_State* L) {
  if (lua_type(L, 2) != LUA_TSTRING) return raise_error(L, "a metric's fields are read-only");
  return raise_error(L, "Cannot assign to read only property '%s': a metric's fields are read-only",
                     lua_tostring(L, 2));
}

void create_metatable(lua_State* L, Runtime& runtime) {
  push_locked_metatable(L, kMetatable);
  lua_pushlightuserdata(L, &runtime);
  lua_newtable(L);
  constexpr luaL_Reg kMethods[] = {{"add", metric_add}, {nullptr, nullptr}};
  register_functions(L, kMethods, &runtime);
  lua_pushcclosure(L, metric_index, 2);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, metric_newindex);
  lua_setfield(L, -2, "__newindex");
  lua_pop(L, 1);
}

constexpr luaL_Reg kFunctions[] = {{"declare_metric", declare_metric}, {nullptr, nullptr}};

}  // namespace

void add_metrics_bindings(lua_State* L, Runtime& runtime) {
  create_metatable(L, runtime);
  register_functions(L, kFunctions, &runtime);
}

}  // namespace loadrun::script

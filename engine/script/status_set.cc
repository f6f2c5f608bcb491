#include "script/status_set.h"

#include <algorithm>
#include <new>
#include <type_traits>

#include "script/runtime.h"
#include "script/vu_script.h"

namespace loadrun::script {
namespace {

constexpr const char* kMetatable = "loadrun.expected_statuses";

/// The whole number at `index`, or -1: no status is negative.
int whole_number_at(lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TNUMBER) return -1;
  const double value = lua_tonumber(L, index);
  return value >= 0 && value <= 999 && value == static_cast<int>(value) ? static_cast<int>(value)
                                                                        : -1;
}

/// Reads argument `index`, a status or a table with `min` and `max`; raises on others.
StatusSet::Range range_at(lua_State* L, int index) {
  if (const int status = whole_number_at(L, index); status >= 0) return {status, status};
  if (!lua_istable(L, index)) {
    raise_error(L,
                "argument number %d to expectedStatuses was neither an integer nor an object like "
                "{min:100, max:329} (in Lua { min = 100, max = 329 })",
                index);
  }
  lua_getfield(L, index, "min");
  lua_getfield(L, index, "max");
  const StatusSet::Range range{whole_number_at(L, -2), whole_number_at(L, -1)};
  if (range.first < 0 || range.last < 0) {
    raise_error(L, "both min and max need to be integers for argument number %d", index);
  }
  lua_pop(L, 2);
  return range;
}

/// expected_statuses(status or { min, max }, ...) -> what responseCallback takes
int expected_statuses(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  const int count = lua_gettop(L);
  if (count == 0) return raise_error(L, "no arguments");
  for (int i = 1; i <= count; ++i) range_at(L, i);  // raises while there is nothing to destroy
  StatusSet set;
  for (int i = 1; i <= count; ++i) set.ranges.push_back(range_at(L, i));
  const StatusSet& kept = runtime.keep_statuses(std::move(set));
  *static_cast<const StatusSet**>(lua_newuserdata(L, sizeof(void*))) = &kept;
  luaL_getmetatable(L, kMetatable);
  lua_setmetatable(L, -2);
  return 1;
}

/// set_response_callback(set): what the VU's requests are judged by from here on; null: by nothing.
int set_response_callback(lua_State* L) {
  VuScript& vu = context_of<Runtime>(L).current();
  const StatusSet* const set = status_set_at(L, 1);
  if (set == nullptr && !lua_isnoneornil(L, 1) && !is_no_callback(L, 1)) {
    return raise_error(L,
                       "unsupported argument, expected http.expectedStatuses(...) or nil, got a %s",
                       luaL_typename(L, 1));
  }
  vu.set_response_callback(set);
  return 0;
}

constexpr luaL_Reg kFunctions[] = {{"expected_statuses", expected_statuses},
                                   {"set_response_callback", set_response_callback},
                                   {nullptr, nullptr}};

}  // namespace

bool StatusSet::contains(int status) const {
  return std::any_of(ranges.begin(), ranges.end(), [status](const Range& range) {
    return range.first <= status && status <= range.last;
  });
}

const StatusSet& default_expected_statuses() {
  static const StatusSet set{{{200, 399}}};
  return set;
}

const StatusSet* status_set_at(lua_State* L, int index) {
  void* const data = luaL_testudata(L, index, kMetatable);
  return data == nullptr ? nullptr : *static_cast<const StatusSet**>(data);
}

bool is_no_callback(lua_State* L, int index) {
  const bool is_null = lua_islightuserdata(L, index) && lua_touserdata(L, index) == nullptr;
  return is_null || (lua_isboolean(L, index) && lua_toboolean(L, index) == 0);
}

void add_status_set_bindings(lua_State* L, Runtime& runtime) {
  push_locked_metatable(L, kMetatable);
  lua_pop(L, 1);
  register_functions(L, kFunctions, &runtime);
}

}  // namespace loadrun::script

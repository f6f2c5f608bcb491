#include <cmath>
#include <memory>
#include <new>

#include "script/bindings.h"
#include "script/runtime.h"
#include "script/vu_script.h"

namespace loadrun::script {
namespace {

constexpr const char* kMetatable = "loadrun.shared_array";

using SharedArray = std::shared_ptr<const SharedArrayData>;

SharedArray& array_at(lua_State* L, int index) {
  return *static_cast<SharedArray*>(luaL_checkudata(L, index, kMetatable));
}

void push_array(lua_State* L, SharedArray data) {
  new (lua_newuserdata(L, sizeof(SharedArray))) SharedArray(std::move(data));
  luaL_getmetatable(L, kMetatable);
  lua_setmetatable(L, -2);
}

int array_gc(lua_State* L) {
  array_at(L, 1).~SharedArray();
  return 0;
}

int array_length(lua_State* L) {
  lua_pushnumber(L, static_cast<double>(array_at(L, 1)->size()));
  return 1;
}

/// Element i, 1-based: a fresh value decoded from the shared text, so that no VU can change
/// another's.
int array_index(lua_State* L) {
  const SharedArrayData& data = *array_at(L, 1);
  const double position = lua_type(L, 2) == LUA_TNUMBER ? lua_tonumber(L, 2) : 0;
  const bool exists = position >= 1 && position <= static_cast<double>(data.size()) &&
                      position == std::floor(position);
  if (!exists) return 0;
  const std::string problem = context_of<Runtime>(L).json().decode(
      L, data.element(static_cast<std::size_t>(position) - 1), true, BigIntegers::kAsNumbers);
  LOADRUN_CHECK(problem.empty());  // our own encoder wrote it
  return 1;
}

int array_newindex(lua_State* L) {
  lua_pushvalue(L, 2);  // lua_tolstring would change the argument
  const char* name = lua_tostring(L, -1);
  return raise_error(L, "Cannot set property \"%s\" on a dynamic array: a SharedArray is read-only",
                     name == nullptr ? luaL_typename(L, 2) : name);
}

/// Encodes the sequence on top of the stack; pushes an error and returns null when it cannot be
/// shared.
SharedArray share(lua_State* L, Runtime& runtime, std::string_view name) {
  SharedArrayData data;
  const int table = lua_gettop(L);
  for (std::size_t i = 1; i <= lua_objlen(L, table); ++i) {
    lua_rawgeti(L, table, static_cast<int>(i));
    fmt::memory_buffer json;
    const std::string problem = encode_json(L, -1, json, false);
    if (!problem.empty()) {
      push_error(L, fmt::format("SharedArray \"{}\": element {}: {}", name, i, problem));
      return nullptr;
    }
    data.append({json.data(), json.size()});
    lua_pop(L, 1);
  }
  return runtime.store().add_array(name, std::move(data));
}

bool push_built(lua_State* L, Runtime& runtime) {
  SharedArray array = share(L, runtime, string_at(L, 1));
  if (array == nullptr) return false;
  push_array(L, std::move(array));
  return true;
}

bool push_known(lua_State* L, Runtime& runtime) {
  SharedArray array = runtime.store().find_array(string_at(L, 1));
  if (array == nullptr) return false;
  push_array(L, std::move(array));
  return true;
}

/// shared_array(name, fn): builds the array once per process, later calls find it.
int shared_array(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  if (runtime.current().stage() != Stage::kInit) {
    return raise_error(L, "SharedArray must be created in the init context");
  }
  if (lua_type(L, 1) != LUA_TSTRING || lua_objlen(L, 1) == 0) {
    return raise_error(L, "empty name provided to SharedArray's constructor");
  }
  if (!lua_isfunction(L, 2)) {
    return raise_error(L, "SharedArray: a function is expected as second argument, not a %s",
                       luaL_typename(L, 2));
  }
  lua_settop(L, 2);
  if (push_known(L, runtime)) return 1;
  lua_call(L, 0, 1);
  if (!lua_istable(L, -1)) {
    return raise_error(L, "SharedArray: the function must return a sequence (a table), not a %s",
                       luaL_typename(L, -1));
  }
  return push_built(L, runtime) ? 1 : lua_error(L);
}

void create_metatable(lua_State* L, Runtime& runtime) {
  constexpr luaL_Reg kMethods[] = {{"__gc", array_gc},
                                   {"__len", array_length},
                                   {"__index", array_index},
                                   {"__newindex", array_newindex},
                                   {nullptr, nullptr}};
  push_locked_metatable(L, kMetatable);
  register_functions(L, kMethods, &runtime);
  lua_pushboolean(L, 1);
  lua_setfield(L, -2, "__view");
  lua_pop(L, 1);
}

constexpr luaL_Reg kFunctions[] = {{"shared_array", shared_array}, {nullptr, nullptr}};

}  // namespace

void add_data_bindings(lua_State* L, Runtime& runtime) {
  create_metatable(L, runtime);
  register_functions(L, kFunctions, &runtime);
}

}  // namespace loadrun::script

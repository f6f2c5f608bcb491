#pragma once

#include <cstdint>
#include <lua.hpp>
#include <memory>
#include <string_view>
#include <utility>

namespace loadrun::script {

struct CloseLuaState {
  void operator()(lua_State* L) const { lua_close(L); }
};
using LuaState = std::unique_ptr<lua_State, CloseLuaState>;

/// Keeps a Lua value alive from C++ (a slot of the registry). Must die before its lua_State.
class LuaRef {
 public:
  LuaRef() = default;
  /// Pops the value on top of `from`, any thread of `main`'s state. Keeps `main`: a coroutine may
  /// be collected first.
  LuaRef(lua_State* main, lua_State* from)
      : state_(main), ref_(luaL_ref(from, LUA_REGISTRYINDEX)) {}
  explicit LuaRef(lua_State* main) : LuaRef(main, main) {}
  LuaRef(LuaRef&& other) noexcept
      : state_(std::exchange(other.state_, nullptr)), ref_(std::exchange(other.ref_, LUA_NOREF)) {}
  LuaRef& operator=(LuaRef&& other) noexcept {
    std::swap(state_, other.state_);
    std::swap(ref_, other.ref_);
    return *this;
  }
  LuaRef(const LuaRef&) = delete;
  LuaRef& operator=(const LuaRef&) = delete;
  ~LuaRef() {
    if (state_ != nullptr) luaL_unref(state_, LUA_REGISTRYINDEX, ref_);
  }

  bool valid() const { return state_ != nullptr; }
  /// Pushes the value onto `L`, any thread of the same state; nil when empty.
  void push(lua_State* L) const {
    if (valid()) {
      lua_rawgeti(L, LUA_REGISTRYINDEX, ref_);
    } else {
      lua_pushnil(L);
    }
  }

 private:
  lua_State* state_ = nullptr;  // outlives this: see the class comment
  int ref_ = LUA_NOREF;
};

inline void push_view(lua_State* L, std::string_view text) {
  lua_pushlstring(L, text.data(), text.size());
}

/// The string at `index` without conversion; valid while the value is on the stack.
inline std::string_view string_at(lua_State* L, int index) {
  std::size_t size = 0;
  const char* data = lua_tolstring(L, index, &size);
  return data == nullptr ? std::string_view{} : std::string_view(data, size);
}

/// Pushes "file:line: " of the innermost frame, from `level` on (1 is the caller of the running
/// function), that has a line and is not the library's; "" when there is none.
void push_location(lua_State* L, int level);

/// Pushes `text` prefixed with "file:line: " of the script's code that runs; frames of the library
/// are skipped. Follow with `return lua_error(L)` once no C++ object with a destructor is in scope.
void push_error(lua_State* L, std::string_view text);

/// push_error with a format as lua_pushfstring takes it, and lua_error: for messages without C++
/// objects.
int raise_error(lua_State* L, const char* format, ...);

/// Pushes a new metatable called `name`, which scripts can neither see nor change.
void push_locked_metatable(lua_State* L, const char* name);

/// Puts `functions` (up to a null name) into the table on top of the stack, each with `context` as
/// first upvalue.
void register_functions(lua_State* L, const luaL_Reg* functions, void* context);

/// The first upvalue of a function registered by register_functions.
template <typename T>
T& context_of(lua_State* L) {
  return *static_cast<T*>(lua_touserdata(L, lua_upvalueindex(1)));
}

}  // namespace loadrun::script

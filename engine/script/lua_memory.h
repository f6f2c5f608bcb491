#pragma once

#include <atomic>
#include <cstddef>
#include <lua.hpp>

#include "script/interrupter.h"

namespace loadrun::script {

/// Bounds the memory of a state, so that a script that keeps everything fails instead of the
/// process.
///
/// Stands between LuaJIT and its own allocator. Refusing memory is not always safe: LuaJIT of 2022
/// may crash when an allocation fails in compiled recursion. So the limit is a soft one. Beyond it
/// the collector hurries, and at the next interpreted instruction (compiled code comes to one as
/// the collector finishes a cycle) everything is collected; if that leaves more than 7/8 of the
/// limit, the script gets the error "not enough memory: ...". Only what grows beyond 9/8 of the
/// limit before that, such as one huge string, is refused (LUA_ERRMEM).
///
/// Thread-safe: used and take_exceeded. The rest belongs to the thread that runs the state.
class LuaMemory {
 public:
  /// `limit` is in bytes. `L` and `interrupter`, which is L's, outlive this.
  LuaMemory(lua_State* L, std::size_t limit, Interrupter& interrupter);
  /// Gives L its own allocator back: LuaJIT releases all of it at once only then.
  ~LuaMemory();
  LuaMemory(const LuaMemory&) = delete;
  LuaMemory& operator=(const LuaMemory&) = delete;

  /// That of `L`'s state; null when it has none (any more).
  static LuaMemory* of(lua_State* L);

  /// The limit holds while a script runs, not for the engine's own calls: an error in them would
  /// end the process.
  void set_script_runs(bool runs);

  /// Bytes that the state and its objects hold now, garbage included; without machine code.
  std::size_t used() const { return used_.load(std::memory_order_relaxed); }
  std::size_t limit() const { return limit_; }
  /// Whether a script came to the limit since this was asked last.
  bool take_exceeded() { return exceeded_.exchange(false); }
  /// Memory that the state's objects hold outside of it counts, too. In bytes.
  void held(std::size_t size) { used_.store(used() + size, std::memory_order_relaxed); }
  void released(std::size_t size) { used_.store(used() - size, std::memory_order_relaxed); }
  /// Collects everything; whether enough is free again for scripts to go on.
  bool recover();

 private:
  static void* allocate(void* context, void* block, std::size_t old_size, std::size_t size);
  static void reclaim(lua_State* L, void* context);
  bool may_grow_to(std::size_t size);
  void hurry(std::size_t size);

  lua_State* state_;          // outlives this
  Interrupter& interrupter_;  // outlives this
  const std::size_t limit_;
  void* original_context_ = nullptr;
  lua_Alloc original_;  // after its context, which is fetched with it
  bool script_runs_ = false;
  std::size_t hurry_at_;  ///< Bytes; beyond them the collector is told to hurry.
  bool reclaim_due_ = false;
  int step_multiplier_ = 0;  ///< The collector's own, while it hurries.
  std::atomic<std::size_t> used_;
  std::atomic<bool> exceeded_{false};
};

/// The limit for each of `workers` states: four fifths of what the process may use, shared evenly.
/// REQUIRES: workers > 0.
std::size_t default_lua_memory_limit(int workers);

}  // namespace loadrun::script

#include "script/lua_memory.h"

#include <utility>

#include "base/check.h"
#include "base/memory.h"
#include "script/lua_support.h"

namespace loadrun::script {
namespace {

/// How much more the collector marks than the script allocates while it hurries, in percent: a
/// cycle ends before the script has allocated a sixteenth of what there is.
constexpr int kHurriedSteps = 2000;

std::size_t bytes_of(lua_State* L) {
  return static_cast<std::size_t>(lua_gc(L, LUA_GCCOUNT, 0)) * 1024 +
         static_cast<std::size_t>(lua_gc(L, LUA_GCCOUNTB, 0));
}

}  // namespace

LuaMemory::LuaMemory(lua_State* L, std::size_t limit, Interrupter& interrupter)
    : state_(L),
      interrupter_(interrupter),
      limit_(limit),
      original_(lua_getallocf(L, &original_context_)),
      hurry_at_(limit),
      used_(bytes_of(L)) {
  lua_setallocf(L, allocate, this);
}

LuaMemory::~LuaMemory() { lua_setallocf(state_, original_, original_context_); }

LuaMemory* LuaMemory::of(lua_State* L) {
  void* context = nullptr;
  return lua_getallocf(L, &context) == allocate ? static_cast<LuaMemory*>(context) : nullptr;
}

void LuaMemory::set_script_runs(bool runs) {
  script_runs_ = runs;
  hurry_at_ = limit_;
  reclaim_due_ = false;
}

void* LuaMemory::allocate(void* context, void* block, std::size_t old_size, std::size_t size) {
  auto& self = *static_cast<LuaMemory*>(context);
  const std::size_t used = self.used() - old_size + size;
  if (size > old_size && used > self.hurry_at_ && !self.may_grow_to(used)) return nullptr;
  void* result = self.original_(self.original_context_, block, old_size, size);
  if (result == nullptr && size != 0) return nullptr;
  self.used_.store(used, std::memory_order_relaxed);  // no other thread writes
  return result;
}

bool LuaMemory::may_grow_to(std::size_t size) {
  if (!script_runs_ || interrupter_.holds_thread()) return true;
  if (size > limit_ + limit_ / 8) {
    exceeded_ = true;
    return false;
  }
  hurry(size);
  return true;
}

/// What is called here only stores numbers and changes the dispatch table: an allocator must not
/// run Lua or collect.
void LuaMemory::hurry(std::size_t size) {
  hurry_at_ = size + limit_ / 64;
  const int before = lua_gc(state_, LUA_GCSETSTEPMUL, kHurriedSteps);
  if (step_multiplier_ == 0) step_multiplier_ = before;
  lua_gc(state_, LUA_GCRESTART, 0);  // the next step is due now
  reclaim_due_ = true;
  interrupter_.at_next_step(reclaim, this);
}

void LuaMemory::reclaim(lua_State* L, void* context) {
  auto& self = *static_cast<LuaMemory*>(context);
  lua_gc(L, LUA_GCSETSTEPMUL, std::exchange(self.step_multiplier_, 0));
  if (!std::exchange(self.reclaim_due_, false)) return;
  self.hurry_at_ = self.limit_;
  const std::size_t enough = self.limit_ - self.limit_ / 8;
  if (self.used() > enough) lua_gc(L, LUA_GCCOLLECT, 0);
  if (self.used() <= enough) return;
  self.exceeded_ = true;
  push_location(L, 0);
  lua_pushfstring(L, "not enough memory: the scripts of a worker may hold %d MB",
                  static_cast<int>(self.limit_ >> 20));
  lua_concat(L, 2);
  // Room for what handles the error, before it is told the same.
  self.reclaim_due_ = false;
  self.hurry_at_ = self.used() + self.limit_ / 64;
  lua_error(L);
}

bool LuaMemory::recover() {
  lua_gc(state_, LUA_GCCOLLECT, 0);
  return used() <= limit_ - limit_ / 8;
}

std::size_t default_lua_memory_limit(int workers) {
  LOADRUN_CHECK(workers > 0);
  return usable_memory() / 5 * 4 / static_cast<std::size_t>(workers);
}

}  // namespace loadrun::script

#include "script/trace_places.h"

#include <cstdio>
#include <fstream>

#include "base/check.h"

namespace loadrun::script {
namespace {

/// Trace numbers are operands of 16 bits.
/// A trace in a nest of loops leads to a known one in fewer steps.
constexpr int kMaxLinks = 16;

/// Opcodes (lj_bc.h of LuaJIT 2.1) with the number of a trace in their upper half.
constexpr std::uint32_t kCompiledFor = 81, kCompiledIterator = 84, kCompiledLoop = 87,
                        kCompiledFunction = 91;

/// Notes the places where a trace can start: ITERN, RET, RET0, RET1, FORL, ITERL, LOOP, FUNCF. What
/// LuaJIT calls in an event must not raise.
constexpr const char* kNotePlaces = R"(
local attach, funcinfo, funcbc, places = ...
local sub = string.sub
local starts = { [70] = true, [74] = true, [75] = true, [76] = true,
                 [79] = true, [82] = true, [85] = true, [89] = true }
local function file_of(source)
  local mark = sub(source, 1, 1)
  return (mark == "@" or mark == "=") and sub(source, 2) or "[string]"
end
attach(function(prototype)
  local info, found = funcinfo(prototype), {}
  local file = file_of(info.source)
  for position = 0, info.bytecodes - 1 do
    if starts[funcbc(prototype, position) % 256] then
      found[position] = file .. ":" .. funcinfo(prototype, position).currentline
    end
  end
  places[prototype] = found
end, "bc"))";

/// Pushes the table jit.util. The jit library registers its loader where the package library, which
/// is not opened, would look for it.
void push_jit_util(lua_State* L) {
  lua_getfield(L, LUA_REGISTRYINDEX, "_PRELOAD");
  lua_getfield(L, -1, "jit.util");
  lua_call(L, 0, 1);
  lua_remove(L, -2);
}

lua_CFunction function_of(lua_State* L, const char* name) {
  lua_getfield(L, -1, name);
  const lua_CFunction function = lua_tocfunction(L, -1);
  lua_pop(L, 1);
  LOADRUN_CHECK(function != nullptr);
  return function;
}

LuaRef weak_table(lua_State* L) {
  lua_newtable(L);
  lua_newtable(L);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  return LuaRef(L);
}

/// Keeps the collector from running, and lets it run again if it did before.
class CollectorPause {
 public:
  explicit CollectorPause(lua_State* L) : state_(L), ran_(lua_gc(L, LUA_GCISRUNNING, 0) != 0) {
    lua_gc(L, LUA_GCSTOP, 0);
  }
  ~CollectorPause() {
    if (ran_) lua_gc(state_, LUA_GCRESTART, 0);
  }
  CollectorPause(const CollectorPause&) = delete;
  CollectorPause& operator=(const CollectorPause&) = delete;

 private:
  lua_State* state_;
  const bool ran_;
};

}  // namespace

std::optional<CodeRange> compiled_code_at(std::uintptr_t instruction) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    unsigned long begin = 0, end = 0, inode = 0;
    char access[5]{}, name[2]{};
    if (std::sscanf(line.c_str(), "%lx-%lx %4s %*s %*s %lu %1s", &begin, &end, access, &inode,
                    name) < 4) {
      continue;
    }
    if (instruction < begin || instruction >= end) continue;
    if (access[2] != 'x' || inode != 0 || name[0] != '\0') return std::nullopt;
    return CodeRange{begin, end};
  }
  return std::nullopt;
}

TracePlaces::TracePlaces(lua_State* L)
    : state_(L),
      walk_(lua_newthread(L)),
      walk_anchor_(L),
      probe_(lua_newthread(L)),
      probe_anchor_(L),
      places_(weak_table(L)) {
  const int top = lua_gettop(L);
  LOADRUN_CHECK(luaL_loadbuffer(L, kNotePlaces, std::char_traits<char>::length(kNotePlaces),
                                "=trace_places") == 0);
  lua_getglobal(L, LUA_JITLIBNAME);
  lua_getfield(L, -1, "attach");
  lua_remove(L, -2);
  push_jit_util(L);
  bytecode_ = function_of(L, "funcbc");
  machine_code_ = function_of(L, "tracemc");
  trace_info_ = function_of(L, "traceinfo");
  lua_getfield(L, -1, "funcinfo");
  lua_getfield(L, -2, "funcbc");
  lua_remove(L, -3);
  places_.push(L);
  LOADRUN_CHECK(lua_pcall(L, 4, 0, 0) == 0);
  lua_settop(L, top);
}

std::string TracePlaces::find(std::uintptr_t instruction) {
  const CollectorPause pause(state_);
  std::string place;
  std::uint32_t trace = trace_at(instruction);
  for (int i = 0; i < kMaxLinks && trace != 0 && place.empty(); ++i) {
    place = start_of(trace);
    trace = link_of(trace);
  }
  lua_settop(walk_, 0);
  lua_settop(probe_, 0);
  return place;
}

std::uint32_t TracePlaces::trace_at(std::uintptr_t instruction) {
  for (std::uint32_t trace = 1; trace <= kMaxTraces; ++trace) {
    if (has(trace, instruction)) return trace;
  }
  return 0;
}

int TracePlaces::count() {
  int traces = 0;
  for (std::uint32_t trace = 1; trace <= kMaxTraces; ++trace) {
    lua_settop(probe_, 0);
    lua_pushnumber(probe_, trace);
    traces += trace_info_(probe_) == 0 ? 0 : 1;
  }
  lua_settop(probe_, 0);
  return traces;
}

/// Whether the machine code of `trace` has `instruction`; traces that do not exist have none.
bool TracePlaces::has(std::uint32_t trace, std::uintptr_t instruction) {
  lua_settop(probe_, 0);
  lua_pushnumber(probe_, trace);
  if (machine_code_(probe_) == 0) return false;  // else: code, address, offset of its loop
  const auto begin = static_cast<std::uintptr_t>(lua_tonumber(probe_, -2));
  return instruction >= begin && instruction - begin < lua_objlen(probe_, -3);
}

/// The trace that `trace` goes on with; 0 when it has none.
std::uint32_t TracePlaces::link_of(std::uint32_t trace) {
  lua_settop(probe_, 0);
  lua_pushnumber(probe_, trace);
  if (trace_info_(probe_) == 0) return 0;
  lua_getfield(probe_, -1, "link");
  return static_cast<std::uint32_t>(lua_tonumber(probe_, -1));
}

/// The place of the instruction that LuaJIT replaced by one that enters `trace`.
std::string TracePlaces::start_of(std::uint32_t trace) {
  lua_settop(walk_, 0);
  places_.push(walk_);
  lua_pushnil(walk_);
  while (lua_next(walk_, 1) != 0) {  // 2: prototype, 3: its places
    lua_pushnil(walk_);
    while (lua_next(walk_, 3) != 0) {  // 4: position, 5: place
      if (started_at(2, 4) == trace) return std::string(string_at(walk_, 5));
      lua_pop(walk_, 1);
    }
    lua_pop(walk_, 1);
  }
  return "";
}

/// The trace that the instruction enters; both are indices on the stack of walk_. 0 for none.
std::uint32_t TracePlaces::started_at(int prototype, int position) {
  lua_settop(probe_, 0);
  lua_pushvalue(walk_, prototype);
  lua_pushvalue(walk_, position);
  lua_xmove(walk_, probe_, 2);
  if (bytecode_(probe_) == 0) return 0;  // else: instruction, mode
  const auto instruction =
      static_cast<std::uint32_t>(static_cast<std::int64_t>(lua_tonumber(probe_, -2)));
  switch (instruction & 0xff) {
    case kCompiledFor:
    case kCompiledIterator:
    case kCompiledLoop:
    case kCompiledFunction:
      return instruction >> 16;
    default:
      return 0;
  }
}

}  // namespace loadrun::script

#pragma once

#include <cstdint>
#include <lua.hpp>
#include <optional>
#include <string>

#include "script/lua_support.h"

namespace loadrun::script {

/// Most traces that the JIT compiler keeps in one state: LuaJIT's option maxtrace.
inline constexpr std::uint32_t kMaxTraces = 8000;

/// Where machine code is: [begin, end).
struct CodeRange {
  std::uintptr_t begin, end;
};

/// The mapping of this process that has `instruction`, when it is executable memory without a file:
/// code that the JIT compiler made.
std::optional<CodeRange> compiled_code_at(std::uintptr_t instruction);

/// Says from which line of which file the machine code of a trace comes.
///
/// LuaJIT's event "trace" would tell, but its handler walks off the stack when a trace is aborted
/// in a function that C called and that tail-calls C (LuaJIT of 2022). So this only notes where
/// traces can start, as functions are compiled to bytecode; LuaJIT writes a trace's number there.
class TracePlaces {
 public:
  /// Knows the functions that are loaded from now on. `L` is the main thread of a state that has
  /// the jit library and outlives this.
  explicit TracePlaces(lua_State* L);

  /// "script.lua:12", where the trace with the machine code at `instruction` starts, or the one
  /// that it leads to; "" when that is not known.
  ///
  /// REQUIRES: the state's thread is stopped, and not within LuaJIT, so that its heap is whole.
  /// Because a compiled string operation may be half done, nothing here uses LuaJIT's buffers; nor
  /// does it run the interpreter, whose state belongs to the code that was stopped.
  std::string find(std::uintptr_t instruction);

  /// How many traces there are. REQUIRES: no script runs.
  int count();

 private:
  bool has(std::uint32_t trace, std::uintptr_t instruction);
  std::uint32_t trace_at(std::uintptr_t instruction);
  std::uint32_t link_of(std::uint32_t trace);
  std::uint32_t started_at(int prototype, int position);
  std::string start_of(std::uint32_t trace);

  lua_State* state_;  // outlives this
  lua_State* walk_;   // goes through places_
  LuaRef walk_anchor_;
  lua_State* probe_;  // what the functions are called on: their arguments are all of its stack
  LuaRef probe_anchor_;
  LuaRef places_;  // prototype -> { position in its bytecode -> "script.lua:12" }; weak
  lua_CFunction bytecode_, machine_code_, trace_info_;  // of jit.util
};

}  // namespace loadrun::script

#pragma once

#include <pthread.h>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <lua.hpp>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "script/trace_places.h"

namespace loadrun::script {

/// Where a thread was found.
struct ScriptSpot {
  enum class Kind {
    kInterpreted,  ///< In the interpreter, which can be stopped.
    kCompiled,     ///< In a loop the JIT compiler made, which cannot.
    kNative,       ///< In a C function such as string.find, or in the engine; no `place`.
  };
  Kind kind = Kind::kNative;
  std::string place;  ///< "script.lua:12"; for kCompiled, where the compiled code starts, if known.
};

/// Stops or locates, from another thread, the Lua code of one state that does not come back.
///
/// A signal interrupts the thread that runs the state. Its handler sets a hook, which interpreted
/// code runs before its next instruction. Compiled code never does; but the instruction that the
/// signal interrupted tells which compiled code it was, and there the handler can hold the thread
/// until that is looked up: no allocation and no collection is under way. All of a process's
/// interrupters share the signal SIGRTMIN + 3.
///
/// It owns the state's debug hook. Thread-safe: request_stop and locate. The rest belongs to the
/// thread that runs the state.
class Interrupter {
 public:
  using Action = void (*)(lua_State* L, void* context);

  /// `L` is the main thread of a state that has the jit library, outlives this, and runs no code
  /// after this is gone. Compiled code is named if it was loaded after this was made.
  explicit Interrupter(lua_State* L);
  ~Interrupter();
  Interrupter(const Interrupter&) = delete;
  Interrupter& operator=(const Interrupter&) = delete;

  /// Says that the calling thread runs the state, as long as this object lives. A thread runs one
  /// state at a time.
  class Binding {
   public:
    explicit Binding(Interrupter& interrupter);
    ~Binding();
    Binding(const Binding&) = delete;
    Binding& operator=(const Binding&) = delete;

   private:
    Interrupter& interrupter_;
  };

  /// Makes every step of the state's coroutines raise "script.lua:12: `message`" until clear().
  /// Code on the main thread, where the engine calls Lua unprotected, goes on. Compiled loops and
  /// C functions end first. `message` lives as long as the process. While no thread is
  /// bound, the request waits for one.
  void request_stop(const char* message);

  /// Finds out where the state's thread is, without disturbing it, though it may hold it for some
  /// milliseconds. Interpreted code answers at once; for other code this takes about `timeout`.
  /// Nothing when no thread is bound, or when it takes no signals.
  std::optional<ScriptSpot> locate(Nanoseconds timeout);

  /// Has `action` called with `context` once, before the next instruction that is interpreted in a
  /// coroutine; it may raise. For the bound thread's own use, where it cannot raise at once.
  void at_next_step(Action action, void* context);

  /// How many pieces of code the JIT compiler made, and keeps. REQUIRES: no script runs.
  int compiled_traces() { return trace_places_.count(); }

  /// Whether request_stop is in force. Thread-safe.
  bool stop_requested() const { return stop_message_.load() != nullptr; }

  /// Whether the state's thread is held: then the thread that locates it is the one that allocates.
  bool holds_thread() const { return hold_.load() == Hold::kHeld; }

  /// Withdraws request_stop. REQUIRES: called by the bound thread, or none is bound.
  void clear();

 private:
  /// locate: kNone -> kWanted; signal handler: kWanted -> kDeciding -> kHeld, or kNone where it
  /// declines; locate: kWanted -> kNone to take it back, kHeld -> kNone to let go.
  enum class Hold { kNone, kWanted, kDeciding, kHeld };

  static void on_signal(int signal, siginfo_t* info, void* context);
  static void on_step(lua_State* L, lua_Debug* event);
  static Interrupter& of(lua_State* L);
  bool wanted() const {
    return stop_message_.load() != nullptr || locating_.load() || action_.load() != nullptr;
  }
  void act(lua_State* L);
  void set_hook();
  void hold_if_wanted(std::uintptr_t instruction);
  void signal_thread();
  void note_place(lua_State* L);
  bool hold(std::unique_lock<std::mutex>& lock, CodeRange code, Nanoseconds& left);

  lua_State* state_;  // outlives this
  TracePlaces trace_places_;
  std::atomic<const char*> stop_message_{nullptr};
  std::atomic<bool> locating_{false};
  std::atomic<std::uintptr_t> instruction_{0};  ///< Where the last signal came.
  std::atomic<Action> action_{nullptr};
  void* action_context_ = nullptr;
  std::atomic<Hold> hold_{Hold::kNone};
  std::atomic<std::uintptr_t> hold_begin_{0}, hold_end_{0};  ///< The code in which it is wanted.

  std::mutex locating_mutex_;  ///< One locate() at a time; taken before mutex_.
  std::mutex mutex_;           ///< Guards what follows; the signal handler never takes it.
  std::condition_variable noted_;
  std::optional<pthread_t> thread_;
  std::optional<std::string> place_;
};

}  // namespace loadrun::script

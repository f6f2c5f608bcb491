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
#include <vector>

#include "base/clock.h"

namespace loadrun::script {

/// Where a thread was found.
struct ScriptSpot {
  enum class Kind {
    kInterpreted,  ///< In the interpreter, which can be stopped.
    kCompiled,     ///< In a loop the JIT compiler made, which cannot.
    kNative,       ///< In a C function such as string.find, or in the engine; no `place`.
  };
  Kind kind = Kind::kNative;
  std::string place;  ///< "script.lua:12"; for kCompiled, where the compiled code starts.
};

/// Stops or locates, from another thread, the Lua code of one state that does not come back.
///
/// A signal interrupts the thread that runs the state. Its handler sets a hook, which interpreted
/// code runs before its next instruction; compiled code never does, but the instruction that the
/// signal interrupted tells which compiled code it was. All of a process's interrupters share the
/// signal SIGRTMIN + 3.
///
/// It owns the state's debug hook. Thread-safe: request_stop and locate. The rest belongs to the
/// thread that runs the state.
class Interrupter {
 public:
  using Action = void (*)(lua_State* L, void* context);

  /// `L` is the main thread of a state that has the jit library, outlives this, and runs no code
  /// after this is gone.
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

  /// Finds out where the state's thread is, without disturbing it. Interpreted code answers at
  /// once; for other code this takes `timeout`. Nothing when no thread is bound, or when it takes
  /// no signals.
  std::optional<ScriptSpot> locate(Nanoseconds timeout);

  /// Has `action` called with `context` once, before the next instruction that is interpreted in a
  /// coroutine; it may raise. For the bound thread's own use, where it cannot raise at once.
  void at_next_step(Action action, void* context);

  /// Whether request_stop is in force. Thread-safe.
  bool stop_requested() const { return stop_message_.load() != nullptr; }

  /// Withdraws request_stop. REQUIRES: called by the bound thread, or none is bound.
  void clear();

 private:
  /// Machine code of a trace.
  struct Trace {
    int number;
    std::uintptr_t begin, end;
    std::string place;
  };

  static void on_signal(int signal, siginfo_t* info, void* context);
  static void on_step(lua_State* L, lua_Debug* event);
  static Interrupter& of(lua_State* L);
  static int add_trace(lua_State* L);
  static int drop_traces(lua_State* L);
  void watch_traces();
  bool wanted() const {
    return stop_message_.load() != nullptr || locating_.load() || action_.load() != nullptr;
  }
  void act(lua_State* L);
  void set_hook();
  void signal_thread();
  void note_place(lua_State* L);
  const Trace* trace_at(std::uintptr_t instruction) const;

  lua_State* state_;  // outlives this
  std::atomic<const char*> stop_message_{nullptr};
  std::atomic<bool> locating_{false};
  std::atomic<std::uintptr_t> instruction_{0};  ///< Where the last signal came.
  std::atomic<Action> action_{nullptr};
  void* action_context_ = nullptr;

  std::mutex mutex_;  ///< Guards what follows; the signal handler never takes it.
  std::condition_variable noted_;
  std::optional<pthread_t> thread_;
  std::optional<std::string> place_;
  std::vector<Trace> traces_;
};

}  // namespace loadrun::script

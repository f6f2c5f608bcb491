#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "metrics/tags.h"
#include "net/http_types.h"
#include "net/timer_queue.h"
#include "script/lua_support.h"

namespace loadrun::script {

class Runtime;
class VuScript;
struct StatusSet;

/// How far a call into the script came.
enum class Outcome { kFinished, kSuspended, kFailed };

/// What a script's `http.request` asks for: the request and how its samples are tagged.
struct HttpCall {
  net::HttpRequest request;
  metrics::TagSetId tags;               ///< The VU's tags, the group's and the request's own.
  std::optional<std::string> name;      ///< The `name` tag; replaces the URL in `name` and `url`.
  const StatusSet* expected = nullptr;  ///< Judges the responses; nullptr: nothing does.
  bool throw_errors = false;            ///< Without a response, it raises.
  bool redirects_given = false;         ///< The user set how many are followed.
};

/// What the engine does for a task that waits. The engine's own note: scripts never look at it.
struct Operation {
  enum class Kind { kNothing, kSleep, kQueued, kHttp };
  Kind kind = Kind::kNothing;
  net::TimerId timer;           ///< Of a sleep, or of an HTTP call that waits for its turn.
  TimePoint turn;               ///< When a queued HTTP call may start.
  metrics::TagSetId call_tags;  ///< Of an HTTP call, for its samples.
  std::optional<std::string> call_name;
  const StatusSet* expected = nullptr;
  bool redirects_given = false;
  std::optional<Nanoseconds> start_lag;  ///< Of an HTTP call: VirtualUser::start_lag, taken by it.
};

/// One line of execution in a VU: a coroutine with its own group, tags and random numbers. The main
/// task runs the VU's iterations one after the other; the others come from `k6.spawn` and end with
/// the iteration. Confined to its worker.
///
///   state   | run        | cancel
///   --------+------------+------------------------
///   idle    | -> running | -
///   ready   | -> running | -> cancelled
///   running | bug        | refused by the binding
///   waiting | -> running | -> cancelled
///   (a run ends waiting, finished or failed; the main task is made idle again)
class Task {
 public:
  enum class State { kIdle, kReady, kRunning, kWaiting, kFinished, kFailed, kCancelled };

  explicit Task(VuScript& vu);
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  VuScript& vu() const { return vu_; }
  State state() const { return state_; }
  bool alive() const { return state_ >= State::kReady && state_ <= State::kWaiting; }
  bool ended() const { return state_ >= State::kFinished; }

  /// Where the function to run and its arguments are pushed, and where results are found.
  lua_State* thread() const { return thread_; }
  /// Forgets the last run: group, traceback, stack.
  void reset(std::string group);
  /// Runs on with `arguments` values on the thread's stack, until the task waits or ends.
  void run(int arguments);
  void set_ready() { state_ = State::kReady; }
  /// Gives up what the coroutine was doing; a cancelled one never runs again. The caller cancels
  /// the operation.
  void cancel();
  void make_idle();

  /// To be returned by a binding that started an operation: suspends the task until run().
  int suspend(lua_State* L);
  /// False while a C function that cannot be suspended runs below the task's code.
  bool can_suspend() const { return unsuspendable_ == 0 && lua_isyieldable(thread_) != 0; }
  /// Counts the coroutines of the script, now running, that were resumed where nothing can be
  /// suspended.
  void count_unsuspendable(int change) { unsuspendable_ += change; }

  /// Keeps the traceback of `L` for the error message on top of its stack: where it was raised is
  /// lost once a library function such as `group` has caught it and raises it again.
  void keep_traceback(lua_State* L);
  /// Keeps what `other`, whose error the script raises again here, knows about it.
  void keep_traceback_of(const Task& other);
  /// Message and traceback of kFailed.
  const std::string& error() const { return error_; }
  /// Sets error() from the value on top of the thread's stack.
  void set_error();
  /// Pushes the results, or the error value, of a spawned task onto `L`; returns how many.
  int push_results(lua_State* L) const;

  /// Where its last run ended: "script.lua:12", the line of the script that waits; for a run that
  /// failed, the line that raised; for a main task that finished, the line at which the function
  /// that it ran is defined. "" when it is not known. REQUIRES: it does not run.
  std::string place() const;

  /// Sets the current group ("", "::login", "::login::form"); returns the one before.
  std::string enter_group(std::string path);
  const std::string& group() const { return group_; }
  /// Tags of a sample taken now: the VU's and the group.
  metrics::TagSetId tags() const { return tags_; }
  /// Makes tags() anew, after the VU's changed.
  void retag();

  CounterRandom random{0};
  HttpCall call;          ///< Reused from request to request.
  bool keep_body = true;  ///< Whether the response to the call keeps its body.
  Operation operation;    ///< The engine's.
  bool detached = false;  ///< Nobody can await it: an error ends the iteration at once.
  bool observed = false;  ///< Its end was seen by an await.
  std::vector<std::shared_ptr<Task>> awaited;  ///< While it waits for tasks.

 private:
  void new_thread();
  void run_on(int arguments);
  void set_error_text(const char* message);

  VuScript& vu_;  // owns this, or outlives it as the runtime's VUs do their handles
  Runtime& runtime_;
  State state_ = State::kIdle;
  bool suspending_ = false;  // a binding started an operation during this run
  int unsuspendable_ = 0;
  LuaRef thread_ref_, error_value_;
  lua_State* thread_ = nullptr;
  std::string error_, kept_message_, kept_traceback_;
  std::string group_;
  metrics::TagSetId tags_;
};

}  // namespace loadrun::script

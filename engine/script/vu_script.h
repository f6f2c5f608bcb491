#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "metrics/tags.h"
#include "net/http_types.h"
#include "script/host.h"
#include "script/lua_support.h"

namespace loadrun::script {

class Runtime;

/// Where in a VU's life its code runs; network calls need kSetup or later.
enum class Stage { kInit, kSetup, kIteration, kTeardown };

/// How far a call into the script came.
enum class Outcome { kFinished, kSuspended, kFailed };

/// What a script gives the engine besides behaviour.
struct Exports {
  std::vector<std::string> functions;  ///< Names, sorted.
  std::string options_json = "{}";     ///< The `options` table.
};

/// One virtual user's side of the script: its environment (globals, module instances), its exports
/// and the coroutine that runs them. Confined to its worker.
///
///   state      | start          | resume            | abandon
///   -----------+----------------+-------------------+---------------------------
///   idle       | runs           | bug               | nothing to do
///   suspended  | bug            | runs on           | coroutine dropped -> idle
///   (a run ends idle, or suspended when the code waits for the engine)
class VuScript {
 public:
  /// Runs the script's top-level code as VU `id`. Fails (kScriptException) with the error and its
  /// traceback.
  static Result<std::unique_ptr<VuScript>> create(Runtime& runtime, std::uint64_t id);

  std::uint64_t id() const { return id_; }
  Stage stage() const { return stage_; }
  bool suspended() const { return suspended_; }
  /// False while a C function that cannot be suspended runs below the VU's code.
  bool can_suspend() const { return unsuspendable_ == 0 && lua_isyieldable(thread_) != 0; }
  /// Counts the coroutines of the script, now running, that were resumed where nothing can be
  /// suspended.
  void count_unsuspendable(int change) { unsuspendable_ += change; }

  /// Fails (k6's codes) when the script exports nothing callable or its options have no JSON form.
  Result<Exports> exports() const;

  /// Calls the exported function `exec`. In kIteration and kTeardown it gets the setup data, its
  /// own copy. REQUIRES: idle.
  Outcome start(const std::string& exec, Stage stage);
  /// Continues after a sleep. REQUIRES: suspended.
  Outcome resume();
  /// Continues after an HTTP call, with its response. REQUIRES: suspended.
  Outcome resume(const net::HttpResult& result);
  /// Drops what the coroutine was doing; the caller cancels the pending operation.
  void abandon();

  /// Message and traceback of the last kFailed.
  const std::string& error() const { return error_; }
  /// JSON of what the last finished call returned; empty for nil. Fails when the value has no JSON
  /// form.
  Result<std::string> returned_json();

  /// `json` is what setup returned ("" for nothing); decoded by the VU when it first needs it.
  void set_setup_data(std::shared_ptr<const std::string> json);
  /// Tags of all samples from here on; also leaves all groups.
  void set_base_tags(metrics::TagSetId tags);
  /// Lays the scenario's variables over `__ENV`.
  void set_scenario_env(const std::map<std::string, std::string>& env);
  /// `vu_iteration` becomes `__ITER`; (`scenario`, `iteration`) key the VU's random numbers.
  void begin_iteration(std::uint64_t scenario, std::uint64_t iteration, std::uint64_t vu_iteration);

  // --- for the bindings ---

  /// Tags of a sample taken now: base tags and group.
  metrics::TagSetId tags() const { return tags_; }
  metrics::TagSetId base_tags() const { return base_tags_; }
  /// Sets the current group ("", "::login", "::login::form"); returns the one before.
  std::string enter_group(std::string path);
  const std::string& group() const { return group_; }
  CounterRandom& random() { return random_; }
  /// The VU's HTTP call, reused from request to request.
  HttpCall& call() { return call_; }
  /// Whether the response to the call keeps its body.
  void set_keep_body(bool keep) { keep_body_ = keep; }
  const LuaRef& environment() const { return environment_; }
  const LuaRef& loaded() const { return loaded_; }
  /// Keeps the traceback of `L` for the error message on top of its stack: where it was raised is
  /// lost once a library function such as `group` has caught it and raises it again.
  void keep_traceback(lua_State* L);
  /// To be returned by a binding that started an operation: suspends the VU until `resume`.
  int suspend(lua_State* L);

 private:
  VuScript(Runtime& runtime, std::uint64_t id);
  Result<void> run_init();
  void new_thread();
  void push_setup_data();
  Outcome run(int arguments);
  Outcome finish(int status);
  void set_error();
  void reset_group();
  void retag();

  Runtime& runtime_;  // outlives this: the worker destroys its VUs first
  std::uint64_t id_;
  Stage stage_ = Stage::kInit;
  bool suspended_ = false;
  int unsuspendable_ = 0;
  bool waiting_ = false;  // a binding started an operation during this run
  LuaRef environment_, loaded_, exports_, thread_ref_, returned_, setup_value_;
  lua_State* thread_ = nullptr;
  std::shared_ptr<const std::string> setup_json_;
  std::string error_;
  std::string kept_message_, kept_traceback_;
  std::string group_;
  metrics::TagSetId base_tags_, tags_;
  CounterRandom random_{0};
  HttpCall call_;
  bool keep_body_ = true;
  bool has_scenario_env_ = false;
};

}  // namespace loadrun::script

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "metrics/errors.h"
#include "metrics/tags.h"
#include "net/cookie_jar.h"
#include "net/http_types.h"
#include "plan/plan.h"
#include "script/lua_support.h"
#include "script/status_set.h"
#include "script/task_set.h"

namespace loadrun::script {

class Runtime;

/// Where in a VU's life its code runs; network calls need kSetup or later.
enum class Stage { kInit, kSetup, kPrepare, kIteration, kTeardown, kSummary };

/// What a script gives the engine besides behaviour.
struct Exports {
  std::vector<std::string> functions;  ///< Names, sorted.
  bool bad_handle_summary = false;     ///< `handleSummary` is exported and is no function.
  std::string options_json = "{}";     ///< The `options` table.
};

/// Texts by where they go, sorted.
using SummaryTexts = std::vector<std::pair<std::string, std::string>>;

/// The iteration that a VU runs, as `k6/execution` shows it.
struct Iteration {
  std::size_t scenario = 0;       ///< Index in the plan.
  std::uint64_t random_key = 0;   ///< Keys the random numbers, with the scenario.
  std::uint64_t in_instance = 0;  ///< Among the scenario's, over all workers.
  std::uint64_t in_test = 0;      ///< Over all instances.
  std::uint64_t of_vu = 0;        ///< Among the VU's: `__ITER`.
  std::uint64_t of_vu_in_scenario = 0;
};

/// One virtual user's side of the script: its environment (globals, module instances), its exports
/// and the tasks that run them. Confined to its worker.
///
///   state      | start          | resume            | abandon
///   -----------+----------------+-------------------+---------------------------
///   idle       | runs           | bug               | nothing to do
///   suspended  | bug            | runs on           | tasks dropped -> idle
///   (a run ends idle, or suspended when a task waits for the engine)
class VuScript {
 public:
  /// Runs the script's top-level code as VU `id`. Fails (kScriptException) with the error and its
  /// traceback.
  static Result<std::unique_ptr<VuScript>> create(Runtime& runtime, std::uint64_t id);

  Runtime& runtime() const { return runtime_; }
  std::uint64_t id() const { return id_; }
  Stage stage() const { return stage_; }
  bool suspended() const { return suspended_; }
  /// Whatever the engine knows this VU by; the engine's own.
  void set_owner(void* owner) { owner_ = owner; }
  void* owner() const { return owner_; }

  /// Fails (k6's codes) when the script exports nothing callable or its options have no JSON form.
  Result<Exports> exports() const;

  /// Calls the exported function `exec`. In kPrepare, kIteration and kTeardown it gets the setup
  /// data, its own copy; in kSummary, the summary's data. REQUIRES: idle.
  Outcome start(const std::string& exec, Stage stage);
  /// Continues `task` after a sleep. REQUIRES: it waits.
  Outcome resume(Task& task);
  /// Continues `task` after an HTTP call, with its response; a large body is moved out. REQUIRES:
  /// it waits.
  Outcome resume(Task& task, net::HttpResult& result);
  /// Drops what the tasks were doing, with their operations.
  void abandon();

  /// Message and traceback of the last kFailed.
  const std::string& error() const { return tasks_->error(); }
  /// The same as people can act on it: with the line, and what was meant.
  std::string explained_error() const;
  /// What it says and where it was raised.
  metrics::RaisedError raised_error() const;
  /// JSON of what the last finished call returned; empty for nil. Fails when the value has no JSON
  /// form.
  Result<std::string> returned_json();
  /// What handleSummary returned; nothing for nil. Fails when it is no table of strings by strings.
  Result<std::optional<SummaryTexts>> returned_texts();

  /// `json` is what setup returned ("" for nothing), or the summary's data; decoded by the VU when
  /// it first needs it.
  void set_argument(std::shared_ptr<const std::string> json);
  /// Tags of all samples from here on; also leaves all groups.
  void set_base_tags(metrics::TagSetId tags);
  /// Lays the scenario's variables over `__ENV`.
  void set_scenario_env(const std::map<std::string, std::string>& env);
  void begin_iteration(const Iteration& iteration);
  /// What this VU's responses are judged by; nullptr: nothing.
  void set_response_callback(const StatusSet* set) { response_callback_ = set; }
  const StatusSet* response_callback() const { return response_callback_; }
  /// From here on `seed` takes the place of the run's seed for this VU.
  void seed_random(std::uint64_t seed);

  // --- for the bindings ---

  TaskSet& tasks() { return *tasks_; }
  Task& main_task() { return tasks_->main(); }
  metrics::TagSetId base_tags() const { return base_tags_; }
  /// Tags of all samples of all tasks from here on; the groups stay.
  void change_base_tags(metrics::TagSetId tags);
  /// Data that goes with samples to outputs but makes no series.
  std::map<std::string, std::string, std::less<>>& metadata() { return metadata_; }
  /// The same with the system tags `vu` and `iter`, as samples take it along to outputs.
  metrics::Tags sample_metadata() const;
  const LuaRef& environment() const { return environment_; }
  const LuaRef& loaded() const { return loaded_; }
  const Iteration& iteration() const { return iteration_; }
  /// The jar of the iteration, of setup or of teardown.
  const std::shared_ptr<net::CookieJar>& cookies();
  /// The script asked for the end of the test, as `reason` says: nothing of this VU runs any more.
  void abort(std::string reason) { abort_reason_ = std::move(reason); }
  bool aborted() const { return !abort_reason_.empty(); }
  /// "script.lua:12": where the function that start() called last is defined.
  std::string place_of_call() const;

 private:
  VuScript(Runtime& runtime, std::uint64_t id);
  Result<void> run_init();
  Error init_error();
  void push_argument(lua_State* L);
  void renew_cookies(Stage next);
  Outcome run(Task& task, int arguments);

  Runtime& runtime_;  // outlives this: the worker destroys its VUs first
  std::uint64_t id_;
  Stage stage_ = Stage::kInit;
  bool suspended_ = false;
  bool has_scenario_env_ = false;
  void* owner_ = nullptr;
  std::string exec_;  // what start() called last
  LuaRef environment_, loaded_, exports_, argument_;
  std::unique_ptr<TaskSet> tasks_;  // after the environment, which its threads get
  std::shared_ptr<const std::string> argument_json_;
  std::shared_ptr<net::CookieJar> cookies_;  // null until something needs it
  std::string abort_reason_;
  metrics::TagSetId base_tags_;
  std::map<std::string, std::string, std::less<>> metadata_;
  Iteration iteration_;
  const StatusSet* response_callback_ = &default_expected_statuses();
  std::uint64_t seed_;
};

}  // namespace loadrun::script

#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "script/collection_count.h"
#include "script/host.h"
#include "script/interrupter.h"
#include "script/json.h"
#include "script/loader.h"
#include "script/lua_memory.h"
#include "script/lua_support.h"
#include "script/shared_store.h"
#include "script/status_set.h"

namespace loadrun::script {

class VuScript;

/// The script and what surrounds it, the same for all workers.
struct RuntimeConfig {
  std::string path;  ///< As the user named it; relative modules start at its folder.
  std::string source;
  std::map<std::string, std::string> env;  ///< `__ENV`
  std::uint64_t seed = 0;
  bool jit = true;                                         ///< Compile hot code.
  std::size_t memory_limit = default_lua_memory_limit(1);  ///< Bytes that one runtime may hold.
};

/// Options that bindings look at; known only after the script gave its options.
struct ScriptSettings {
  int max_redirects = 10;
  HttpVersion http_version = HttpVersion::kAuto;
  bool max_redirects_given = false;
  bool discard_response_bodies = false;
  bool no_cookies_reset = false;  ///< A VU's jar lasts longer than an iteration.
  bool throw_errors = false;      ///< A request without a response raises.
  bool tag_groups = true;         ///< System tag `group` is enabled.
  bool tag_checks = true;         ///< System tag `check` is enabled.
  bool tag_vus = false;           ///< System tag `vu` is enabled, which is metadata.
  bool tag_iterations = false;    ///< System tag `iter` is enabled, which is metadata.
};

/// One LuaJIT state: the compiled script, the sandbox and the library, shared by all VUs of a
/// worker (decision 6). Confined to its worker, though it may be created on another thread.
class Runtime {
 public:
  /// Compiles the script. Fails (kScriptException) on a syntax error.
  /// `host`, `config` and `store` outlive the runtime: the worker and the process own them.
  static Result<std::unique_ptr<Runtime>> create(Host& host, const RuntimeConfig& config,
                                                 SharedStore& store);

  lua_State* state() const { return state_.get(); }
  Host& host() const { return host_; }
  SharedStore& store() const { return store_; }
  const RuntimeConfig& config() const { return config_; }
  Json& json() { return json_; }
  Loader& loader() { return loader_; }
  Interrupter& interrupter() { return interrupter_; }
  LuaMemory& memory() { return memory_; }
  const CollectionCount& collections() const { return collections_; }

  ScriptSettings settings;

  /// The task whose code runs now, and its VU. REQUIRES: called from a binding.
  Task& task() const;
  VuScript& current() const { return task().vu(); }
  void set_current(Task* task) {
    current_ = task;
    memory_.set_script_runs(task != nullptr);
  }

  /// The error of a script as people can act on it: with its line and what was meant.
  std::string explain(std::string_view error);
  /// What it says and where it was raised.
  metrics::RaisedError locate(std::string_view error) const {
    return raised_error(error, loader_.sources());
  }

  /// Keeps one copy of `set` for as long as the runtime: equal ones are one.
  const StatusSet& keep_statuses(StatusSet set);

  /// Pushes a message handler that leaves the message as it is and has the running VU keep the
  /// traceback: where an error was raised is lost once the library has caught it and raises it
  /// again.
  void push_traceback_keeper(lua_State* L);

  /// Pushes a new environment for a VU: globals over the sandbox, `__VU`, `__ENV`.
  void push_environment(std::uint64_t vu_id);
  /// Pushes an `__ENV` table with `overrides` over the process's variables.
  void push_env(const std::map<std::string, std::string>& overrides);

 private:
  Runtime(LuaState state, Host& host, const RuntimeConfig& config, SharedStore& store);
  Result<void> open();
  void push_natives();

  LuaState state_;  // first: everything that refers to it dies before it
  Interrupter interrupter_;
  LuaMemory memory_;
  CollectionCount collections_;
  Host& host_;
  const RuntimeConfig& config_;
  SharedStore& store_;
  Json json_;
  Loader loader_;
  std::deque<StatusSet> status_sets_;
  LuaRef new_environment_, new_env_;
  Task* current_ = nullptr;
  std::vector<std::string> api_names_;  // empty until an error is explained
};

}  // namespace loadrun::script

#include "script/vu_script.h"

#include <fmt/format.h>

#include <algorithm>

#include "script/http_response.h"
#include "script/runtime.h"

namespace loadrun::script {
namespace {

std::string group_of(Stage stage) {
  switch (stage) {
    case Stage::kSetup:
      return "::setup";
    case Stage::kTeardown:
      return "::teardown";
    default:
      return "";
  }
}

/// The `options` value on top of the stack as JSON text.
Result<std::string> options_json(lua_State* L) {
  if (lua_isnil(L, -1)) return std::string("{}");
  if (!lua_istable(L, -1)) {
    return Error{ExitCode::kInvalidConfig,
                 fmt::format("options: expected a table, got a {}", luaL_typename(L, -1))};
  }
  fmt::memory_buffer json;
  const std::string problem = encode_json(L, -1, json, false);
  if (!problem.empty()) return Error{ExitCode::kInvalidConfig, "options: " + problem};
  return fmt::to_string(json);
}

}  // namespace

Result<std::unique_ptr<VuScript>> VuScript::create(Runtime& runtime, std::uint64_t id) {
  std::unique_ptr<VuScript> vu(new VuScript(runtime, id));
  if (const Result<void> result = vu->run_init(); !result.ok()) return result.error();
  return vu;
}

VuScript::VuScript(Runtime& runtime, std::uint64_t id) : runtime_(runtime), id_(id) {
  lua_State* L = runtime.state();
  runtime.push_environment(id);
  environment_ = LuaRef(L);
  lua_newtable(L);
  loaded_ = LuaRef(L);
  random_ = CounterRandom::for_iteration(runtime.config().seed, 0, id);
  new_thread();
}

/// A coroutine whose globals are the VU's, so that `load` and C functions see them too.
void VuScript::new_thread() {
  lua_State* L = runtime_.state();
  thread_ = lua_newthread(L);
  thread_ref_ = LuaRef(L);
  environment_.push(thread_);
  lua_replace(thread_, LUA_GLOBALSINDEX);
}

Result<void> VuScript::run_init() {
  runtime_.set_current(this);
  runtime_.push_traceback_keeper(thread_);
  environment_.push(thread_);
  runtime_.loader().push_instance(thread_, runtime_.config().path);
  // A protected call, not a resume: nothing in the init context may wait.
  const int status = lua_pcall(thread_, 0, 1, 1);
  runtime_.set_current(nullptr);
  if (status != 0) {
    set_error();
    return Error{ExitCode::kScriptException, error_};
  }
  if (lua_isfunction(thread_, -1)) {  // a scenario file may return its default function alone
    lua_newtable(thread_);
    lua_insert(thread_, -2);
    lua_setfield(thread_, -2, "default");
  }
  lua_pushvalue(thread_, -1);
  exports_ = LuaRef(runtime_.state(), thread_);
  lua_settop(thread_, 0);
  return {};
}

Result<Exports> VuScript::exports() const {
  lua_State* L = thread_;
  exports_.push(L);
  Exports exports;
  if (lua_istable(L, -1)) {
    lua_pushnil(L);
    while (lua_next(L, -2) != 0) {
      if (lua_isfunction(L, -1) && lua_type(L, -2) == LUA_TSTRING) {
        exports.functions.emplace_back(string_at(L, -2));
      }
      lua_pop(L, 1);
    }
  }
  if (exports.functions.empty()) {
    lua_pop(L, 1);
    return Error{
        ExitCode::kGeneric, "no exported functions in script",
        "a scenario file returns a table with a function `default`, or that function alone"};
  }
  std::sort(exports.functions.begin(), exports.functions.end());
  lua_pushliteral(L, "options");
  lua_rawget(L, -2);
  const Result<std::string> options = options_json(L);
  lua_pop(L, 2);
  if (!options.ok()) return options.error();
  exports.options_json = options.value();
  return exports;
}

Outcome VuScript::start(const std::string& exec, Stage stage) {
  LOADRUN_CHECK(!suspended_);
  stage_ = stage;
  unsuspendable_ = 0;
  kept_traceback_.clear();
  reset_group();
  lua_settop(thread_, 0);
  exports_.push(thread_);
  push_view(thread_, exec);
  lua_rawget(thread_, 1);  // raw: a metamethod could raise, and nothing protects this
  lua_remove(thread_, 1);
  if (stage == Stage::kSetup) return run(0);
  push_setup_data();
  return run(1);
}

Outcome VuScript::resume() { return run(0); }

Outcome VuScript::resume(const net::HttpResult& result) {
  const net::HttpExchange& last = result.exchanges.back();
  if (runtime_.settings.throw_errors && !last.error.empty()) {  // lua/k6/http.lua raises it
    lua_pushnil(thread_);
    push_view(thread_, fmt::format("{} {}: {}", last.method, last.url, last.error));
    return run(2);
  }
  push_response(thread_, result, keep_body_);
  return run(1);
}

Outcome VuScript::run(int arguments) {
  runtime_.set_current(this);
  waiting_ = false;
  const int status = lua_resume(thread_, arguments);
  runtime_.set_current(nullptr);
  return finish(status);
}

Outcome VuScript::finish(int status) {
  suspended_ = status == LUA_YIELD && waiting_;
  if (suspended_) {
    lua_settop(thread_, 0);  // the sentinel
    return Outcome::kSuspended;
  }
  if (status == 0) return Outcome::kFinished;
  if (status == LUA_YIELD) {
    lua_pushliteral(thread_, "coroutine.yield was called outside of a coroutine");
  }
  set_error();
  new_thread();  // a failed coroutine cannot be resumed
  return Outcome::kFailed;
}

/// The error on top of the thread's stack, with the traceback of where it was raised first.
void VuScript::set_error() {
  if (lua_isstring(thread_, -1) == 0) {
    lua_pushfstring(thread_, "the error value is not a string (it is a %s)",
                    luaL_typename(thread_, -1));
  }
  const char* message = lua_tostring(thread_, -1);
  if (!kept_traceback_.empty() && kept_message_ == message) {
    error_ = std::move(kept_traceback_);
  } else {
    luaL_traceback(runtime_.state(), thread_, message, 0);
    error_ = string_at(runtime_.state(), -1);
    lua_pop(runtime_.state(), 1);
  }
  kept_traceback_.clear();
}

void VuScript::keep_traceback(lua_State* L) {
  if (lua_isstring(L, -1) == 0) return;
  const std::string_view message = string_at(L, -1);
  if (!kept_traceback_.empty() && kept_message_ == message) return;  // caught further out as well
  kept_message_ = message;
  luaL_traceback(L, L, lua_tostring(L, -1), 1);
  kept_traceback_ = string_at(L, -1);
  lua_pop(L, 1);
}

void VuScript::abandon() {
  if (!suspended_) return;
  suspended_ = false;
  new_thread();
}

int VuScript::suspend(lua_State* L) {
  waiting_ = true;
  lua_settop(L, 0);
  lua_pushlightuserdata(L, &runtime_);  // the sentinel that prelude.lua knows
  return lua_yield(L, 1);
}

Result<std::string> VuScript::returned_json() {
  if (lua_gettop(thread_) == 0 || lua_isnil(thread_, 1)) return std::string();
  fmt::memory_buffer json;
  const std::string problem = encode_json(thread_, 1, json, true);
  if (!problem.empty()) return Error{ExitCode::kScriptException, problem};
  return fmt::to_string(json);
}

void VuScript::set_setup_data(std::shared_ptr<const std::string> json) {
  setup_json_ = std::move(json);
  setup_value_ = LuaRef();
}

/// The VU's own copy, the same table in every iteration (as in k6, a VU may change its copy).
void VuScript::push_setup_data() {
  if (!setup_value_.valid() && setup_json_ != nullptr && !setup_json_->empty()) {
    const std::string problem =
        runtime_.json().decode(thread_, *setup_json_, false, BigIntegers::kAsNumbers);
    LOADRUN_CHECK(problem.empty());  // our own encoder wrote it
    setup_value_ = LuaRef(runtime_.state(), thread_);
  }
  setup_value_.push(thread_);
}

void VuScript::set_base_tags(metrics::TagSetId tags) {
  base_tags_ = tags;
  reset_group();
}

void VuScript::reset_group() {
  group_ = group_of(stage_);
  retag();
}

std::string VuScript::enter_group(std::string path) {
  std::string previous = std::exchange(group_, std::move(path));
  retag();
  return previous;
}

void VuScript::retag() {
  tags_ = runtime_.settings.tag_groups ? runtime_.host().tags().with(base_tags_, "group", group_)
                                       : base_tags_;
}

void VuScript::set_scenario_env(const std::map<std::string, std::string>& env) {
  if (env.empty() && !has_scenario_env_) return;
  has_scenario_env_ = !env.empty();
  lua_State* L = runtime_.state();
  environment_.push(L);
  runtime_.push_env(env);
  lua_setfield(L, -2, "__ENV");
  lua_pop(L, 1);
}

void VuScript::begin_iteration(std::uint64_t scenario, std::uint64_t iteration,
                               std::uint64_t vu_iteration) {
  random_ = CounterRandom::for_iteration(runtime_.config().seed, scenario, iteration);
  environment_.push(thread_);
  lua_pushnumber(thread_, static_cast<double>(vu_iteration));
  lua_setfield(thread_, -2, "__ITER");
  lua_pop(thread_, 1);
}

}  // namespace loadrun::script

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
    case Stage::kPrepare:
      return std::string(metrics::kPreparationGroup);
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

VuScript::VuScript(Runtime& runtime, std::uint64_t id)
    : runtime_(runtime), id_(id), seed_(runtime.config().seed) {
  lua_State* L = runtime.state();
  runtime.push_environment(id);
  environment_ = LuaRef(L);
  lua_newtable(L);
  loaded_ = LuaRef(L);
  tasks_ = std::make_unique<TaskSet>(*this);
  main_task().random = CounterRandom::for_iteration(seed_, 0, id);
}

Result<void> VuScript::run_init() {
  lua_State* L = main_task().thread();
  runtime_.push_traceback_keeper(L);
  environment_.push(L);
  runtime_.loader().push_instance(L, runtime_.config().path);
  runtime_.set_current(&main_task());
  // A protected call, not a resume: nothing in the init context may wait.
  const int status = lua_pcall(L, 0, 1, 1);
  runtime_.set_current(nullptr);
  if (status != 0) main_task().set_error();
  if (status != 0 || aborted()) return init_error();
  if (lua_isfunction(L, -1)) {  // a scenario file may return its default function alone
    lua_newtable(L);
    lua_insert(L, -2);
    lua_setfield(L, -2, "default");
  }
  lua_pushvalue(L, -1);
  exports_ = LuaRef(runtime_.state(), L);
  lua_settop(L, 0);
  return {};
}

/// An aborted init is no exception, even if the script caught the error that ended it.
Error VuScript::init_error() {
  if (aborted()) return Error{ExitCode::kScriptAborted, abort_reason_};
  return Error{ExitCode::kScriptException, runtime_.explain(main_task().error())};
}

Result<Exports> VuScript::exports() const {
  lua_State* L = tasks_->main().thread();
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
  lua_pushliteral(L, "handleSummary");
  lua_rawget(L, -2);
  exports.bad_handle_summary = !lua_isnil(L, -1) && !lua_isfunction(L, -1);
  lua_pop(L, 1);
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
  renew_cookies(stage);
  stage_ = stage;
  exec_ = exec;
  Task& task = main_task();
  task.reset(group_of(stage));
  lua_State* L = task.thread();
  exports_.push(L);
  push_view(L, exec);
  lua_rawget(L, 1);  // raw: a metamethod could raise, and nothing protects this
  lua_remove(L, 1);
  if (stage == Stage::kSetup) return run(task, 0);
  push_argument(L);
  return run(task, 1);
}

/// As in k6, every iteration has a new jar, and setup and teardown have theirs. What `prepare` got,
/// a login say, is there for the iteration that it prepared. A jar that a script still holds is
/// left to it.
void VuScript::renew_cookies(Stage next) {
  const bool keeps = stage_ == Stage::kPrepare || runtime_.settings.no_cookies_reset;
  if (cookies_ == nullptr || (next == Stage::kIteration && keeps)) return;
  if (!cookies_->empty() || cookies_.use_count() > 1) cookies_.reset();
}

const std::shared_ptr<net::CookieJar>& VuScript::cookies() {
  if (cookies_ == nullptr) cookies_ = std::make_shared<net::CookieJar>();
  return cookies_;
}

std::string VuScript::place_of_call() const {
  lua_State* L = runtime_.state();
  exports_.push(L);
  push_view(L, exec_);
  lua_rawget(L, -2);
  lua_remove(L, -2);
  lua_Debug function{};
  if (lua_isfunction(L, -1)) {  // the script may have changed its exports
    lua_getinfo(L, ">S", &function);
  } else {
    lua_pop(L, 1);
  }
  if (function.linedefined <= 0) return "";
  return fmt::format("{}:{}", function.short_src, function.linedefined);
}

Outcome VuScript::resume(Task& task) { return run(task, 0); }

Outcome VuScript::resume(Task& task, net::HttpResult& result) {
  const net::HttpExchange& last = result.exchanges.back();
  lua_State* L = task.thread();
  if (task.call.throw_errors && !last.error.empty()) {  // lua/k6/http.lua raises it
    lua_pushnil(L);
    push_view(L, fmt::format("{} {}: {}", last.method, last.url, last.error));
    return run(task, 2);
  }
  push_response(L, result, task.keep_body);
  return run(task, 1);
}

Outcome VuScript::run(Task& task, int arguments) {
  task.operation.kind = Operation::Kind::kNothing;
  if (aborted()) return Outcome::kSuspended;
  const Outcome outcome = tasks_->run(task, arguments);
  suspended_ = outcome == Outcome::kSuspended;
  return outcome;
}

void VuScript::abandon() {
  if (!suspended_) return;
  suspended_ = false;
  abort_reason_.clear();
  tasks_->abandon();
}

std::string VuScript::explained_error() const { return runtime_.explain(error()); }

metrics::RaisedError VuScript::raised_error() const { return runtime_.locate(error()); }

Result<std::string> VuScript::returned_json() {
  lua_State* L = main_task().thread();
  if (lua_gettop(L) == 0 || lua_isnil(L, 1)) return std::string();
  fmt::memory_buffer json;
  const std::string problem = encode_json(L, 1, json, true);
  if (!problem.empty()) return Error{ExitCode::kScriptException, problem};
  return fmt::to_string(json);
}

Result<std::optional<SummaryTexts>> VuScript::returned_texts() {
  lua_State* L = main_task().thread();
  if (lua_gettop(L) == 0 || lua_isnil(L, 1)) return std::optional<SummaryTexts>();
  SummaryTexts texts;
  const auto no_map = [](std::string_view what) {
    return Error{ExitCode::kGeneric,
                 fmt::format("handleSummary() should return a map with string keys (where to) and "
                             "string values (what), {}",
                             what)};
  };
  if (!lua_istable(L, 1)) return no_map(fmt::format("not a {}", luaL_typename(L, 1)));
  lua_pushnil(L);
  while (lua_next(L, 1) != 0) {
    if (lua_type(L, -2) != LUA_TSTRING) return no_map("but a key is none");
    if (lua_type(L, -1) != LUA_TSTRING) {
      return no_map(fmt::format("but \"{}\" is a {}", string_at(L, -2), luaL_typename(L, -1)));
    }
    texts.emplace_back(string_at(L, -2), string_at(L, -1));
    lua_pop(L, 1);
  }
  std::sort(texts.begin(), texts.end());
  return std::optional(std::move(texts));
}

void VuScript::set_argument(std::shared_ptr<const std::string> json) {
  argument_json_ = std::move(json);
  argument_ = LuaRef();
}

/// The VU's own copy, the same table in every iteration (as in k6, a VU may change its copy).
void VuScript::push_argument(lua_State* L) {
  if (!argument_.valid() && argument_json_ != nullptr && !argument_json_->empty()) {
    const std::string problem =
        runtime_.json().decode(L, *argument_json_, false, BigIntegers::kAsNumbers);
    LOADRUN_CHECK(problem.empty());  // our own encoder wrote it
    argument_ = LuaRef(runtime_.state(), L);
  }
  argument_.push(L);
}

void VuScript::set_base_tags(metrics::TagSetId tags) {
  base_tags_ = tags;
  main_task().enter_group(group_of(stage_));
}

metrics::Tags VuScript::sample_metadata() const {
  metrics::Tags metadata(metadata_.begin(), metadata_.end());
  const ScriptSettings& settings = runtime_.settings;
  if (settings.tag_iterations) {
    metrics::set_tag(metadata, "iter", fmt::to_string(iteration_.of_vu));
  }
  if (settings.tag_vus && id_ != 0) metrics::set_tag(metadata, "vu", fmt::to_string(id_));
  return metadata;
}

void VuScript::change_base_tags(metrics::TagSetId tags) {
  base_tags_ = tags;
  tasks_->retag();
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

void VuScript::begin_iteration(const Iteration& iteration) {
  iteration_ = iteration;
  main_task().random =
      CounterRandom::for_iteration(seed_, iteration.scenario, iteration.random_key);
  lua_State* L = main_task().thread();
  environment_.push(L);
  lua_pushnumber(L, static_cast<double>(iteration.of_vu));
  lua_setfield(L, -2, "__ITER");
  lua_pop(L, 1);
}

void VuScript::seed_random(std::uint64_t seed) {
  seed_ = seed;
  runtime_.task().random = CounterRandom(seed);
}

}  // namespace loadrun::script

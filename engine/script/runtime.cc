#include "script/runtime.h"

#include "script/api_names.h"
#include "script/bindings.h"
#include "script/c_stack.h"
#include "script/embedded_lua.h"
#include "script/vu_script.h"

namespace loadrun::script {
namespace {

constexpr luaL_Reg kLibraries[] = {
    {"", luaopen_base},
    {LUA_TABLIBNAME, luaopen_table},
    {LUA_STRLIBNAME, luaopen_string},
    {LUA_MATHLIBNAME, luaopen_math},
    {LUA_OSLIBNAME, luaopen_os},
    {LUA_DBLIBNAME, luaopen_debug},
    {LUA_BITLIBNAME, luaopen_bit},
    {LUA_JITLIBNAME, luaopen_jit},
};

/// The library needs these; the sandbox passes on only what prelude.lua lists. Without `jit`
/// nothing is compiled.
void open_libraries(lua_State* L) {
  for (const luaL_Reg& library : kLibraries) {
    lua_pushcfunction(L, library.func);
    lua_pushstring(L, library.name);
    lua_call(L, 1, 0);
  }
}

/// Limits sized for scripts of many thousands of VUs instead of LuaJIT's defaults for small
/// programs (pitfalls 1.7).
void tune_jit(lua_State* L) {
  const std::string options = fmt::format(
      "jit.opt.start('maxtrace={}', 'maxrecord=16000', 'minstitch=3', 'maxmcode=40960')",
      kMaxTraces);
  LOADRUN_CHECK(luaL_dostring(L, options.c_str()) == 0);
}

std::string_view prelude_source() {
  for (const EmbeddedFile& file : embedded_lua()) {
    if (file.path == "prelude.lua") return file.source;
  }
  return {};
}

void push_variables(lua_State* L, const std::map<std::string, std::string>& env) {
  lua_createtable(L, 0, static_cast<int>(env.size()));
  for (const auto& [name, value] : env) {
    push_view(L, name);
    push_view(L, value);
    lua_rawset(L, -3);
  }
}

}  // namespace

Result<std::unique_ptr<Runtime>> Runtime::create(Host& host, const RuntimeConfig& config,
                                                 SharedStore& store) {
  LuaState state(luaL_newstate());
  LOADRUN_CHECK(state != nullptr);
  open_libraries(state.get());
  tune_jit(state.get());
  if (!config.jit) luaJIT_setmode(state.get(), 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
  std::unique_ptr<Runtime> runtime(new Runtime(std::move(state), host, config, store));
  if (const Result<void> opened = runtime->open(); !opened.ok()) return opened.error();
  return runtime;
}

Runtime::Runtime(LuaState state, Host& host, const RuntimeConfig& config, SharedStore& store)
    : state_(std::move(state)),
      interrupter_(state_.get()),
      memory_(state_.get(), config.memory_limit, interrupter_),
      collections_(state_.get()),
      host_(host),
      config_(config),
      store_(store),
      json_(state_.get()),
      loader_(*this) {}

Result<void> Runtime::open() {
  lua_State* L = state_.get();
  push_natives();
  LuaRef natives(L);
  const std::string_view prelude = prelude_source();
  LOADRUN_CHECK(luaL_loadbufferx(L, prelude.data(), prelude.size(), "=lua/prelude.lua", "t") == 0);
  natives.push(L);
  LOADRUN_CHECK(lua_pcall(L, 1, 3, 0) == 0);
  new_env_ = LuaRef(L);
  LuaRef library_environment(L);
  new_environment_ = LuaRef(L);
  loader_.set_natives(std::move(natives), std::move(library_environment));
  Result<void> compiled = loader_.compile(config_.path, config_.source);
  if (compiled.ok()) return compiled;
  return Error{compiled.error().code, explain(compiled.error().message)};
}

void Runtime::push_natives() {
  lua_State* L = state_.get();
  lua_newtable(L);
  add_core_bindings(L, *this);
  add_k6_bindings(L, *this);
  add_task_bindings(L, *this);
  add_tag_bindings(L, *this);
  add_execution_bindings(L, *this);
  add_http_bindings(L, *this);
  add_status_set_bindings(L, *this);
  add_cookie_bindings(L, *this);
  add_html_bindings(L, *this);
  add_metrics_bindings(L, *this);
  add_data_bindings(L, *this);
  add_json_bindings(L, *this);
  push_traceback_keeper(L);
  lua_setfield(L, -2, "keep_traceback");
  lua_pushcfunction(L, check_c_stack);
  lua_setfield(L, -2, "check_c_stack");
  push_variables(L, config_.env);
  lua_setfield(L, -2, "env");
}

std::string Runtime::explain(std::string_view error) {
  if (api_names_.empty()) api_names_ = api_names(*this);
  return explain_error(error, loader_.sources(), api_names_);
}

const StatusSet& Runtime::keep_statuses(StatusSet set) {
  const auto known = std::find(status_sets_.begin(), status_sets_.end(), set);
  return known != status_sets_.end() ? *known : status_sets_.emplace_back(std::move(set));
}

void Runtime::push_traceback_keeper(lua_State* L) {
  lua_pushlightuserdata(L, this);
  lua_pushcclosure(
      L,
      [](lua_State* raising) {
        lua_settop(raising, 1);
        context_of<Runtime>(raising).task().keep_traceback(raising);
        return 1;
      },
      1);
}

Task& Runtime::task() const {
  LOADRUN_CHECK(current_ != nullptr);
  return *current_;
}

void Runtime::push_environment(std::uint64_t vu_id) {
  lua_State* L = state_.get();
  new_environment_.push(L);
  lua_pushnumber(L, static_cast<double>(vu_id));
  loader_.push_library(L, "console");
  lua_call(L, 2, 1);
}

void Runtime::push_env(const std::map<std::string, std::string>& overrides) {
  new_env_.push(state_.get());
  push_variables(state_.get(), overrides);
  lua_call(state_.get(), 1, 1);
}

}  // namespace loadrun::script

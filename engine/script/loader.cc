#include "script/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

#include "script/embedded_lua.h"
#include "script/runtime.h"
#include "script/vu_script.h"

namespace loadrun::script {
namespace {

/// k6's modules that later versions bring.
constexpr std::array<std::string_view, 12> kLaterModules{
    "k6/browser",   "k6/crypto",           "k6/crypto/x509",     "k6/encoding",
    "k6/execution", "k6/experimental/csv", "k6/experimental/fs", "k6/net/grpc",
    "k6/secrets",   "k6/timers",           "k6/websockets",      "k6/ws"};

/// Without a byte order mark, and with a `#!` line emptied; line numbers stay.
std::string_view plain_source(std::string_view source) {
  if (source.starts_with("\xEF\xBB\xBF")) source.remove_prefix(3);
  if (source.starts_with("#!")) source.remove_prefix(std::min(source.find('\n'), source.size()));
  return source;
}

Error syntax_error(lua_State* L) {
  Error error{ExitCode::kScriptException, std::string(string_at(L, -1))};
  lua_pop(L, 1);
  return error;
}

/// Parts of the library that are no modules for scripts.
bool is_internal(std::string_view path) {
  return path == "prelude.lua" || path == "console.lua" || path.starts_with("internal/");
}

bool is_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

/// What makes a module's table the metatable of the thin tables over it.
constexpr const char* kMetafields[] = {"__index", "__pairs", "__metatable"};

/// Copies the entries of the table at `from` into the one on top of the stack.
void copy_entries(lua_State* L, int from) {
  lua_pushnil(L);
  while (lua_next(L, from) != 0) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -4);
  }
}

/// pairs(thin table): what the VU added, over the module. Upvalues: 1 the module, 2 `next`.
int module_pairs(lua_State* L) {
  lua_settop(L, 1);
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_newtable(L);
  copy_entries(L, 3);
  for (const char* name : kMetafields) {
    lua_pushnil(L);
    lua_setfield(L, -2, name);
  }
  copy_entries(L, 1);
  lua_replace(L, 3);
  return 2;
}

/// Makes the module on top of the stack a metatable; `main` has the original globals.
void make_metatable(lua_State* L, lua_State* main) {
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");  // so that a thin table over it needs no metatable of its own
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pushvalue(L, -1);
  lua_getglobal(main, "next");
  if (L != main) lua_xmove(main, L, 1);
  lua_pushcclosure(L, module_pairs, 2);
  lua_setfield(L, -2, "__pairs");
}

/// Where `name`, required by the file `from`, may be: "./x" and "../x" start at `from`'s folder,
/// others at the script's.
std::vector<std::string> candidates(std::string_view name, std::string_view from,
                                    std::string_view script) {
  const bool relative = name.starts_with("./") || name.starts_with("../");
  const auto folder = std::filesystem::path(relative ? from : script).parent_path();
  const auto in_folder = [&](const std::string& file) {
    return (folder / file).lexically_normal().string();
  };
  if (name.ends_with(".lua")) return {in_folder(std::string(name))};
  std::vector<std::string> paths{in_folder(std::string(name) + ".lua")};
  if (!relative) {
    std::string dotted(name);
    std::replace(dotted.begin(), dotted.end(), '.', '/');
    if (dotted != name) paths.push_back(in_folder(dotted + ".lua"));
  }
  return paths;
}

std::string not_found(std::string_view name, const std::vector<std::string>& tried) {
  if (std::find(kLaterModules.begin(), kLaterModules.end(), name) != kLaterModules.end()) {
    return fmt::format("the module \"{}\" is not part of this version of loadrun", name);
  }
  std::string known;
  for (const EmbeddedFile& file : embedded_lua()) {
    if (is_internal(file.path)) continue;
    known += fmt::format("{}\"{}\"", known.empty() ? "" : ", ",
                         file.path.substr(0, file.path.size() - 4));
  }
  return fmt::format("module \"{}\" not found: no file {}; loadrun's own modules are {}", name,
                     fmt::join(tried, ", no file "), known);
}

}  // namespace

Result<void> Loader::compile(const std::string& path, std::string_view source) {
  if (factories_.contains(path)) return {};
  sources_.emplace(path, source);
  lua_State* L = runtime_.state();
  const std::string chunk_name = "@" + path;
  const std::string_view plain = plain_source(source);
  // The plain text first: wrapped, unbalanced source such as `end, function()` would pass
  // (pitfalls 1.11).
  if (luaL_loadbufferx(L, plain.data(), plain.size(), chunk_name.c_str(), "t") != 0) {
    return syntax_error(L);
  }
  lua_pop(L, 1);
  const std::string wrapped = fmt::format("return function(...) {}\nend", plain);
  if (luaL_loadbufferx(L, wrapped.data(), wrapped.size(), chunk_name.c_str(), "t") != 0) {
    return syntax_error(L);
  }
  factories_.emplace(path, LuaRef(L));
  return {};
}

void Loader::push_instance(lua_State* L, std::string_view path) const {
  factories_.find(path)->second.push(L);
  lua_call(L, 0, 1);
  lua_insert(L, -2);
  lua_setfenv(L, -2);
}

int Loader::require(lua_State* L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  lua_settop(L, 1);
  runtime_.current().loaded().push(L);  // 2: this VU's modules
  lua_pushvalue(L, 1);
  lua_rawget(L, 2);
  if (!lua_isnil(L, -1)) return 1;
  lua_pop(L, 1);
  if (require_library(L) != 0) return 1;
  return push_path(L, requiring_file(L)) ? instantiate(L) : lua_error(L);
}

/// The file whose code calls `require`: the caller's, or, where a tail call or pcall hides it, the
/// one being loaded.
std::string Loader::requiring_file(lua_State* L) const {
  lua_Debug caller{};
  const bool has_caller = lua_getstack(L, 1, &caller) != 0 && lua_getinfo(L, "S", &caller) != 0;
  if (has_caller && caller.source[0] == '@') return caller.source + 1;
  return loading_.empty() ? runtime_.config().path : loading_.back();
}

/// The VU's own thin table over a module of the library: what a script adds or replaces stays its
/// VU's.
int Loader::require_library(lua_State* L) {
  const std::string_view name = string_at(L, 1);
  if (is_internal(fmt::format("{}.lua", name)) || !push_library(L, name)) return 0;
  lua_newtable(L);
  lua_insert(L, -2);
  lua_setmetatable(L, -2);  // a module is its own metatable: see load_library
  lua_pushvalue(L, 1);
  lua_pushvalue(L, -2);
  lua_rawset(L, 2);
  return 1;
}

bool Loader::push_library(lua_State* L, std::string_view name) {
  const auto found = libraries_.find(name);
  if (found != libraries_.end()) {
    found->second.push(L);
    return true;
  }
  return load_library(L, name);
}

bool Loader::load_library(lua_State* L, std::string_view name) {
  for (const EmbeddedFile& file : embedded_lua()) {
    if (file.path.substr(0, file.path.size() - 4) != name) continue;
    const std::string chunk_name = fmt::format("=lua/{}", file.path);
    const int status =
        luaL_loadbufferx(L, file.source.data(), file.source.size(), chunk_name.c_str(), "t");
    LOADRUN_CHECK(status == 0);  // the library is tested to compile
    if (library_environment_.valid()) {
      library_environment_.push(L);
      lua_setfenv(L, -2);
    }
    natives_.push(L);
    lua_call(L, 1, 1);
    make_metatable(L, runtime_.state());
    lua_pushvalue(L, -1);
    libraries_.emplace(name, LuaRef(runtime_.state(), L));
    return true;
  }
  return false;
}

/// Pushes the path of the compiled file that `require(name)` means, or an error message.
bool Loader::push_path(lua_State* L, const std::string& from) {
  const auto tried = candidates(string_at(L, 1), from, runtime_.config().path);
  const auto path = std::find_if(tried.begin(), tried.end(), [this](const std::string& file) {
    return factories_.contains(file) || is_file(file);
  });
  if (path == tried.end()) {
    push_error(L, not_found(string_at(L, 1), tried));
    return false;
  }
  if (const Result<void> compiled = compile_file(*path); !compiled.ok()) {
    push_view(L, compiled.error().message);
    return false;
  }
  push_view(L, *path);
  return true;
}

Result<void> Loader::compile_file(const std::string& path) {
  if (factories_.contains(path)) return {};
  const auto source = runtime_.store().open_file(path, runtime_.current().id() == 0);
  if (!source.ok()) return source.error();
  return compile(path, *source.value());
}

/// Stack: 1 name, 2 the VU's modules, 3 path. A file runs once per VU, however it is named.
int Loader::instantiate(lua_State* L) {
  lua_pushvalue(L, 3);
  lua_rawget(L, 2);
  if (lua_type(L, -1) == LUA_TLIGHTUSERDATA) {
    return raise_error(L, "module \"%s\" requires itself (a cycle)", lua_tostring(L, 1));
  }
  if (!lua_isnil(L, -1)) return 1;
  lua_pop(L, 1);
  lua_pushvalue(L, 3);
  lua_pushlightuserdata(L, this);  // "being loaded"
  lua_rawset(L, 2);
  const int status = run_file(L);
  if (status != 0) {
    lua_pushvalue(L, 3);
    lua_pushnil(L);
    lua_rawset(L, 2);
    return lua_error(L);
  }
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    lua_pushboolean(L, 1);  // as in stock Lua: a module that returns nothing is `true`
  }
  lua_pushvalue(L, 3);
  lua_pushvalue(L, -2);
  lua_rawset(L, 2);
  return 1;
}

/// Runs the file whose path is at 3; leaves what it returned, or its error.
int Loader::run_file(lua_State* L) {
  loading_.emplace_back(string_at(L, 3));
  runtime_.push_traceback_keeper(L);
  const int handler = lua_gettop(L);
  runtime_.current().environment().push(L);
  push_instance(L, string_at(L, 3));
  const int status = lua_pcall(L, 0, 1, handler);
  lua_remove(L, handler);
  loading_.pop_back();
  return status;
}

}  // namespace loadrun::script

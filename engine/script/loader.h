#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "script/error_text.h"
#include "script/lua_support.h"

namespace loadrun::script {

class Runtime;

/// Finds, compiles and instantiates Lua files. A file is compiled once per worker as a closure
/// factory and instantiated per VU, so that VUs share bytecode and traces but no state
/// (pitfalls 1.4).
class Loader {
 public:
  explicit Loader(Runtime& runtime) : runtime_(runtime) {}

  /// Compiles `source` under `path` unless that path was compiled before. Fails (kScriptException)
  /// on a syntax error.
  /// `source` lives as long as this: error messages quote it.
  Result<void> compile(const std::string& path, std::string_view source);
  /// The files that compile() was given.
  const SourceTexts& sources() const { return sources_; }

  /// Pushes a new instance of the compiled file onto `L`: a function with the environment at the
  /// top of the stack, which it replaces.
  void push_instance(lua_State* L, std::string_view path) const;

  /// `require` as scripts see it: pushes the module `name` for the current VU. Raises on failure.
  int require(lua_State* L);

  /// Pushes the library's module `name` ("k6/http"), the worker's shared instance; false when there
  /// is none.
  bool push_library(lua_State* L, std::string_view name);

  /// The native functions the library is built on; set once by the runtime.
  void set_natives(LuaRef natives, LuaRef library_environment) {
    natives_ = std::move(natives);
    library_environment_ = std::move(library_environment);
  }

 private:
  int require_library(lua_State* L);
  std::string requiring_file(lua_State* L) const;
  bool push_path(lua_State* L, const std::string& from);
  Result<void> compile_file(const std::string& path);
  int instantiate(lua_State* L);
  int run_file(lua_State* L);
  bool load_library(lua_State* L, std::string_view name);

  Runtime& runtime_;  // owns this
  std::map<std::string, LuaRef, std::less<>> factories_;
  std::map<std::string, LuaRef, std::less<>> libraries_;
  SourceTexts sources_;
  LuaRef natives_, library_environment_;
  std::vector<std::string> loading_;  // files whose top level runs now, innermost last
};

}  // namespace loadrun::script

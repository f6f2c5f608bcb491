#include <filesystem>

#include "base/duration.h"
#include "base/log.h"
#include "script/bindings.h"
#include "script/file_stream.h"
#include "script/runtime.h"
#include "script/view.h"
#include "script/vu_script.h"

namespace loadrun::script {
namespace {

int random_number(lua_State* L) {
  lua_pushnumber(L, context_of<Runtime>(L).task().random.next_double());
  return 1;
}

int random_seed_binding(lua_State* L) {
  const auto seed = static_cast<std::int64_t>(luaL_checknumber(L, 1));
  context_of<Runtime>(L).current().seed_random(static_cast<std::uint64_t>(seed));
  return 0;
}

int view_length_binding(lua_State* L) {
  lua_pushinteger(L, view_length(L, 1));
  return 1;
}

/// The running VU's globals.
int environment(lua_State* L) {
  context_of<Runtime>(L).current().environment().push(L);
  return 1;
}

/// The fields of a userdata that has some, as a table; nil for anything else.
int view_fields_binding(lua_State* L) {
  lua_settop(L, 1);
  return lua_isuserdata(L, 1) != 0 ? luaL_callmeta(L, 1, "__fields") : 0;
}

/// The running VU's own `string` table, for methods that a script added.
int current_strings(lua_State* L) {
  context_of<Runtime>(L).current().environment().push(L);
  lua_getfield(L, -1, "string");
  return 1;
}

int require_binding(lua_State* L) { return context_of<Runtime>(L).loader().require(L); }

/// require_library(name): the worker's one instance of a module, for other modules of the library.
int require_library_binding(lua_State* L) {
  if (context_of<Runtime>(L).loader().push_library(L, string_at(L, 1))) return 1;
  return raise_error(L, "the module \"%s\" is not part of this version of loadrun",
                     lua_tostring(L, 1));
}

/// parse_duration("1m30s") -> milliseconds; nil and what is wrong.
int parse_duration_binding(lua_State* L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  const Result<Nanoseconds> duration = parse_duration_or_ms(string_at(L, 1));
  if (duration.ok()) {
    lua_pushnumber(L, to_milliseconds(duration.value()));
    return 1;
  }
  lua_pushnil(L);
  push_view(L, duration.error().message);
  return 2;
}

void push_content(lua_State* L, const std::shared_ptr<const std::string>& content) {
  push_view(L, *content);
}

/// Pushes what `opened` is, or an error; true when all is well.
template <typename T>
bool push_opened(lua_State* L, const Result<T>& opened, void (*push)(lua_State*, const T&)) {
  if (opened.ok()) {
    push(L, opened.value());
  } else {
    push_error(L, opened.error().message);
  }
  return opened.ok();
}

/// Pushes the content of the file at index 1, or with `stream` a handle for uploading it, and
/// returns true, or pushes an error.
bool push_file(lua_State* L, Runtime& runtime, bool stream) {
  const std::filesystem::path folder = std::filesystem::path(runtime.config().path).parent_path();
  const std::string path = (folder / std::string(string_at(L, 1))).lexically_normal().string();
  const bool first_init = runtime.current().id() == 0;
  if (stream) {
    return push_opened(L, runtime.store().open_upload(path, first_init), push_file_stream);
  }
  return push_opened(L, runtime.store().open_file(path, first_init), push_content);
}

/// open(path, mode): strings hold any bytes, so that the mode "b" (binary) changes nothing;
/// "stream" gives a handle for requests to send, however large the file is.
int open_binding(lua_State* L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  if (lua_objlen(L, 1) == 0) return raise_error(L, "open() can't be used with an empty filename");
  const std::string_view mode = lua_isnoneornil(L, 2) ? "b" : string_at(L, 2);
  if (mode != "b" && mode != "stream") {
    return raise_error(L, "open(): the modes are \"b\" (binary) and \"stream\" (for uploads)");
  }
  Runtime& runtime = context_of<Runtime>(L);
  if (runtime.current().stage() != Stage::kInit) {
    return raise_error(L, "open() works only in the init context (at the top level of the script)");
  }
  return push_file(L, runtime, mode == "stream") ? 1 : lua_error(L);
}

LogLevel level_of(std::string_view name) {
  if (name == "error") return LogLevel::kError;
  if (name == "warn") return LogLevel::kWarning;
  if (name == "debug") return LogLevel::kDebug;
  return LogLevel::kInfo;
}

int console_write(lua_State* L) {
  log_line(level_of(string_at(L, 1)), string_at(L, 2), kConsole);
  return 0;
}

int enter_unsuspendable(lua_State* L) {
  context_of<Runtime>(L).task().count_unsuspendable(1);
  return 0;
}

int leave_unsuspendable(lua_State* L) {
  context_of<Runtime>(L).task().count_unsuspendable(-1);
  return 0;
}

constexpr luaL_Reg kFunctions[] = {{"random", random_number},
                                   {"randomseed", random_seed_binding},
                                   {"view_length", view_length_binding},
                                   {"view_fields", view_fields_binding},
                                   {"enter_unsuspendable", enter_unsuspendable},
                                   {"leave_unsuspendable", leave_unsuspendable},
                                   {"environment", environment},
                                   {"current_strings", current_strings},
                                   {"require", require_binding},
                                   {"require_library", require_library_binding},
                                   {"parse_duration", parse_duration_binding},
                                   {"open", open_binding},
                                   {"console_write", console_write},
                                   {nullptr, nullptr}};

}  // namespace

void add_core_bindings(lua_State* L, Runtime& runtime) {
  create_file_stream_metatable(L);
  register_functions(L, kFunctions, &runtime);
  lua_pushlightuserdata(L, &runtime);
  lua_setfield(L, -2, "sentinel");
}

void check_can_wait(lua_State* L, Runtime& runtime, const char* what) {
  if (runtime.current().stage() == Stage::kInit) {
    raise_error(L,
                "%s is not available in the init context: call it from the default function, setup "
                "or teardown",
                what);
  }
  if (lua_isyieldable(L) == 0 || !runtime.task().can_suspend()) {
    raise_error(L,
                "%s cannot wait here: a table.sort comparator, a string.gsub callback or another "
                "C function is running below it",
                what);
  }
}

}  // namespace loadrun::script

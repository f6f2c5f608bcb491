#include <map>

#include "script/bindings.h"
#include "script/json.h"
#include "script/runtime.h"
#include "script/vu_script.h"

namespace loadrun::script {
namespace {

/// The text of a tag's value at `index`: a string, number or boolean; false when it is none.
bool append_tag_text(lua_State* L, int index, fmt::memory_buffer& text) {
  switch (lua_type(L, index)) {
    case LUA_TSTRING:
      text.append(string_at(L, index));
      return true;
    case LUA_TNUMBER:
      append_number(text, lua_tonumber(L, index));
      return true;
    case LUA_TBOOLEAN:
      text.append(std::string_view(lua_toboolean(L, index) != 0 ? "true" : "false"));
      return true;
    default:
      return false;
  }
}

void push_text(lua_State* L, const fmt::memory_buffer& text) {
  lua_pushlstring(L, text.data(), text.size());
}

/// Pushes the text of the value at `index`, or raises: `name` is the tag's, `kind` "tag" or
/// "metadata".
void push_tag_text(lua_State* L, int index, const char* kind, const char* name) {
  bool valid = false;
  {
    fmt::memory_buffer text;
    valid = append_tag_text(L, index, text);
    if (valid) push_text(L, text);
  }
  if (valid) return;
  raise_error(L,
              "TypeError: invalid value for metric %s '%s': expected a string, number or boolean, "
              "got a %s",
              kind, name, luaL_typename(L, index));
}

/// vu_tag(name) -> the value of the running task's tag, or nil
int vu_tag(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  luaL_checktype(L, 1, LUA_TSTRING);
  for (const auto& [name, value] : runtime.host().tags().tags(runtime.task().tags())) {
    if (name != string_at(L, 1)) continue;
    push_view(L, value);
    return 1;
  }
  return 0;
}

/// set_vu_tag(name, value): on all samples of the VU from here on.
int set_vu_tag(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  luaL_checktype(L, 1, LUA_TSTRING);
  push_tag_text(L, 2, "tag", lua_tostring(L, 1));
  VuScript& vu = runtime.current();
  vu.change_base_tags(
      runtime.host().tags().with(vu.base_tags(), string_at(L, 1), string_at(L, -1)));
  return 0;
}

/// vu_tags() -> a table of all tags of the running task
int vu_tags(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  lua_newtable(L);
  for (const auto& [name, value] : runtime.host().tags().tags(runtime.task().tags())) {
    push_view(L, name);
    push_view(L, value);
    lua_rawset(L, -3);
  }
  return 1;
}

int vu_metadata(lua_State* L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  const auto& metadata = context_of<Runtime>(L).current().metadata();
  const auto found = metadata.find(string_at(L, 1));
  if (found == metadata.end()) return 0;
  push_view(L, found->second);
  return 1;
}

int set_vu_metadata(lua_State* L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  push_tag_text(L, 2, "metadata", lua_tostring(L, 1));
  const Runtime& runtime = context_of<Runtime>(L);
  VuScript& vu = runtime.current();
  vu.metadata()[std::string(string_at(L, 1))] = string_at(L, -1);
  metrics::Shard& shard = runtime.host().shard();
  if (shard.keeps_samples()) shard.set_metadata(vu.sample_metadata());
  return 0;
}

int all_vu_metadata(lua_State* L) {
  lua_newtable(L);
  for (const auto& [name, value] : context_of<Runtime>(L).current().metadata()) {
    push_view(L, name);
    push_view(L, value);
    lua_rawset(L, -3);
  }
  return 1;
}

constexpr luaL_Reg kFunctions[] = {{"vu_tag", vu_tag},
                                   {"set_vu_tag", set_vu_tag},
                                   {"vu_tags", vu_tags},
                                   {"vu_metadata", vu_metadata},
                                   {"set_vu_metadata", set_vu_metadata},
                                   {"all_vu_metadata", all_vu_metadata},
                                   {nullptr, nullptr}};

}  // namespace

void add_tag_bindings(lua_State* L, Runtime& runtime) {
  register_functions(L, kFunctions, &runtime);
}

metrics::TagSetId tags_at(lua_State* L, Runtime& runtime, int index, metrics::TagSetId base) {
  if (lua_isnoneornil(L, index)) return base;
  if (!lua_istable(L, index)) {
    raise_error(L, "tags: expected a table of name = value, got a %s", luaL_typename(L, index));
  }
  metrics::TagSetId tags = base;
  lua_pushnil(L);
  while (lua_next(L, index) != 0) {
    if (lua_type(L, -2) != LUA_TSTRING) raise_error(L, "tags: the names must be strings");
    push_tag_text(L, -1, "tag", lua_tostring(L, -2));
    tags = runtime.host().tags().with(tags, string_at(L, -3), string_at(L, -1));
    lua_pop(L, 2);
  }
  return tags;
}

}  // namespace loadrun::script

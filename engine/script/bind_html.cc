#include <cstddef>
#include <new>
#include <optional>

#include "script/bindings.h"
#include "script/html_document.h"
#include "script/html_parser.h"
#include "script/html_selector.h"
#include "script/runtime.h"

namespace loadrun::script {
namespace {

constexpr const char* kDocument = "loadrun.html_document";
constexpr const char* kSelector = "loadrun.html_selector";

const HtmlDocument& document_at(lua_State* L, int index) {
  return *static_cast<const HtmlDocument*>(luaL_checkudata(L, index, kDocument));
}

/// The node at `index` of the document at 1.
HtmlNodeId node_at(lua_State* L, int index) {
  const lua_Number id = luaL_checknumber(L, index);
  if (!(id >= 0 && id < static_cast<lua_Number>(document_at(L, 1).size()))) {
    luaL_argerror(L, index, "no node of the document");
  }
  return static_cast<HtmlNodeId>(id);
}

void push_node(lua_State* L, HtmlNodeId id) {
  if (id == kNoHtmlNode) {
    lua_pushnil(L);
  } else {
    lua_pushnumber(L, id);
  }
}

/// Pushes the document or an error: one block of the collector's memory, so that it counts what a
/// document holds.
bool push_document(lua_State* L, std::string_view source) {
  HtmlParser parser(source);
  if (const Result<void> parsed = parser.parse(); !parsed.ok()) {
    push_error(L, parsed.error().message);
    return false;
  }
  parser.write(lua_newuserdata(L, parser.document_size()));
  luaL_getmetatable(L, kDocument);
  lua_setmetatable(L, -2);
  return true;
}

/// html_parse(text) -> document, whose root is the node 0
int html_parse(lua_State* L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  return push_document(L, string_at(L, 1)) ? 1 : lua_error(L);
}

/// Pushes the selector, nil for what is none, or an error.
bool push_selector(lua_State* L, std::string_view text) {
  auto selector = HtmlSelector::parse(text);
  if (!selector.ok()) {
    push_error(L, selector.error().message);
    return false;
  }
  if (!selector.value().has_value()) {
    lua_pushnil(L);
    return true;
  }
  new (lua_newuserdata(L, sizeof(HtmlSelector))) HtmlSelector(std::move(*selector.value()));
  luaL_getmetatable(L, kSelector);
  lua_setmetatable(L, -2);
  return true;
}

/// html_selector(text) -> selector; nil when the text is none
int html_selector(lua_State* L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  return push_selector(L, string_at(L, 1)) ? 1 : lua_error(L);
}

const HtmlSelector& selector_at(lua_State* L, int index) {
  return *static_cast<const HtmlSelector*>(luaL_checkudata(L, index, kSelector));
}

int collect_selector(lua_State* L) {
  static_cast<HtmlSelector*>(lua_touserdata(L, 1))->~HtmlSelector();
  return 0;
}

/// html_find(document, node, selector) -> list of the descendants that it selects
int html_find(lua_State* L) {
  const HtmlDocument& document = document_at(L, 1);
  const HtmlNodeId id = node_at(L, 2);
  const HtmlSelector& selector = selector_at(L, 3);
  lua_newtable(L);
  int count = 0;
  for (HtmlNodeId node = id + 1; node < document[id].end; ++node) {
    if (!selector.matches(document, node)) continue;
    lua_pushnumber(L, node);
    lua_rawseti(L, -2, ++count);
  }
  return 1;
}

/// html_matches(document, node, selector) -> boolean
int html_matches(lua_State* L) {
  lua_pushboolean(L, selector_at(L, 3).matches(document_at(L, 1), node_at(L, 2)));
  return 1;
}

/// html_kind(document, node) -> number of the DOM's nodeType, name or text, "svg", "math" or ""
int html_kind(lua_State* L) {
  const HtmlNode& node = document_at(L, 1)[node_at(L, 2)];
  lua_pushinteger(L, static_cast<int>(node.type));
  push_view(L, node.data);
  push_view(L, node.space);
  return 3;
}

/// html_near(document, node, "parent" | "first" | "last" | "previous" | "next") -> node or nil
int html_near(lua_State* L) {
  static const char* const kWays[] = {"parent", "first", "last", "previous", "next", nullptr};
  const HtmlDocument& document = document_at(L, 1);
  const HtmlNodeId id = node_at(L, 2);
  const HtmlNode& node = document[id];
  const HtmlNodeId ends[] = {node.parent, document.first_child(id), node.last_child, node.previous,
                             node.next};
  push_node(L, ends[luaL_checkoption(L, 3, nullptr, kWays)]);
  return 1;
}

/// html_contains(document, node, other) -> whether `other` is a descendant
int html_contains(lua_State* L) {
  lua_pushboolean(L, document_at(L, 1).contains(node_at(L, 2), node_at(L, 3)));
  return 1;
}

/// html_attribute(document, node, name) -> value or nil
int html_attribute(lua_State* L) {
  luaL_checktype(L, 3, LUA_TSTRING);
  const HtmlAttribute* found = document_at(L, 1).attribute(node_at(L, 2), string_at(L, 3));
  if (found == nullptr) return 0;
  push_view(L, found->value);
  return 1;
}

void set_text(lua_State* L, const char* name, std::string_view text) {
  push_view(L, text);
  lua_setfield(L, -2, name);
}

/// html_attributes(document, node) -> list of { name, value, prefix }
int html_attributes(lua_State* L) {
  const HtmlNode& node = document_at(L, 1)[node_at(L, 2)];
  lua_createtable(L, static_cast<int>(node.attributes.size()), 0);
  int count = 0;
  for (const HtmlAttribute& attribute : node.attributes) {
    lua_createtable(L, 0, 3);
    set_text(L, "name", attribute.name);
    set_text(L, "value", attribute.value);
    set_text(L, "prefix", attribute.space);
    lua_rawseti(L, -2, ++count);
  }
  return 1;
}

/// html_text(document, node) -> the texts in it
int html_text(lua_State* L) {
  push_view(L, document_at(L, 1).text(node_at(L, 2)));
  return 1;
}

/// html_inner(document, node) -> what is in it as HTML
int html_inner(lua_State* L) {
  push_view(L, document_at(L, 1).inner_html(node_at(L, 2)));
  return 1;
}

constexpr luaL_Reg kFunctions[] = {{"html_parse", html_parse},
                                   {"html_selector", html_selector},
                                   {"html_find", html_find},
                                   {"html_matches", html_matches},
                                   {"html_kind", html_kind},
                                   {"html_near", html_near},
                                   {"html_contains", html_contains},
                                   {"html_attribute", html_attribute},
                                   {"html_attributes", html_attributes},
                                   {"html_text", html_text},
                                   {"html_inner", html_inner},
                                   {nullptr, nullptr}};

void create_metatable(lua_State* L, const char* name, lua_CFunction collect) {
  push_locked_metatable(L, name);
  if (collect != nullptr) {
    lua_pushcfunction(L, collect);
    lua_setfield(L, -2, "__gc");
  }
  lua_pop(L, 1);
}

}  // namespace

void add_html_bindings(lua_State* L, Runtime& runtime) {
  create_metatable(L, kDocument, nullptr);
  create_metatable(L, kSelector, collect_selector);
  register_functions(L, kFunctions, &runtime);
}

}  // namespace loadrun::script

#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "script/json.h"
#include "script/json_text.h"
#include "script/lua_support.h"

namespace loadrun::script {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

static_assert(kJsonPadding >= simdjson::SIMDJSON_PADDING);

constexpr char kArrayMark = 0;  // its address is the registry key of the array metatable
constexpr std::int64_t kMaxShortInteger = 999'999'999'999'999;  // 15 digits

void push_mark(lua_State* L) {
  lua_pushlightuserdata(L, const_cast<char*>(&kArrayMark));
  lua_rawget(L, LUA_REGISTRYINDEX);
}

void push_integer_text(lua_State* L, const fmt::format_int& digits) {
  lua_pushlstring(L, digits.data(), digits.size());
}

void push_signed(lua_State* L, std::int64_t value, BigIntegers big) {
  const bool is_short = value <= kMaxShortInteger && value >= -kMaxShortInteger;
  if (is_short || big == BigIntegers::kAsNumbers) {
    lua_pushnumber(L, static_cast<double>(value));
  } else {
    push_integer_text(L, fmt::format_int(value));
  }
}

void push_unsigned(lua_State* L, std::uint64_t value, BigIntegers big) {
  if (big == BigIntegers::kAsNumbers) {
    lua_pushnumber(L, static_cast<double>(value));
  } else {
    push_integer_text(L, fmt::format_int(value));
  }
}

void push_element(lua_State* L, element value, BigIntegers big);

void push_array(lua_State* L, simdjson::dom::array values, BigIntegers big) {
  lua_createtable(L, static_cast<int>(values.size()), 0);
  int index = 0;
  for (element value : values) {
    push_element(L, value, big);
    lua_rawseti(L, -2, ++index);
  }
  Json::mark_array(L);
}

void push_object(lua_State* L, simdjson::dom::object fields, BigIntegers big) {
  lua_createtable(L, 0, static_cast<int>(fields.size()));
  for (auto [key, value] : fields) {
    push_view(L, key);
    push_element(L, value, big);
    lua_rawset(L, -3);
  }
}

void push_element(lua_State* L, element value, BigIntegers big) {
  luaL_checkstack(L, 4, "JSON is nested too deeply");
  switch (value.type()) {
    case element_type::ARRAY:
      return push_array(L, value.get_array().value_unsafe(), big);
    case element_type::OBJECT:
      return push_object(L, value.get_object().value_unsafe(), big);
    case element_type::INT64:
      return push_signed(L, value.get_int64().value_unsafe(), big);
    case element_type::UINT64:
      return push_unsigned(L, value.get_uint64().value_unsafe(), big);
    case element_type::DOUBLE:
      return lua_pushnumber(L, value.get_double().value_unsafe());
    case element_type::STRING:
      return push_view(L, value.get_string().value_unsafe());
    case element_type::BOOL:
      return lua_pushboolean(L, value.get_bool().value_unsafe() ? 1 : 0);
    case element_type::NULL_VALUE:
      return lua_pushlightuserdata(L, nullptr);
  }
}

bool is_plain(std::string_view path) {
  return !path.empty() && path.front() != '.' && std::all_of(path.begin(), path.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '.';
  });
}

/// The element of an array at the index that `part` spells, or an error.
simdjson::simdjson_result<element> at_index(simdjson::dom::array values, std::string_view part) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (error != std::errc{} || end != part.data() + part.size()) return simdjson::INCORRECT_TYPE;
  return values.at(index);
}

/// The member of a container that `part` names, or an error.
simdjson::simdjson_result<element> member(element container, std::string_view part) {
  if (container.is_object()) return container.get_object().value_unsafe().at_key(part);
  if (container.is_array()) return at_index(container.get_array().value_unsafe(), part);
  return simdjson::INCORRECT_TYPE;
}

bool is_huge_integer(std::string_view number) {
  return number.size() >= 19 && number.find_first_of(".eE") == std::string_view::npos;
}

/// The end of the JSON token that starts at `i`: a string, a number, or one other character.
std::size_t end_of_token(std::string_view text, std::size_t i) {
  if (text[i] != '"') {
    const std::size_t end = text.find_first_not_of("+-.0123456789eE", i);
    return std::max(std::min(end, text.size()), i + 1);
  }
  return end_of_json_string(text, i);
}

/// `text` with the whole numbers that the parser refuses (2^64 and more) as strings or as decimals.
std::string with_huge_integers(std::string_view text, BigIntegers big) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = end_of_token(text, i);
    const std::string_view token = text.substr(i, end - i);
    const bool is_huge = token[0] != '"' && is_huge_integer(token);
    const std::string_view before = is_huge && big == BigIntegers::kAsStrings ? "\"" : "";
    const std::string_view after = is_huge && before.empty() ? ".0" : before;
    out.append(before).append(token).append(after);
    i = end;
  }
  return out;
}

}  // namespace

struct Json::Parser {
  simdjson::error_code parse(std::string_view text, bool padded, BigIntegers big, element& root) {
    const auto error = dom.parse(text.data(), text.size(), !padded).get(root);
    if (error != simdjson::NUMBER_ERROR) return error;
    return dom.parse(with_huge_integers(text, big)).get(root);
  }

  simdjson::dom::parser dom;
};

Json::~Json() = default;

Json::Json(lua_State* L) : parser_(std::make_unique<Parser>()) {
  lua_pushlightuserdata(L, const_cast<char*>(&kArrayMark));
  lua_newtable(L);
  lua_pushboolean(L, 1);
  lua_setfield(L, -2, "__jsonarray");
  lua_rawset(L, LUA_REGISTRYINDEX);
}

void Json::mark_array(lua_State* L) {
  push_mark(L);
  lua_setmetatable(L, -2);
}

std::string Json::decode(lua_State* L, std::string_view text, bool padded, BigIntegers big) {
  element root;
  const auto error = parser_->parse(text, padded, big, root);
  if (error != simdjson::SUCCESS) return simdjson::error_message(error);
  push_element(L, root, big);
  return {};
}

bool Json::accepts(std::string_view text) {
  return parser_->dom.parse(text.data(), text.size(), false).error() == simdjson::SUCCESS;
}

bool Json::push_plain(lua_State* L, std::string_view path, BigIntegers big) {
  if (!is_plain(path)) return false;
  element value = parser_->dom.doc.root();
  for (bool more = true; more;) {
    const std::size_t dot = path.find('.');
    more = dot != std::string_view::npos;
    if (member(value, path.substr(0, dot)).get(value) != simdjson::SUCCESS) return false;
    if (more) path.remove_prefix(dot + 1);
  }
  push_element(L, value, big);
  return true;
}

BigIntegers big_integers_at(lua_State* L, int index) {
  if (!lua_istable(L, index)) return BigIntegers::kAsStrings;
  lua_getfield(L, index, "bigint");
  const bool numbers = string_at(L, -1) == "number";
  lua_pop(L, 1);
  return numbers ? BigIntegers::kAsNumbers : BigIntegers::kAsStrings;
}

}  // namespace loadrun::script

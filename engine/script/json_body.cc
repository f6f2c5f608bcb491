#include "script/json_body.h"

#include <fmt/format.h>

#include <functional>

#include "script/json_path.h"
#include "script/json_query.h"
#include "script/json_syntax.h"
#include "script/json_text.h"

namespace loadrun::script {
namespace {

/// JSON text with its strings written anew, so that all of them are UTF-8.
std::string with_valid_strings(std::string_view text) {
  fmt::memory_buffer out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t quote = std::min(text.find('"', at), text.size());
    out.append(text.data() + at, text.data() + quote);
    if (quote == text.size()) break;
    at = end_of_json_string(text, quote);
    append_json_string(out, unescape_json(inside_quotes(text.substr(quote, at - quote))));
  }
  return fmt::to_string(out);
}

/// Pushes the value of text that is valid JSON, though perhaps not to the parser.
std::string push_valid(lua_State* L, Json& json, std::string_view text, bool padded,
                       BigIntegers big) {
  std::string problem = json.decode(L, text, padded, big);
  if (!problem.empty()) problem = json.decode(L, with_valid_strings(text), false, big);
  return problem.empty() ? problem : "cannot parse json: " + problem;
}

bool is_part_of(std::string_view whole, std::string_view part) {
  return std::greater_equal<>()(part.data(), whole.data()) &&
         std::less_equal<>()(part.data() + part.size(), whole.data() + whole.size());
}

}  // namespace

std::string push_json_body(lua_State* L, Json& json, std::string_view body, BigIntegers big) {
  if (json.decode(L, body, true, big).empty()) return {};
  if (const auto error = check_json(body)) return error->describe(body);
  return push_valid(L, json, body, true, big);
}

std::string push_first_selected_json(lua_State* L, Json& json, std::string_view body,
                                     std::string_view path, BigIntegers big, bool& is_json) {
  const bool accepted = json.accepts(body);
  is_json = accepted || !check_json(body);
  if (is_json && !(accepted && json.push_plain(L, path, big))) {
    return push_selected_json(L, json, body, path, big);
  }
  if (!is_json) lua_pushnil(L);
  return {};
}

std::string push_selected_json(lua_State* L, Json& json, std::string_view body,
                               std::string_view path, BigIntegers big) {
  JsonSelector selector(body.size());
  const std::string_view selected = selector.select(body, path);
  if (selector.exhausted()) {
    return fmt::format("the path \"{}\" makes more than {} MB of the text on its way", path,
                       selector.most_bytes() >> 20);
  }
  if (selected.empty()) {
    lua_pushnil(L);
    return {};
  }
  std::string problem = push_valid(L, json, selected, is_part_of(body, selected), big);
  if (problem.empty() || json_kind(selected) != JsonKind::kNumber) return problem;
  lua_pushnumber(L, json_number(selected));  // out of a double's range, or !nan and the like
  return {};
}

}  // namespace loadrun::script

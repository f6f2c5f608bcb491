#pragma once

#include <fmt/format.h>

#include <lua.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace loadrun::script {

/// Readable bytes that the parser wants behind a text.
inline constexpr std::size_t kJsonPadding = 64;

/// How JSON numbers that a double cannot hold exactly come into Lua (architecture.md, decision 9).
enum class BigIntegers { kAsStrings, kAsNumbers };

/// What the options at `index` ask for: {bigint="number"} or else strings.
BigIntegers big_integers_at(lua_State* L, int index);

/// JSON text to Lua values and back. One per worker: it keeps the parser's memory. JSON null is
/// `json.null` (a null light userdata); arrays carry a metatable so that empty ones encode as `[]`
/// again.
class Json {
 public:
  /// Creates the array mark in `L`'s registry. REQUIRES: one Json per lua_State.
  explicit Json(lua_State* L);
  ~Json();
  Json(const Json&) = delete;
  Json& operator=(const Json&) = delete;

  /// Pushes the value of `text`, which has kJsonPadding readable bytes behind it when `padded`.
  /// Returns "" or what is wrong, and then pushes nothing.
  std::string decode(lua_State* L, std::string_view text, bool padded, BigIntegers big);

  /// Whether `text`, padded as above, is JSON: a fast answer that may be no for JSON that the
  /// parser cannot represent.
  bool accepts(std::string_view text);

  /// Pushes what a path of plain keys and indexes, joined by dots, selects in the text that
  /// accepts() took last: much faster than reading the text again. False, and nothing is pushed,
  /// when the path says more than that or selects nothing.
  bool push_plain(lua_State* L, std::string_view path, BigIntegers big);

  /// Marks the table on top of the stack as an array.
  static void mark_array(lua_State* L);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;  // its header is a long one
};

/// Appends the Lua value at `index` to `out` as JSON: keys sorted, whole numbers up to 2^53 in
/// full, NaN and infinities as null (as JSON.stringify). Views are read like tables. Returns "" or
/// what cannot be encoded. With `skip_functions`, functions are left out of tables, as
/// JSON.stringify does.
std::string encode_json(lua_State* L, int index, fmt::memory_buffer& out, bool skip_functions);

/// Appends `text` as a JSON string, quotes included.
void append_json_string(fmt::memory_buffer& out, std::string_view text);

/// Appends a number as Lua scripts see it in JSON, URLs and tags: integers in full up to 2^53, else
/// the shortest decimal that reads back as the same double.
void append_number(fmt::memory_buffer& out, double value);

}  // namespace loadrun::script

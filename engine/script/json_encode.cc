#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "script/json.h"
#include "script/lua_support.h"
#include "script/view.h"

namespace loadrun::script {
namespace {

constexpr int kMaxDepth = 200;
constexpr double kMaxExactInteger = 9007199254740992.0;  // 2^53

/// The number of elements when the table at `index` is a sequence 1..n without other keys; -1
/// otherwise.
int sequence_length(lua_State* L, int index) {
  int count = 0;
  double largest = 0;
  lua_pushnil(L);
  while (lua_next(L, index) != 0) {
    lua_pop(L, 1);
    if (lua_type(L, -1) != LUA_TNUMBER) {
      lua_pop(L, 1);
      return -1;
    }
    const double key = lua_tonumber(L, -1);
    if (key < 1 || key != std::floor(key)) {
      lua_pop(L, 1);
      return -1;
    }
    largest = std::max(largest, key);
    ++count;
  }
  return largest == count ? count : -1;
}

bool has_array_mark(lua_State* L, int index) {
  if (luaL_getmetafield(L, index, "__jsonarray") == 0) return false;
  lua_pop(L, 1);
  return true;
}

/// A pass over one value. Errors are kept, not raised: no C++ object is alive when Lua raises.
class Encoder {
 public:
  Encoder(lua_State* L, fmt::memory_buffer& out, bool skip_functions)
      : L_(L), out_(out), skip_functions_(skip_functions) {}

  std::string encode(int index) {
    write(index, 0);
    return std::move(error_);
  }

 private:
  void write(int index, int depth) {
    if (lua_checkstack(L_, 8) == 0 || depth > kMaxDepth) {
      return fail("it is nested more than 200 levels deep (or contains itself)");
    }
    switch (lua_type(L_, index)) {
      case LUA_TNIL:
        return text("null");
      case LUA_TBOOLEAN:
        return text(lua_toboolean(L_, index) != 0 ? "true" : "false");
      case LUA_TNUMBER:
        return write_number(lua_tonumber(L_, index));
      case LUA_TSTRING:
        return append_json_string(out_, string_at(L_, index));
      case LUA_TTABLE:
        return write_table(index, depth);
      case LUA_TLIGHTUSERDATA:
        return text("null");
      case LUA_TUSERDATA:
        return write_view(index, depth);
      default:
        return fail(fmt::format("a {} has no JSON form", luaL_typename(L_, index)));
    }
  }

  void write_number(double value) {
    if (std::isfinite(value)) {
      append_number(out_, value);
    } else {
      text("null");
    }
  }

  void write_table(int index, int depth) {
    const int length = sequence_length(L_, index);
    if (length > 0 || (length == 0 && has_array_mark(L_, index))) {
      write_sequence(index, length, depth);
    } else {
      write_object(index, depth);
    }
  }

  void write_sequence(int index, int length, int depth) {
    out_.push_back('[');
    for (int i = 1; i <= length && error_.empty(); ++i) {
      if (i > 1) out_.push_back(',');
      lua_rawgeti(L_, index, i);
      write(lua_gettop(L_), depth + 1);
      lua_pop(L_, 1);
    }
    out_.push_back(']');
  }

  void write_object(int index, int depth) {
    std::vector<std::string> keys = sorted_keys(index);
    out_.push_back('{');
    bool first = true;
    for (const std::string& key : keys) {
      if (!error_.empty()) break;
      push_field(index, key);
      if (!(skip_functions_ && lua_isfunction(L_, -1))) {
        if (!first) out_.push_back(',');
        first = false;
        append_json_string(out_, key);
        out_.push_back(':');
        write(lua_gettop(L_), depth + 1);
      }
      lua_pop(L_, 1);
    }
    out_.push_back('}');
  }

  /// Keys as JSON spells them; numbers become text.
  std::vector<std::string> sorted_keys(int index) {
    std::vector<std::string> keys;
    lua_pushnil(L_);
    while (lua_next(L_, index) != 0) {
      lua_pop(L_, 1);
      if (lua_type(L_, -1) == LUA_TSTRING) {
        keys.emplace_back(string_at(L_, -1));
      } else if (lua_type(L_, -1) == LUA_TNUMBER) {
        fmt::memory_buffer digits;
        append_number(digits, lua_tonumber(L_, -1));
        keys.emplace_back(digits.data(), digits.size());
      } else {
        fail(fmt::format("a table key of type {} has no JSON form", luaL_typename(L_, -1)));
      }
    }
    std::sort(keys.begin(), keys.end());
    return keys;
  }

  /// Pushes the field whose JSON key is `key`: a string key, or the number it spells.
  void push_field(int index, const std::string& key) {
    push_view(L_, key);
    lua_rawget(L_, index);
    if (!lua_isnil(L_, -1)) return;
    lua_pop(L_, 1);
    push_view(L_, key);
    lua_pushnumber(L_, lua_tonumber(L_, -1));
    lua_remove(L_, -2);
    lua_rawget(L_, index);
  }

  void write_view(int index, int depth) {
    const int length = view_length(L_, index);
    if (length < 0) return fail("this userdata has no JSON form");
    out_.push_back('[');
    for (int i = 1; i <= length && error_.empty(); ++i) {
      if (i > 1) out_.push_back(',');
      lua_pushinteger(L_, i);
      lua_gettable(L_, index);
      write(lua_gettop(L_), depth + 1);
      lua_pop(L_, 1);
    }
    out_.push_back(']');
  }

  void text(std::string_view value) { out_.append(value.data(), value.data() + value.size()); }
  void fail(std::string why) {
    if (error_.empty()) error_ = std::move(why);
  }

  lua_State* L_;
  fmt::memory_buffer& out_;
  bool skip_functions_;
  std::string error_;
};

/// The length of the valid UTF-8 sequence that `text` starts with; 0 when there is none.
std::size_t sequence_at(std::string_view text) {
  for (std::size_t length = 1; length <= std::min<std::size_t>(4, text.size()); ++length) {
    if (simdjson::validate_utf8(text.substr(0, length))) return length;
  }
  return 0;
}

/// `text` with U+FFFD for every byte that is no UTF-8, as JavaScript's strings have it.
std::string valid_utf8(std::string_view text) {
  std::string valid;
  while (!text.empty()) {
    const std::size_t length = sequence_at(text);
    valid += length == 0 ? "\xEF\xBF\xBD" : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return valid;
}

char escape_letter(char c) {
  switch (c) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

}  // namespace

void append_json_string(fmt::memory_buffer& out, std::string_view text) {
  if (!simdjson::validate_utf8(text)) return append_json_string(out, valid_utf8(text));
  out.push_back('"');
  for (const char c : text) {
    if (const char letter = escape_letter(c); letter != 0) {
      out.push_back('\\');
      out.push_back(letter);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

void append_number(fmt::memory_buffer& out, double value) {
  if (value == std::floor(value) && std::abs(value) <= kMaxExactInteger) {
    fmt::format_to(std::back_inserter(out), "{}", static_cast<std::int64_t>(value));
  } else {
    fmt::format_to(std::back_inserter(out), "{}", value);
  }
}

std::string encode_json(lua_State* L, int index, fmt::memory_buffer& out, bool skip_functions) {
  const int absolute = index > 0 ? index : lua_gettop(L) + index + 1;
  return Encoder(L, out, skip_functions).encode(absolute);
}

}  // namespace loadrun::script

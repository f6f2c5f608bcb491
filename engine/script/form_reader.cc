#include "script/form_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "script/file_stream.h"
#include "script/json.h"

namespace loadrun::script {
namespace {

std::string number_text(double value) {
  fmt::memory_buffer digits;
  append_number(digits, value);
  return fmt::to_string(digits);
}

class FormReader {
 public:
  FormReader(lua_State* L, FormFields& fields) : L_(L), fields_(fields) {}

  std::string read(int table) {
    if (lua_objlen(L_, table) > 0) return "the body is a list: name its fields, or json.encode it";
    luaL_checkstack(L_, 8, nullptr);
    for (lua_pushnil(L_); lua_next(L_, table) != 0; lua_pop(L_, 1)) read_field();
    if (!nested_.empty() && problem_.empty()) {
      log_warning(
          "cannot urlencode a nested value: the form field \"{}\" is sent empty "
          "(json.encode it to send what it holds)",
          nested_);
    }
    std::stable_sort(fields_.begin(), fields_.end(),
                     [](const FormField& a, const FormField& b) { return a.name < b.name; });
    return std::move(problem_);
  }

 private:
  /// The key is below the value on top of the stack.
  void read_field() {
    const bool number = lua_type(L_, -2) == LUA_TNUMBER;
    if (!number && lua_type(L_, -2) != LUA_TSTRING) {
      return fail(fmt::format("the body: the name of a field must be a string, not a {}",
                              luaL_typename(L_, -2)));
    }
    name_ = number ? number_text(lua_tonumber(L_, -2)) : std::string(string_at(L_, -2));
    if (is_list()) {
      read_list();
    } else {
      read_value();
    }
  }

  bool is_list() {
    if (!lua_istable(L_, -1) || is_http_file(L_, -1)) return false;
    if (lua_objlen(L_, -1) > 0) return true;
    lua_pushnil(L_);
    const bool empty = lua_next(L_, -2) == 0;
    if (!empty) lua_pop(L_, 2);
    return empty;
  }

  void read_list() {
    const auto length = static_cast<int>(lua_objlen(L_, -1));
    for (int i = 1; i <= length; ++i) {
      lua_rawgeti(L_, -1, i);
      read_value();
      lua_pop(L_, 1);
    }
  }

  void read_value() {
    switch (lua_type(L_, -1)) {
      case LUA_TSTRING:
        return add(std::string(string_at(L_, -1)));
      case LUA_TNUMBER:
        return add(number_text(lua_tonumber(L_, -1)));
      case LUA_TBOOLEAN:
        return add(lua_toboolean(L_, -1) != 0 ? "true" : "false");
      case LUA_TLIGHTUSERDATA:  // json.null
      case LUA_TNIL:            // a hole in a list
        return add("");
      case LUA_TTABLE:
        return is_http_file(L_, -1) ? read_file() : add_nested();
      default:
        return read_other();
    }
  }

  void read_file() {
    std::optional<FilePart> part = read_http_file(L_, -1);
    if (!part) {
      return fail(
          fmt::format("the body: the file of field \"{}\" needs strings as filename and "
                      "content_type, and data from http.file",
                      name_));
    }
    FormField field{.name = name_, .value = {}, .file = std::move(part), .stream = {}};
    field.stream = file_stream_at(L_, -1);
    if (!field.stream) field.value = string_at(L_, -1);
    lua_pop(L_, 1);
    fields_.push_back(std::move(field));
  }

  void read_other() {
    if (file_stream_at(L_, -1)) {
      return fail(
          fmt::format("the body: field \"{}\" is an opened file: pass it to http.file", name_));
    }
    fail(fmt::format("the body: field \"{}\" cannot be a {}", name_, luaL_typename(L_, -1)));
  }

  void add(std::string value) {
    fields_.push_back({.name = name_, .value = std::move(value), .file = {}, .stream = {}});
  }

  void add_nested() {
    if (nested_.empty()) nested_ = name_;
    add("");
  }

  void fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }

  lua_State* L_;
  FormFields& fields_;
  std::string name_;
  std::string nested_;  ///< The first field whose value cannot be encoded.
  std::string problem_;
};

}  // namespace

std::string read_form(lua_State* L, int index, FormFields& fields) {
  return FormReader(L, fields).read(index);
}

}  // namespace loadrun::script

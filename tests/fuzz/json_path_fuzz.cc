// A path applied to a text: the first line is the path, the rest the text. What is selected in
// valid JSON is valid JSON, unless the path itself brings some that is not. Long paths are left
// out: each [@this,@this] of one doubles the text.
#include <string_view>

#include "base/check.h"
#include "fuzz/fuzz_target.h"
#include "script/json_body.h"
#include "script/json_path.h"
#include "script/json_syntax.h"
#include "script/lua_support.h"

namespace {

using namespace loadrun::script;

bool brings_text(std::string_view path) {
  return path.find('!') != std::string_view::npos ||
         path.find("@fromstr") != std::string_view::npos;
}

void check_selected(std::string_view text, std::string_view path) {
  JsonSelector selector(text.size());
  const std::string_view selected = selector.select(text, path);
  if (selected.empty() || brings_text(path) || check_json(text)) return;
  LOADRUN_CHECK(!check_json(selected));
}

std::string text_of(lua_State* L, int index) {
  fmt::memory_buffer text;
  encode_json(L, index, text, false);
  return fmt::to_string(text);
}

/// The first look at a body takes a short way for plain paths: it comes to the same.
void check_pushed(std::string_view text, std::string_view path) {
  const LuaState state(luaL_newstate());
  Json json(state.get());
  std::string padded(text);
  padded.resize(text.size() + kJsonPadding);
  const std::string_view body = std::string_view(padded).substr(0, text.size());
  const bool is_json = push_json_body(state.get(), json, body, BigIntegers::kAsStrings).empty();
  LOADRUN_CHECK(lua_gettop(state.get()) == (is_json ? 1 : 0));
  lua_settop(state.get(), 0);
  bool is_valid = false;
  const bool first =
      push_first_selected_json(state.get(), json, body, path, BigIntegers::kAsNumbers, is_valid)
          .empty();
  LOADRUN_CHECK(is_valid == !check_json(body));
  if (!is_valid) return LOADRUN_CHECK(!is_json);
  LOADRUN_CHECK(lua_gettop(state.get()) == (first ? 1 : 0));
  const bool again =
      push_selected_json(state.get(), json, body, path, BigIntegers::kAsNumbers).empty();
  LOADRUN_CHECK(first == again);
  if (first) LOADRUN_CHECK(text_of(state.get(), 1) == text_of(state.get(), 2));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(bytes.find('\n'), bytes.size());
  const std::string_view path = bytes.substr(0, end);
  const std::string_view text = bytes.substr(std::min(end + 1, bytes.size()));
  if (path.size() > 80 || path.find("@dig") != path.rfind("@dig")) return 0;
  check_selected(text, path);
  check_pushed(text, path);
  return 0;
}

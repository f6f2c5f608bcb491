// JSON to Lua values and back: the first line is a path, the rest a text. What decodes encodes, and
// what was encoded decodes to the same.
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/check.h"
#include "fuzz/fuzz_target.h"
#include "script/json.h"
#include "script/lua_support.h"

namespace {

using loadrun::script::BigIntegers;
using loadrun::script::Json;

struct Input {
  std::string_view path, text;
};

/// Decodes and encodes; "" for what is no JSON.
std::string rewritten(lua_State* L, Json& json, std::string_view text, BigIntegers big) {
  if (!json.decode(L, text, false, big).empty()) return "";
  fmt::memory_buffer out;
  const std::string problem = loadrun::script::encode_json(L, -1, out, false);
  LOADRUN_CHECK(problem.empty());
  lua_pop(L, 1);
  return fmt::to_string(out);
}

void run(lua_State* L, const Input& input) {
  Json json(L);
  for (const BigIntegers big : {BigIntegers::kAsStrings, BigIntegers::kAsNumbers}) {
    const std::string once = rewritten(L, json, input.text, big);
    // A decimal above 2^53 may be whole, and is then written like the integers that decode as text.
    if (!once.empty()) LOADRUN_CHECK(rewritten(L, json, once, BigIntegers::kAsNumbers) == once);
    const bool is_json = json.decode_path(L, input.text, false, input.path, big).empty();
    LOADRUN_CHECK(is_json != once.empty());
    if (is_json) lua_pop(L, 1);
  }
  LOADRUN_CHECK(lua_gettop(L) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(bytes.find('\n'), bytes.size());
  const Input input{bytes.substr(0, end), bytes.substr(std::min(end + 1, bytes.size()))};
  const loadrun::script::LuaState state(luaL_newstate());
  run(state.get(), input);
  return 0;
}

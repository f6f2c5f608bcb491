// JSON to Lua values and back. What decodes encodes, and what was encoded decodes to the same.
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

/// Decodes and encodes; "" for what is no JSON.
std::string rewritten(lua_State* L, Json& json, std::string_view text, BigIntegers big) {
  if (!json.decode(L, text, false, big).empty()) return "";
  fmt::memory_buffer out;
  const std::string problem = loadrun::script::encode_json(L, -1, out, false);
  LOADRUN_CHECK(problem.empty());
  lua_pop(L, 1);
  return fmt::to_string(out);
}

void run(lua_State* L, std::string_view text) {
  Json json(L);
  for (const BigIntegers big : {BigIntegers::kAsStrings, BigIntegers::kAsNumbers}) {
    const std::string once = rewritten(L, json, text, big);
    // A decimal above 2^53 may be whole, and is then written like the integers that decode as text.
    if (!once.empty()) LOADRUN_CHECK(rewritten(L, json, once, BigIntegers::kAsNumbers) == once);
  }
  LOADRUN_CHECK(lua_gettop(L) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const loadrun::script::LuaState state(luaL_newstate());
  run(state.get(), bytes);
  return 0;
}

#include "script/runtime.h"

#include "support/catch.h"
#include "support/fake_host.h"

namespace loadrun::test {
namespace {

bool compiles_hot_code(bool jit) {
  FakeHost host;
  script::SharedStore store;
  script::RuntimeConfig config;
  config.path = "test.lua";
  config.jit = jit;
  const auto runtime = script::Runtime::create(host, config, store);
  REQUIRE(runtime.ok());
  lua_State* L = runtime.value()->state();
  REQUIRE(luaL_dostring(L, "return (jit.status())") == 0);
  return lua_toboolean(L, -1) != 0;
}

}  // namespace

TEST_CASE("hot code is compiled unless that is switched off") {
  CHECK(compiles_hot_code(true));
  CHECK_FALSE(compiles_hot_code(false));
}

}  // namespace loadrun::test

#include "script/api_names.h"

#include <algorithm>

#include "script_world.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::test;

TEST_CASE("the names of the API are those of modules, globals, their tables and responses") {
  ScriptWorld world("return function() end");
  const auto names = script::api_names(*world.runtime);
  for (const char* name :
       {"get", "post", "check", "group", "sleep", "Counter", "SharedArray", "http", "gsub",
        "insert", "require", "pcall", "console", "status_text", "randomIntBetween", "decode"}) {
    INFO(name);
    const bool is_member = std::binary_search(names.begin(), names.end(), name);
    CHECK(is_member == (std::string(name) != "http"));
  }
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
  CHECK(std::none_of(names.begin(), names.end(),
                     [](const std::string& name) { return name.starts_with("__"); }));
  CHECK(lua_gettop(world.runtime->state()) == 0);
}

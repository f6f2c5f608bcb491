// A script file: its text is compiled, its top level runs, and its option table becomes a plan or
// an error. A hook and a limit on single allocations end what would run or grow for ever.
#include <string>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "fuzz/fuzz_target.h"
#include "plan/options.h"
#include "script/runtime.h"
#include "script/vu_script.h"
#include "support/fake_host.h"

namespace {

using namespace loadrun;

constexpr int kMostInstructions = 20'000;
constexpr std::size_t kMostAtOnce = 4 << 20;

/// LuaJIT's own allocator, which the limited one passes on to.
struct Allocator {
  lua_Alloc function;
  void* context;
};

void* limited(void* context, void* block, std::size_t old_size, std::size_t new_size) {
  if (new_size > kMostAtOnce) return nullptr;
  const auto* allocator = static_cast<Allocator*>(context);
  return allocator->function(allocator->context, block, old_size, new_size);
}

void stop(lua_State* L, lua_Debug*) { luaL_error(L, "enough"); }

void use(script::Runtime& runtime) {
  const auto vu = script::VuScript::create(runtime, 0);
  if (!vu.ok()) return;
  const auto exports = vu.value()->exports();
  if (!exports.ok()) return;
  LOADRUN_CHECK(nlohmann::json::accept(exports.value().options_json));
  auto layer = plan::options_from_json("script options", exports.value().options_json);
  if (!layer.ok()) return;
  static_cast<void>(plan::resolve({std::move(layer).value()}, exports.value().functions));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool silent = configure_log({.output = "none"}).ok();
  LOADRUN_CHECK(silent);
  test::FakeHost host;
  script::SharedStore store;
  script::RuntimeConfig config;
  config.path = "fuzz.lua";
  config.source.assign(reinterpret_cast<const char*>(data), size);
  config.jit = false;  // compiled code runs no hooks
  Allocator allocator{};
  const auto runtime = script::Runtime::create(host, config, store);
  if (!runtime.ok()) return 0;
  lua_State* L = runtime.value()->state();
  allocator.function = lua_getallocf(L, &allocator.context);
  lua_setallocf(L, limited, &allocator);
  lua_sethook(L, stop, LUA_MASKCOUNT, kMostInstructions);
  use(*runtime.value());
  lua_sethook(L, nullptr, 0, 0);
  lua_setallocf(L, allocator.function, allocator.context);  // gives all back when it is closed
  return 0;
}

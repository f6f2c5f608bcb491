// http.url with any text: either it says that there are not as many values as `${}`, or every one
// is replaced by its value, percent-encoded.
#include <string>

#include "base/check.h"
#include "base/log.h"
#include "fuzz/fuzz_target.h"
#include "script/runtime.h"
#include "script/vu_script.h"
#include "support/fake_host.h"

namespace {

constexpr const char* kSource = R"(
local http = require "k6/http"
local text = __ENV.TEXT
local _, places = text:gsub("%${}", "")
for values = 0, 2 do
  local given = { "a/b ${}", 7 }
  local ok, url = pcall(http.url, text, unpack(given, 1, values))
  assert(ok == (places == values))
  if ok then
    local parts = { "a%2Fb%20%24%7B%7D", "7" }
    local used = 0
    local expected = text:gsub("%${}", function() used = used + 1 return parts[used] end)
    assert(url.url == expected and url.name == text and tostring(url) == url.url)
  end
end
return function() end
)";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace loadrun;
  static const bool silent = configure_log({.output = "none"}).ok();
  LOADRUN_CHECK(silent);
  test::FakeHost host;
  script::SharedStore store;
  script::RuntimeConfig config;
  config.path = "fuzz.lua";
  config.source = kSource;
  config.env["TEXT"].assign(reinterpret_cast<const char*>(data), size);
  const auto runtime = script::Runtime::create(host, config, store);
  LOADRUN_CHECK(runtime.ok());
  LOADRUN_CHECK(script::VuScript::create(*runtime.value(), 0).ok());
  return 0;
}

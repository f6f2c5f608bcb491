#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "script/runtime.h"
#include "script/vu_script.h"
#include "support/fake_host.h"

namespace loadrun::test {

/// What a call returned that returned nil, and the error of one that had none.
inline const std::string kNothing;

/// A script in a runtime of its own over a fake engine.
class ScriptWorld {
 public:
  /// REQUIRES: `source` compiles.
  explicit ScriptWorld(std::string source, std::string path = "test.lua", std::uint64_t seed = 1);

  /// A VU; its init code must succeed.
  std::unique_ptr<script::VuScript> vu(std::uint64_t id = 1);
  /// What is wrong with the init code of VU `id`; "" when nothing is.
  std::string init_error(std::uint64_t id = 1);
  /// Runs `exec` as an iteration to its end, ending every sleep at once; returns what it returned
  /// as JSON ("" for nil), or "error: " and the error.
  std::string run(script::VuScript& vu, const std::string& exec = "default");
  /// Goes on with a suspended VU in the same way.
  std::string finish(script::VuScript& vu, script::Outcome outcome);

  /// Ends the sleep that is over first.
  script::Outcome wake_next(script::VuScript& vu);

  FakeHost host;
  script::SharedStore store;
  script::RuntimeConfig config;
  std::unique_ptr<script::Runtime> runtime;
  std::vector<Nanoseconds> slept;  ///< By run() and finish().
};

/// Checks that `text` contains `part`, and says both when it does not.
bool contains(const std::string& text, std::string_view part);

/// What the function body `code` returns as JSON when it runs as an iteration of VU 1; `top` is its
/// init code. k6, http, json and metrics are required already.
std::string result_of(std::string_view code, std::string_view top = "");

/// A script whose iteration is `code`.
std::string script_of(std::string_view code, std::string_view top = "");

/// A response as the engine delivers it.
net::HttpResult response(int status, std::string body, std::vector<net::Header> headers = {});

}  // namespace loadrun::test

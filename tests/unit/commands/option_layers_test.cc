#include "commands/option_layers.h"

#include <cstdlib>
#include <optional>

#include "support/catch.h"
#include "support/temp_folder.h"

using namespace loadrun;
using namespace loadrun::test;
using commands::RunArguments;

namespace {

/// An environment variable for the time of a test.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;
  ~ScopedVariable() {
    if (before_) {
      setenv(name_, before_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

/// Layers of options, of which each test fills some. No config file of the user's gets in.
struct Layers {
  TempFolder home;
  ScopedVariable xdg{"XDG_CONFIG_HOME", home.path()};
  RunArguments arguments;
  script::Exports exports{.functions = {"default"}, .options_json = "{}"};

  void config_file(std::string_view json) { home.write("loadrun/config.json", json); }
  Result<plan::Plan> resolve() const { return commands::resolve_plan(arguments, exports, 0ns); }
  plan::Plan plan() const {
    auto plan = resolve();
    INFO((plan.ok() ? "" : plan.error().message));
    REQUIRE(plan.ok());
    return std::move(plan).value();
  }
};

}  // namespace

TEST_CASE("defaults < config file < script < environment < flags") {
  Layers layers;
  const std::string by_default = layers.plan().user_agent;
  CHECK(by_default.find("loadrun") == 0);
  CHECK(layers.plan().max_redirects == 10);
  layers.config_file(R"({"userAgent": "file", "maxRedirects": 1, "summaryTimeUnit": "us"})");
  CHECK(layers.plan().user_agent == "file");
  layers.exports.options_json = R"({"userAgent": "script", "maxRedirects": 2})";
  CHECK(layers.plan().user_agent == "script");
  const ScopedVariable variable("LOADRUN_USER_AGENT", "environment");
  CHECK(layers.plan().user_agent == "environment");
  CHECK(layers.plan().max_redirects == 2);
  layers.arguments.flags = {{"user-agent", "flag"}};
  CHECK(layers.plan().user_agent == "flag");
  CHECK(layers.plan().summary_time_unit == "us");  // nothing above the file says otherwise
}

TEST_CASE("a higher layer's workload replaces the one below") {
  Layers layers;
  layers.exports.options_json = R"({"vus": 3, "duration": "10s"})";
  CHECK(std::holds_alternative<plan::ConstantVus>(layers.plan().scenarios.at(0).executor));
  const ScopedVariable variable("LOADRUN_ITERATIONS", "6");
  const auto plan = layers.plan();
  const auto& shared = std::get<plan::SharedIterations>(plan.scenarios.at(0).executor);
  CHECK(shared.iterations == 6);
  CHECK(shared.vus == 3);
}

TEST_CASE("an explicit config file replaces the default one and must be there") {
  Layers layers;
  layers.config_file(R"({"maxRedirects": 1})");
  layers.arguments.config = layers.home.write("other.json", R"({"maxRedirects": 5})");
  CHECK(layers.plan().max_redirects == 5);
  layers.arguments.config = layers.home.path() + "/missing.json";
  const auto plan = layers.resolve();
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().code == ExitCode::kInvalidConfig);
  CHECK(plan.error().message.find("missing.json") != std::string::npos);
}

TEST_CASE("without XDG_CONFIG_HOME the config file is in ~/.config") {
  Layers layers;
  layers.home.write(".config/loadrun/config.json", R"({"maxRedirects": 4})");
  const ScopedVariable no_xdg("XDG_CONFIG_HOME", "");
  const ScopedVariable home("HOME", layers.home.path());
  CHECK(layers.plan().max_redirects == 4);
}

TEST_CASE("errors of all layers are told at once, each with its origin") {
  Layers layers;
  layers.config_file(R"({"maxRedirects": "many"})");
  layers.exports.options_json = R"({"vus": "x"})";
  const ScopedVariable variable("LOADRUN_SETUP_TIMEOUT", "soon");
  const auto plan = layers.resolve();
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().code == ExitCode::kInvalidConfig);
  for (const char* part :
       {"config.json", "maxRedirects", "script options", "vus", "LOADRUN_SETUP_TIMEOUT"}) {
    INFO(plan.error().message);
    INFO(part);
    CHECK(plan.error().message.find(part) != std::string::npos);
  }
}

TEST_CASE("a flag that cannot be read comes before all other errors, with k6's code for it") {
  Layers layers;
  layers.exports.options_json = R"({"vus": "x"})";
  layers.arguments.flags = {{"duration", "10"}, {"vus", "many"}};
  const auto plan = layers.resolve();
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().code == ExitCode::kGeneric);
  CHECK(plan.error().message.find("--duration") != std::string::npos);
  CHECK(plan.error().message.find("--vus") != std::string::npos);
}

TEST_CASE("a config file that is no JSON is an error") {
  Layers layers;
  layers.config_file("{");
  const auto plan = layers.resolve();
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().code == ExitCode::kInvalidConfig);
}

TEST_CASE("__ENV is the environment, and over it what -e says") {
  const ScopedVariable inherited("LOADRUN_TEST_INHERITED", "a=b");
  const ScopedVariable replaced("LOADRUN_TEST_REPLACED", "old");
  RunArguments arguments;
  arguments.env = {"LOADRUN_TEST_REPLACED=new",
                   "EMPTY",
                   "ALSO_EMPTY=",
                   "WITH=a=b",
                   "_x1=y",
                   "WITH2=1",
                   "WITH2=2"};
  const auto environment = commands::script_environment(arguments);
  REQUIRE(environment.ok());
  auto values = environment.value();
  CHECK(values["LOADRUN_TEST_INHERITED"] == "a=b");
  CHECK(values["LOADRUN_TEST_REPLACED"] == "new");
  CHECK(values.count("EMPTY") == 1);
  CHECK(values["EMPTY"].empty());
  CHECK(values["ALSO_EMPTY"].empty());
  CHECK(values["WITH"] == "a=b");
  CHECK(values["_x1"] == "y");
  CHECK(values["WITH2"] == "2");
}

TEST_CASE("the environment can be kept out of __ENV") {
  const ScopedVariable inherited("LOADRUN_TEST_INHERITED", "1");
  RunArguments arguments;
  arguments.include_system_env = false;
  arguments.env = {"A=1"};
  const auto environment = commands::script_environment(arguments);
  REQUIRE(environment.ok());
  CHECK(environment.value() == std::map<std::string, std::string>{{"A", "1"}});
}

TEST_CASE("-e needs the name of a variable") {
  for (const char* entry : {"=x", "", "1A=x", "A-B=x", "A B=x", "\xC3\xA4=x"}) {
    RunArguments arguments;
    arguments.env = {entry};
    const auto environment = commands::script_environment(arguments);
    INFO(entry);
    REQUIRE_FALSE(environment.ok());
    CHECK(environment.error().code == ExitCode::kGeneric);
  }
}

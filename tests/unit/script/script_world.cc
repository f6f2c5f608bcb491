#include "script_world.h"

#include <fmt/format.h>

#include <algorithm>

#include "support/catch.h"

namespace loadrun::test {

using script::Outcome;
using script::VuScript;

ScriptWorld::ScriptWorld(std::string source, std::string path, std::uint64_t seed) {
  config.path = std::move(path);
  config.source = std::move(source);
  config.seed = seed;
  auto created = script::Runtime::create(host, config, store);
  INFO((created.ok() ? "" : created.error().message));
  REQUIRE(created.ok());
  runtime = std::move(created).value();
}

std::unique_ptr<VuScript> ScriptWorld::vu(std::uint64_t id) {
  auto created = VuScript::create(*runtime, id);
  INFO((created.ok() ? "" : created.error().message));
  REQUIRE(created.ok());
  return std::move(created).value();
}

std::string ScriptWorld::init_error(std::uint64_t id) {
  const auto created = VuScript::create(*runtime, id);
  return created.ok() ? "" : created.error().message;
}

std::string ScriptWorld::run(VuScript& vu, const std::string& exec) {
  return finish(vu, vu.start(exec, script::Stage::kIteration));
}

std::string ScriptWorld::finish(VuScript& vu, Outcome outcome) {
  while (outcome == Outcome::kSuspended) {
    REQUIRE(host.calls.empty());
    outcome = wake_next(vu);
  }
  if (outcome == Outcome::kFailed) return "error: " + vu.error();
  const auto returned = vu.returned_json();
  return returned.ok() ? returned.value() : "error: " + returned.error().message;
}

/// The sleeper whose time comes first; of several, the one that fell asleep first.
Outcome ScriptWorld::wake_next(VuScript& vu) {
  REQUIRE_FALSE(host.sleeps.empty());
  const auto first = std::min_element(host.sleeps.begin(), host.sleeps.end(),
                                      [](const auto& a, const auto& b) { return a.due < b.due; });
  const FakeHost::StartedSleep sleep = *first;
  host.sleeps.erase(first);
  slept.push_back(sleep.duration);
  host.clock.advance(sleep.due - host.clock.now());
  return vu.resume(*sleep.task);
}

bool contains(const std::string& text, std::string_view part) {
  INFO(text);
  INFO(part);
  const bool found = text.find(part) != std::string::npos;
  CHECK(found);
  return found;
}

std::string script_of(std::string_view code, std::string_view top) {
  return fmt::format(
      "local k6, http, json, metrics = require 'k6', require 'k6/http', require 'loadrun/json', "
      "require 'k6/metrics' {}\n"
      "return {{ default = function(...)\n{}\nend }}",
      top, code);
}

std::string result_of(std::string_view code, std::string_view top) {
  ScriptWorld world(script_of(code, top));
  const auto vu = world.vu();
  return world.run(*vu);
}

net::HttpResult response(int status, std::string body, std::vector<net::Header> headers) {
  net::HttpResult result;
  net::HttpExchange& exchange = result.exchanges.emplace_back();
  exchange.method = "GET";
  exchange.url = "http://h/";
  exchange.status = status;
  result.body = std::move(body);
  result.headers = std::move(headers);
  return result;
}

}  // namespace loadrun::test

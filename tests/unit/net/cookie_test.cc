#include "net/cookie.h"

#include "go_facts.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::net;
using namespace loadrun::test;
using nlohmann::json;

namespace {

void check_cookie(const Cookie& cookie, const json& expected) {
  const auto text = [&](const char* key) {
    return expected.contains(key) ? bytes_of(expected[key]) : "";
  };
  CHECK(cookie.name == text("name"));
  CHECK(cookie.value == text("value"));
  CHECK(cookie.domain == text("domain"));
  CHECK(cookie.path == text("path"));
  CHECK(cookie.max_age == expected.value("max_age", std::int64_t{0}));
  CHECK(cookie.secure == expected.value("secure", false));
  CHECK(cookie.http_only == expected.value("http_only", false));
  REQUIRE(cookie.expires.has_value() == expected.contains("expires"));
  if (cookie.expires) CHECK(cookie.expires->count() == expected["expires"].get<std::int64_t>());
}

}  // namespace

TEST_CASE("Set-Cookie headers are read as by Go") {
  for (const json& fact : go_facts("set_cookie.jsonl")) {
    INFO(fact.dump());
    const auto cookie = parse_set_cookie(bytes_of(fact["line"]));
    REQUIRE(cookie.has_value() == !fact["cookie"].is_null());
    if (cookie) check_cookie(*cookie, fact["cookie"]);
  }
}

TEST_CASE("Cookie headers are read as by Go") {
  for (const json& fact : go_facts("cookie_header.jsonl")) {
    INFO(fact.dump());
    json pairs = json::array();
    for (const auto& [name, value] : parse_cookie_header(bytes_of(fact["header"])))
      pairs.push_back({name, value});
    CHECK(pairs == fact["cookies"]);
  }
}

TEST_CASE("cookies are written as by Go: no byte of a value ends it early") {
  for (const json& fact : go_facts("cookie_pair.jsonl")) {
    INFO(fact.dump());
    CHECK(cookie_pair(bytes_of(fact["name"]), bytes_of(fact["value"])) == bytes_of(fact["sent"]));
  }
  CHECK(invalid_byte("a b,c") == std::nullopt);
  CHECK(invalid_byte("a;\"") == ';');
  CHECK(invalid_byte("\x80") == '\x80');
}

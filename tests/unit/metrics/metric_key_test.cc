#include "metrics/metric_key.h"

#include "support/catch.h"

namespace loadrun::metrics {
namespace {

TEST_CASE("a key without braces is a metric") {
  const auto key = parse_metric_key("http_reqs");
  REQUIRE(key.ok());
  CHECK(key.value().metric == "http_reqs");
  CHECK_FALSE(key.value().has_tags);
}

TEST_CASE("values may contain colons, quotes around them fall away, tags are sorted") {
  const auto key = parse_metric_key("checks{group:::login, check:\"is ok\",a:'http://x/'}");
  REQUIRE(key.ok());
  CHECK(key.value().has_tags);
  CHECK(key.value().tags == Tags{{"a", "http://x/"}, {"check", "is ok"}, {"group", "::login"}});
}

TEST_CASE("a quoted empty value asks for samples without the tag") {
  const auto key = parse_metric_key("checks{group:\"\"}");
  REQUIRE(key.ok());
  CHECK(key.value().tags == Tags{{"group", ""}});
}

TEST_CASE("malformed keys say what was expected") {
  for (const char* text :
       {"m{}", "m{,}", "m{a}", "m{a:}", "m{a:1", "ma:1}", "m}a:1{", "m{a:1}b", "m{:1}"}) {
    const auto key = parse_metric_key(text);
    INFO(text);
    REQUIRE_FALSE(key.ok());
    CHECK(key.error().code == ExitCode::kInvalidConfig);
    CHECK(key.error().message.find(text) != std::string::npos);
    CHECK_FALSE(key.error().hint.empty());
  }
}

}  // namespace
}  // namespace loadrun::metrics

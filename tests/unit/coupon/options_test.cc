#include <string>
#include <vector>

#include "coupon/target/target_options.h"
#include "support/catch.h"

namespace loadrun::coupon {
namespace {

Result<TargetOptions> parse(std::vector<const char*> flags) {
  flags.insert(flags.begin(), "coupon-target");
  return parse_target_options(static_cast<int>(flags.size()), flags.data());
}

std::string message(std::vector<const char*> flags) {
  const auto parsed = parse(std::move(flags));
  REQUIRE_FALSE(parsed.ok());
  return parsed.error().message;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("every flag is read") {
  const auto parsed = parse({"--port", "8080", "--pool=100", "--hold", "2ms", "--acquire-timeout",
                             "1.5s", "--stock", "7", "--row-lock", "off"});
  REQUIRE(parsed.ok());
  const TargetOptions& options = parsed.value();
  CHECK(options.port == 8080);
  CHECK(options.stock == 7);
  CHECK(options.database.pool == 100);
  CHECK(options.database.hold == 2ms);
  CHECK(options.database.acquire_timeout == 1500ms);
  CHECK_FALSE(options.database.row_lock);
}

TEST_CASE("the defaults are the small pool with the row lock") {
  const auto parsed = parse({});
  REQUIRE(parsed.ok());
  CHECK(parsed.value().port == 0);
  CHECK(parsed.value().database.pool == 10);
  CHECK(parsed.value().database.hold == 5ms);
  CHECK(parsed.value().database.row_lock);
}

TEST_CASE("a bad flag is named") {
  CHECK(contains(message({"--hold", "5 parsecs"}), "--hold: '5 parsecs'"));
  CHECK(contains(message({"--hold", "0s"}), "--hold"));
  CHECK(contains(message({"--acquire-timeout", "-1s"}), "--acquire-timeout"));
  CHECK(contains(message({"--pool", "0"}), "--pool"));
  CHECK(contains(message({"--pool", "many"}), "--pool"));
  CHECK(contains(message({"--port", "70000"}), "--port"));
  CHECK(contains(message({"--stock", "-1"}), "--stock"));
  CHECK(contains(message({"--row-lock", "maybe"}), "--row-lock"));
  CHECK(contains(message({"--frobnicate"}), "--frobnicate"));
}

TEST_CASE("help lists the flags") {
  const auto parsed = parse({"--help"});
  REQUIRE(parsed.ok());
  CHECK(contains(parsed.value().help, "--acquire-timeout"));
}

}  // namespace loadrun::coupon

#include "net/cookie_jar.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "go_facts.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::net;
using namespace loadrun::test;
using nlohmann::json;

namespace {

constexpr WallTime kNow{1'700'000'000'000};

CookieScope scope_of(const std::string& url) {
  const auto scope = CookieScope::of(url);
  REQUIRE(scope);
  return *scope;
}

void set(CookieJar& jar, const std::string& url, const std::string& line, WallTime now = kNow) {
  const auto cookie = parse_set_cookie(line);
  if (cookie) jar.set(scope_of(url), *cookie, now);
}

std::string sent(CookieJar& jar, const std::string& url, WallTime now = kNow) {
  std::string header;
  for (const auto& [name, value] : jar.matching(scope_of(url), now))
    header += (header.empty() ? "" : "; ") + cookie_pair(name, value);
  return header;
}

}  // namespace

TEST_CASE("a jar keeps and sends what Go's does") {
  for (const json& story : go_facts("cookie_jar.jsonl")) {
    CookieJar jar;
    for (const json& step : story["steps"]) {
      INFO(story["name"] << ": " << step.dump());
      const WallTime now = std::chrono::seconds(step["at"].get<std::int64_t>());
      const auto url = step["url"].get<std::string>();
      if (step.contains("set")) {
        for (const json& line : step["set"]) set(jar, url, bytes_of(line), now);
      } else {
        CHECK(sent(jar, url, now) == bytes_of(step["sent"]));
      }
    }
  }
}

TEST_CASE("brackets of an IPv6 address are no part of the host, with and without a port") {
  CookieJar jar;
  set(jar, "http://[::1]/", "a=1; secure");
  CHECK(sent(jar, "http://[::1]:8080/") == "a=1");
}

TEST_CASE("an age beyond all dates lasts, though Go's clock overflows there") {
  CookieJar jar;
  set(jar, "http://h.test/", "a=1; max-age=9223372036854775807");
  CHECK(sent(jar, "http://h.test/", WallTime(250'000'000'000'000)) == "a=1");
}

TEST_CASE("what is no URL of HTTP has no cookies") {
  for (const char* url : {"", "h.test", "/x", "ftp://h.test/", "http://", "http://h h/"}) {
    INFO(url);
    CHECK_FALSE(CookieScope::of(url));
  }
}

TEST_CASE("a path that cannot be decoded counts as it is written") {
  CHECK(scope_of("http://h.test/a%20b").path == "/a b");
  CHECK(scope_of("http://h.test/a%0Ab").path == "/a%0Ab");
  CHECK(scope_of("http://h.test/a%2").path == "/a%2");
}

TEST_CASE("clear takes what a URL sends of its host and default path alone, as k6 does") {
  CookieJar jar;
  set(jar, "http://www.h.test/x/y", "a=1");
  set(jar, "http://www.h.test/x/y", "b=2; path=/");
  set(jar, "http://www.h.test/x/y", "c=3; domain=h.test");
  set(jar, "http://www.h.test/x/y", "d=4; secure");
  set(jar, "http://www.h.test/x/y", "e=5; path=/x; domain=www.h.test");
  jar.clear(scope_of("http://www.h.test/x/z"), kNow);
  CHECK(sent(jar, "https://www.h.test/x/y") == "c=3; d=4; b=2");
}

TEST_CASE("an empty jar says so") {
  CookieJar jar;
  CHECK(jar.empty());
  set(jar, "http://h.test/", "a=1; max-age=1");
  CHECK_FALSE(jar.empty());
  CHECK(sent(jar, "http://other.test/", kNow + 2s).empty());
  CHECK(jar.empty());
}

TEST_CASE("a cookie that is too large is not stored, and leaves the one it would replace") {
  CookieJar jar;
  const std::string most(CookieJar::kMaxBytes - std::string("a"
                                                            "h.test"
                                                            "/")
                                                    .size(),
                         'x');
  set(jar, "http://h.test/", "a=1");
  set(jar, "http://h.test/", "a=" + most + "x");
  CHECK(sent(jar, "http://h.test/") == "a=1");
  set(jar, "http://h.test/", "a=" + most);
  CHECK(sent(jar, "http://h.test/") == "a=" + most);
  set(jar, "http://h.test/", "b=1; path=/" + most);
  CHECK(sent(jar, "http://h.test/" + most) == "a=" + most);
}

TEST_CASE("a site has room for so many cookies: expired ones go first, then the oldest") {
  CookieJar jar;
  set(jar, "http://other.test/", "o=1");
  set(jar, "http://h.test/", "old=1");
  set(jar, "http://h.test/", "brief=1; max-age=1");
  for (std::size_t i = 2; i < CookieJar::kMaxPerSite; ++i)
    set(jar, "http://x.h.test/", fmt::format("c{}=1; path=/c", i));
  set(jar, "http://h.test/", "new=1", kNow + 2s);
  CHECK(sent(jar, "http://h.test/", kNow + 2s) == "old=1; new=1");
  set(jar, "http://h.test/", "newer=1", kNow + 2s);
  CHECK(sent(jar, "http://h.test/", kNow + 2s) == "new=1; newer=1");
  set(jar, "http://h.test/", "newer=2", kNow + 2s);
  CHECK(jar.matching(scope_of("http://x.h.test/c"), kNow).size() == CookieJar::kMaxPerSite - 2);
  CHECK(sent(jar, "http://other.test/") == "o=1");
}

TEST_CASE("a jar has room for so many cookies: the oldest goes") {
  CookieJar jar;
  for (std::size_t i = 0; i <= CookieJar::kMaxCookies; ++i)
    set(jar, fmt::format("http://h{}.test/", i), "a=1");
  CHECK(sent(jar, "http://h0.test/").empty());
  CHECK(sent(jar, "http://h1.test/") == "a=1");
  CHECK(sent(jar, fmt::format("http://h{}.test/", CookieJar::kMaxCookies)) == "a=1");
}

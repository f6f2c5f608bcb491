// What a server says about cookies, against a jar: the first line is a URL, each other one a
// Set-Cookie header. Whatever comes, the jar keeps its bounds and nothing that it sends can leave
// its header or its place in it.
#include <string>
#include <string_view>

#include "base/check.h"
#include "fuzz/fuzz_target.h"
#include "net/cookie_jar.h"

namespace {

using namespace loadrun::net;

constexpr WallTime kNow{1'700'000'000'000};

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

void check_pair(std::string_view name, std::string_view value) {
  const std::string pair = cookie_pair(name, value);
  LOADRUN_CHECK(pair.find_first_of(std::string_view("\r\n\0;", 4)) == std::string::npos);
  const auto read = parse_cookie_header(pair);
  LOADRUN_CHECK(read.size() == 1 && read[0].first == name && read[0].second == value);
}

void check_jar(CookieJar& jar, const CookieScope& scope) {
  std::size_t bytes = 0;
  const auto pairs = jar.matching(scope, kNow);
  for (const auto& [name, value] : pairs) {
    check_pair(name, value);
    bytes += name.size() + value.size();
  }
  LOADRUN_CHECK(pairs.size() <= CookieJar::kMaxPerSite);
  LOADRUN_CHECK(bytes <= pairs.size() * CookieJar::kMaxBytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto scope = CookieScope::of(std::string(take_line(rest)));
  CookieJar jar;
  while (!rest.empty()) {
    const auto cookie = parse_set_cookie(take_line(rest));
    if (cookie && scope) jar.set(*scope, *cookie, kNow);
  }
  if (!scope) return 0;
  check_jar(jar, *scope);
  jar.clear(*scope, kNow);
  check_jar(jar, *scope);
  return 0;
}

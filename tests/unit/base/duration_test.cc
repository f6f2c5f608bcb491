#include "base/duration.h"

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"

namespace loadrun {
namespace {

TEST_CASE("durations are components of number and unit") {
  const std::vector<std::pair<std::string, Nanoseconds>> texts{
      {"0", 0ns},
      {"-0", 0ns},
      {"10s", 10s},
      {"+5s", 5s},
      {"-1m", -1min},
      {"1h2m3.5s", 1h + 2min + 3500ms},
      {"300ms", 300ms},
      {".5s", 500ms},
      {"5.s", 5s},
      {"1.5h", 90min},
      {"2us", 2us},
      {"2\u00B5s", 2us},
      {"2\u03BCs", 2us},
      {"0.0000000001s", 0ns},
      {"1.00000000000000000000000001s", 1s},
      {"1d2h", 26h},
      {"+1d", 24h},
      {"-9223372036854775808ns", Nanoseconds(INT64_MIN)}};
  for (const auto& [text, expected] : texts) {
    INFO(text);
    const auto parsed = parse_duration(text);
    REQUIRE(parsed.ok());
    CHECK(parsed.value() == expected);
  }
}

TEST_CASE("what is not a duration is refused with the text and an example") {
  for (const std::string text : {"",        "10",
                                 "1500",    "10 parsecs",
                                 "s",       ".",
                                 ".s",      "1.s.",
                                 "1s2",     "- 1s",
                                 "--1s",    "1S",
                                 "1e3s",    "inf",
                                 "nan",     "1.5d",
                                 "+-1d",    "1d2",
                                 "1d 2h",   "9223372036854775808ns",
                                 "106752d", "-106751d23h47m16.9s",
                                 "3000000h"}) {
    INFO(text);
    const auto parsed = parse_duration(text);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().code == ExitCode::kInvalidConfig);
    CHECK(parsed.error().message.find("\"" + text +
                                      "\" is not a duration (expected e.g. \"30s\"") == 0);
  }
}

TEST_CASE("bare numbers are milliseconds where the source has no units") {
  CHECK(parse_duration_or_ms("1500").value() == 1500ms);
  CHECK(parse_duration_or_ms("0.5").value() == 500us);
  CHECK(parse_duration_or_ms("1e3").value() == 1s);
  CHECK(parse_duration_or_ms("-2").value() == -2ms);
  CHECK(parse_duration_or_ms("1m").value() == 1min);
  for (const char* text : {"", "+-1", "1 2", "inf", "nan", "1e300"}) {
    INFO(text);
    CHECK_FALSE(parse_duration_or_ms(text).ok());
  }
}

TEST_CASE("numbers of milliseconds have to fit") {
  CHECK(duration_from_ms(0.000001).value() == 1ns);
  CHECK(duration_from_ms(-1).value() == -1ms);
  CHECK_FALSE(duration_from_ms(std::nan("")).ok());
  CHECK_FALSE(duration_from_ms(std::numeric_limits<double>::infinity()).ok());
  CHECK_FALSE(duration_from_ms(9.3e12).ok());
  CHECK_FALSE(duration_from_ms(-9.3e12).ok());
}

TEST_CASE("durations are written in Go's spelling") {
  const std::vector<std::pair<Nanoseconds, std::string>> durations{
      {0ns, "0s"},
      {1ns, "1ns"},
      {1100ns, "1.1\u00B5s"},
      {1500us, "1.5ms"},
      {999999999ns, "999.999999ms"},
      {1s, "1s"},
      {1001ms, "1.001s"},
      {1min, "1m0s"},
      {75s, "1m15s"},
      {1h + 5s, "1h0m5s"},
      {100h, "100h0m0s"},
      {-90s, "-1m30s"},
      {Nanoseconds(INT64_MIN), "-2562047h47m16.854775808s"}};
  for (const auto& [duration, text] : durations) CHECK(format_duration(duration) == text);
}

TEST_CASE("what is written is read back") {
  for (std::int64_t ns = 1; ns < INT64_MAX / 7; ns *= 7) {
    INFO(ns);
    CHECK(parse_duration(format_duration(Nanoseconds(ns))).value().count() == ns);
    CHECK(parse_duration(format_duration(Nanoseconds(-ns))).value().count() == -ns);
  }
}

}  // namespace
}  // namespace loadrun

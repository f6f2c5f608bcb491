#include "report/humanize.h"

#include "support/catch.h"

namespace loadrun::report {
namespace {

using metrics::ValueKind;

// What the conformance cases (area summary.humanize) leave open.

TEST_CASE("times are cut, not rounded, where the unit is chosen by size") {
  CHECK(humanize(1.999, ValueKind::kTime, "") == "1.99ms");
  CHECK(humanize(59'999.9, ValueKind::kTime, "") == "59.99s");
  CHECK(humanize(61'999, ValueKind::kTime, "") == "1m1s");
}

TEST_CASE("times in a forced unit are rounded, exact ties away from zero") {
  CHECK(humanize(0.125, ValueKind::kTime, "ms") == "0.13ms");
  CHECK(humanize(-0.125, ValueKind::kTime, "ms") == "-0.13ms");
  CHECK(humanize(1.115, ValueKind::kTime, "ms") == "1.11ms");  // The double is below 1.115.
  CHECK(humanize(12.5, ValueKind::kTime, "ms") == "12.50ms");
}

TEST_CASE("the time unit concerns times only") {
  CHECK(humanize(1500, ValueKind::kData, "s") == "1.5 kB");
  CHECK(humanize(1500, ValueKind::kDefault, "s") == "1500");
}

TEST_CASE("a negative time is shown in nanoseconds, as k6 does") {
  CHECK(humanize(-1, ValueKind::kTime, "") == "-1000000ns");
}

TEST_CASE("fewer than ten bytes are shown as they are") {
  CHECK(humanize(9.25, ValueKind::kData, "") == "9.25 B");
  CHECK(humanize(10, ValueKind::kData, "") == "10 B");
  CHECK(humanize(2000, ValueKind::kData, "") == "2.0 kB");
}

TEST_CASE("the largest data unit takes what is left") {
  CHECK(humanize(5e21, ValueKind::kData, "") == "5000 EB");
}

TEST_CASE("plain numbers have at most six decimals and no minus zero") {
  CHECK(humanize(100, ValueKind::kDefault, "") == "100");
  CHECK(humanize(0.0000005, ValueKind::kDefault, "") == "0");  // The double is below the tie.
  CHECK(humanize(2.0 / 3, ValueKind::kDefault, "") == "0.666667");
  CHECK(humanize(-0.0000001, ValueKind::kDefault, "") == "0");
}

TEST_CASE("a share that is almost everything is not shown as everything") {
  CHECK(humanize_rate(0.999999) == "99.99%");
}

}  // namespace
}  // namespace loadrun::report

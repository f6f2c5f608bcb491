#include "report/display_width.h"

#include "support/catch.h"

namespace loadrun::report {
namespace {

TEST_CASE("a character takes as many columns as a terminal gives it") {
  CHECK(display_width("") == 0);
  CHECK(display_width("checks") == 6);
  CHECK(display_width("12.5µs") == 6);
  CHECK(display_width("쿠폰 발급") == 9);
  CHECK(display_width("日本") == 4);
  CHECK(display_width("🚀") == 2);
  CHECK(display_width("e\u0301") == 1);
}

TEST_CASE("Hangul written as separate letters is as wide as the syllable") {
  CHECK(display_width("\u110F\u116E") == display_width("쿠"));
}

TEST_CASE("broken UTF-8 takes one column a byte") {
  CHECK(display_width("\xFF\xFE") == 2);
  CHECK(display_width("a\xED") == 2);
  CHECK(display_width("\xC3(") == 2);
}

TEST_CASE("padding counts columns, not bytes") {
  CHECK(pad_right("쿠폰", 6) == "쿠폰  ");
  CHECK(pad_right("µs", 4) == "µs  ");
  CHECK(pad_right("longer", 3) == "longer");
}

TEST_CASE("cutting never splits a character nor exceeds the width") {
  CHECK(fit("쿠폰", 4) == "쿠폰");
  CHECK(fit("쿠폰", 3) == "쿠");
  CHECK(fit("abc", 0).empty());
}

}  // namespace
}  // namespace loadrun::report

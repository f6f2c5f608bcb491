#include "report/short_text.h"

#include "report/display_width.h"
#include "support/catch.h"

namespace loadrun::report {
namespace {

TEST_CASE("what fits is not shortened") {
  CHECK(shortened("abcdef", 6) == "abcdef");
  CHECK(shortened_in_the_middle("abcdef", 6) == "abcdef");
  CHECK(shortened_in_the_middle("", 1).empty());
}

TEST_CASE("a longer text keeps its start, or its two ends") {
  CHECK(shortened("abcdefg", 6) == "abcde…");
  CHECK(shortened_in_the_middle("abcdefghij", 6) == "abc…ij");
  CHECK(shortened_in_the_middle("abcdefghij", 7) == "abc…hij");
  CHECK(shortened_in_the_middle("abc", 1) == "…");
}

TEST_CASE("wide characters are not cut in two, and no more columns are taken") {
  const std::string wide = "쿠폰발급성공조회";
  for (std::size_t columns = 1; columns < 16; ++columns) {
    INFO(columns);
    CHECK(display_width(shortened(wide, columns)) <= columns);
    CHECK(display_width(shortened_in_the_middle(wide, columns)) <= columns);
    CHECK(display_width(shortened_in_the_middle("x" + wide + "y", columns)) <= columns);
  }
  CHECK(shortened_in_the_middle(wide, 9) == "쿠폰…조회");
}

TEST_CASE("control characters become spaces, UTF-8 stays") {
  CHECK(on_one_line("a\nb\r\tc\x1b[31m\x7f") == "a b  c [31m ");
  CHECK(on_one_line("\xC2\x9B"
                    "31m é 쿠폰") == "  31m é 쿠폰");
  CHECK(on_one_line("ends with \xC2") == "ends with \xC2");
}

}  // namespace
}  // namespace loadrun::report

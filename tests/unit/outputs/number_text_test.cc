#include "outputs/number_text.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "support/catch.h"

using namespace loadrun;

namespace {

std::string number(double value) {
  std::string text;
  outputs::append_number(text, value);
  return text;
}

}  // namespace

// What k6 v2.2.0 wrote for these values.
TEST_CASE("numbers are written as Go's JSON does") {
  CHECK(number(1) == "1");
  CHECK(number(-0.0) == "-0");
  CHECK(number(-17) == "-17");
  CHECK(number(0.1) == "0.1");
  CHECK(number(12.3456789012) == "12.3456789012");
  CHECK(number(123456789.125) == "123456789.125");
  CHECK(number(1e-6) == "0.000001");
  CHECK(number(1e-7) == "1e-7");
  CHECK(number(1.5e-10) == "1.5e-10");
  CHECK(number(9007199254740992) == "9007199254740992");
  CHECK(number(123456789012345680000.0) == "123456789012345680000");
  CHECK(number(-1e20) == "-100000000000000000000");
  CHECK(number(999999999999999900000.0) == "999999999999999900000");
  CHECK(number(1e21) == "1e+21");
  CHECK(number(1.7976931348623157e308) == "1.7976931348623157e+308");
  CHECK(number(5e-324) == "5e-324");
}

TEST_CASE("every number reads back as the same double") {
  std::uint64_t state = 1;
  for (int i = 0; i < 20000; ++i) {
    state = state * 6364136223846793005 + 1442695040888963407;
    const int exponent = static_cast<int>(state >> 56) % 90 - 40;
    const double value = std::ldexp(static_cast<double>(state >> 11), exponent - 53);
    const std::string text = number(value);
    INFO(text);
    REQUIRE(std::strtod(text.c_str(), nullptr) == value);
  }
}

TEST_CASE("fixed numbers have six digits behind the point") {
  std::string text;
  outputs::append_fixed(text, 1e21);
  text += ' ';
  outputs::append_fixed(text, -0.0);
  CHECK(text == "1000000000000000000000.000000 -0.000000");
}

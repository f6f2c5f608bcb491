#include "base/result.h"

#include <memory>
#include <string>

#include "support/catch.h"

namespace loadrun {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return Error{ExitCode::kInvalidConfig, "odd", "take an even one"};
  return n / 2;
}

TEST_CASE("a result is a value or an error") {
  const auto good = half(4);
  REQUIRE(good.ok());
  CHECK(good.value() == 2);
  const auto bad = half(3);
  REQUIRE_FALSE(bad.ok());
  CHECK(bad.error().code == ExitCode::kInvalidConfig);
  CHECK(bad.error().message == "odd");
  CHECK(bad.error().hint == "take an even one");
}

TEST_CASE("a value can be changed and moved out of a result") {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(1));
  *result.value() = 2;
  const std::unique_ptr<int> taken = std::move(result).value();
  CHECK(*taken == 2);
}

TEST_CASE("a result without a value is a success or an error") {
  CHECK(Result<void>().ok());
  const Result<void> failed = Error{ExitCode::kGeneric, "no"};
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().message == "no");
}

}  // namespace
}  // namespace loadrun

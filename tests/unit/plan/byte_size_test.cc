#include "plan/byte_size.h"

#include "plan/options.h"
#include "support/catch.h"

using namespace loadrun;
using plan::parse_byte_size;

namespace {

Result<plan::Plan> plan_of(const nlohmann::json& size) {
  return plan::resolve({{"script options", {{"maxDecompressedBody", size}}}}, {"default"});
}

}  // namespace

TEST_CASE("sizes in bytes") {
  CHECK(parse_byte_size("1") == 1U);
  CHECK(parse_byte_size("4096") == 4096U);
  CHECK(parse_byte_size("1b") == 1U);
  CHECK(parse_byte_size("64KB") == 64U * 1024);
  CHECK(parse_byte_size("1.5 mb") == 3U * 512 * 1024);
  CHECK(parse_byte_size("2GB") == 2ULL << 30);
  for (const char* wrong :
       {"", "0", "-1", "MB", "1TB", "1 K", "0x10", "1e3", "99999999GB", "nan"}) {
    INFO(wrong);
    CHECK_FALSE(parse_byte_size(wrong));
  }
}

TEST_CASE("maxDecompressedBody") {
  CHECK(plan::resolve({}, {"default"}).value().max_decompressed_body == 100U << 20);
  CHECK(plan_of("64MB").value().max_decompressed_body == 64U << 20);
  CHECK(plan_of(5000).value().max_decompressed_body == 5000U);
  for (const nlohmann::json& wrong :
       {nlohmann::json("lots"), nlohmann::json(0), nlohmann::json(true), nlohmann::json::array()}) {
    CHECK(plan_of(wrong).error().message.find(
              "script options: maxDecompressedBody: " + wrong.dump() + " is not a size") !=
          std::string::npos);
  }
}

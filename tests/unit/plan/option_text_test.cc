#include "plan/option_text.h"

#include "support/catch.h"

namespace loadrun::plan {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("key-value lists hold words and lists") {
  CHECK(parse_key_values("").value().empty());
  CHECK(parse_key_values("a=b").value() == Pairs{{"a", "b"}});
  CHECK(parse_key_values("a=b=c,d=[e,f],g=h").value() ==
        Pairs{{"a", "b=c"}, {"d", "e,f"}, {"g", "h"}});
  CHECK(parse_key_values("a=[]").value() == Pairs{{"a", ""}});
}

TEST_CASE("keys without values are named") {
  CHECK(parse_key_values("a").error().message == "key `a` with no value");
  CHECK(parse_key_values("a,b=c").error().message == "key `a` with no value");
  CHECK(parse_key_values("a=,b=c").error().message == "key `a=` with no value");
}

TEST_CASE("stages may lack a target, which is noticed later") {
  const auto stages = option_from_text(OptionSyntax::kStages, "1s,2s:,3s:4", TextSource::kFlag);
  REQUIRE(stages.ok());
  CHECK(stages.value() == nlohmann::json{{{"duration", "1s"}},
                                         {{"duration", "2s"}},
                                         {{"duration", "3s"}, {"target", 4}}});
  CHECK_FALSE(option_from_text(OptionSyntax::kStages, "1s:x", TextSource::kFlag).ok());
}

}  // namespace
}  // namespace loadrun::plan

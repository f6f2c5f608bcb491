#include "metrics/series_growth.h"

#include <string>

#include "metrics/shard.h"
#include "support/catch.h"

namespace loadrun::metrics {
namespace {

std::string warning_of(const Tags& fixed, const std::string& growing) {
  Registry registry;
  TagTable tags;
  Shard shard(registry, tags);
  Totals totals(registry);
  for (int i = 0; i < 30; ++i) {
    TagSetId with = tags.with(tags.intern(fixed), growing, "v" + std::to_string(i));
    if (growing == "name") with = tags.with(with, "url", "v" + std::to_string(i));
    shard.record(shard.series(id_of(Builtin::kHttpReqs), with), 1, {});
  }
  Delta delta = shard.take();
  totals.merge(0, delta);
  return growth_warning(totals);
}

TEST_CASE("the tag that grows is named, with what to do") {
  const std::string names = warning_of({{"a", "1"}, {"z", "2"}}, "name");
  CHECK_THAT(names, Catch::Contains("the tag \"name\" has 30 values, e.g. \"v0\""));
  CHECK_THAT(names, Catch::Contains("http.url(") && Catch::Contains("params.tags.name"));
  const std::string others = warning_of({{"a", "1"}, {"z", "2"}}, "order");
  CHECK_THAT(others, Catch::Contains("the tag \"order\" has 30 values"));
  CHECK_THAT(others, !Catch::Contains("http.url"));
}

}  // namespace
}  // namespace loadrun::metrics

#include "outputs/csv_rows.h"

#include "metrics/registry.h"
#include "support/catch.h"

using namespace loadrun;

namespace {

std::string row_of(const metrics::Tags& tags, const metrics::Tags& metadata = {}) {
  const metrics::Registry registry;
  outputs::SeriesTable series;
  series.add({registry.metric(id_of(metrics::Builtin::kChecks)), tags});
  outputs::CsvRows rows({"check", "group"}, outputs::CsvTimeFormat::kUnix, series);
  outputs::Batch batch;
  batch.samples.push_back({.value = 1, .wall = 5s});
  if (!metadata.empty()) {
    batch.metadata.push_back(metadata);
    batch.samples[0].metadata = 1;
  }
  std::string text;
  rows.append(text, batch, batch.samples[0]);
  return text;
}

}  // namespace

// What k6 v2.2.0 wrote for these values.
TEST_CASE("fields of CSV are quoted where it is needed only") {
  CHECK(row_of({}) == "checks,5,1.000000,,,,\n");
  CHECK(row_of({{"check", "is one, \"x\""}, {"group", "::my group"}}) ==
        "checks,5,1.000000,\"is one, \"\"x\"\"\",::my group,,\n");
  CHECK(row_of({{"check", " x"}, {"group", "a\nb"}}) == "checks,5,1.000000,\" x\",\"a\nb\",,\n");
}

TEST_CASE("tags without a column and metadata are lists") {
  CHECK(row_of({{"a", "1"}, {"check", "c"}, {"z", "x=y&z"}}, {{"iter", "0"}, {"vu", "1,2"}}) ==
        "checks,5,1.000000,c,,a=1&z=x=y&z,\"iter=0&vu=1,2\"\n");
}

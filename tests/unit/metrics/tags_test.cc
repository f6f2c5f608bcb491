#include "metrics/tags.h"

#include <cstdint>
#include <set>
#include <string>

#include "support/catch.h"
#include "unit/metrics/allocation_count.h"

namespace loadrun::metrics {
namespace {

TEST_CASE("a tag set is the same however it came about") {
  TagTable table;
  const TagSetId ab = table.with(table.with(table.empty(), "a", "1"), "b", "2");
  const TagSetId ba = table.with(table.with(table.empty(), "b", "2"), "a", "1");
  CHECK(ab == ba);
  CHECK(table.intern({{"a", "1"}, {"b", "2"}}) == ab);
  CHECK(table.tags(ab) == Tags{{"a", "1"}, {"b", "2"}});
  CHECK(table.intern({}) == table.empty());
  CHECK(table.tags(table.empty()).empty());
}

TEST_CASE("a tag replaces the one of the same key") {
  TagTable table;
  const TagSetId one = table.with(table.empty(), "a", "1");
  const TagSetId two = table.with(one, "a", "2");
  CHECK_FALSE(two == one);
  CHECK(table.tags(two) == Tags{{"a", "2"}});
  CHECK(table.with(two, "a", "1") == one);
  CHECK(table.with(one, "a", "1") == one);
}

TEST_CASE("key and value do not run into each other") {
  TagTable table;
  CHECK_FALSE(table.with(table.empty(), "ab", "c") == table.with(table.empty(), "a", "bc"));
  CHECK_FALSE(table.with(table.empty(), "a", "") == table.empty());
}

TEST_CASE("tag sets stay valid while the table grows") {
  TagTable table;
  const Tags& first = table.tags(table.with(table.empty(), "n", "first"));
  for (int i = 0; i < 10000; ++i) table.with(table.empty(), "n", std::to_string(i));
  CHECK(first == Tags{{"n", "first"}});
  CHECK(table.tags(table.with(table.empty(), "n", "9999")) == Tags{{"n", "9999"}});
}

TEST_CASE("building a known combination allocates nothing") {
  TagTable table;
  const std::string url = "http://127.0.0.1:8080/a/path/that/does/not/fit/into/a/short/string";
  const auto build = [&] {
    return table.with(table.with(table.with(table.empty(), "url", url), "method", "GET"), "status",
                      "200");
  };
  const TagSetId expected = build();
  const std::uint64_t before = test::allocation_count();
  const TagSetId again = build();
  const std::uint64_t after = test::allocation_count();
  CHECK(again == expected);
  CHECK(after == before);
}

TEST_CASE("an absent tag has the empty value") {
  const Tags tags{{"b", "2"}, {"d", "4"}};
  CHECK(tag_value(tags, "b") == "2");
  CHECK(tag_value(tags, "d") == "4");
  CHECK(tag_value(tags, "a").empty());
  CHECK(tag_value(tags, "c").empty());
  CHECK(tag_value(tags, "e").empty());
}

TEST_CASE("past the limit the tag that grows is folded, others are not") {
  TagTable table;
  table.limit(200);
  std::set<std::uint32_t> ids;
  for (int i = 0; i < 10000; ++i) {
    ids.insert(table.with(table.empty(), "name", std::to_string(i)).index);
  }
  CHECK(table.size() <= 201);
  CHECK(table.take_folded() == 10000 - 199);
  CHECK(table.take_folded() == 0);
  CHECK(tag_value(table.tags(table.with(table.empty(), "name", "new")), "name") == "other");
  CHECK(tag_value(table.tags(table.with(table.empty(), "name", "7")), "name") == "7");
  CHECK(tag_value(table.tags(table.with(table.empty(), "status", "503")), "status") == "503");
}

TEST_CASE("no combination of tags grows beyond twice the limit") {
  TagTable table;
  table.limit(500);
  for (int i = 0; i < 20000; ++i) {
    TagSetId tags = table.empty();
    for (int key = 0; key < 5; ++key) {
      tags = table.with(tags, "key" + std::to_string(key), std::to_string(i * (key + 7) % 90));
    }
  }
  CHECK(table.size() <= 1000);
}

}  // namespace
}  // namespace loadrun::metrics

#include <algorithm>

#include "conformance/cases.h"
#include "metrics/registry.h"
#include "outputs/csv_rows.h"
#include "outputs/json_lines.h"
#include "plan/system_tags.h"
#include "support/catch.h"

namespace loadrun::test {
namespace {

using nlohmann::json;

constexpr const char* kFile = "run.jsonl";

metrics::Tags tags_of(const json& object) {
  metrics::Tags tags;
  for (const auto& [name, value] : object.items()) tags.emplace_back(name, value);
  return tags;
}

metrics::MetricType type_of(const json& input) {
  const std::string type = input.value("type", "counter");
  return type == "gauge" ? metrics::MetricType::kGauge : metrics::MetricType::kCounter;
}

/// A plan, a series and one sample of it, as a case describes them.
struct Measured {
  explicit Measured(const json& input) {
    const bool is_data = input.value("contains", "") == "data";
    const std::string name = input.at("metric");
    const metrics::MetricId id =
        registry
            .declare(name, type_of(input),
                     is_data ? metrics::ValueKind::kData : metrics::ValueKind::kDefault)
            .value();
    series.add({registry.metric(id), tags_of(input.value("tags", json::object()))});
    if (input.contains("metadata")) batch.metadata.push_back(tags_of(input["metadata"]));
    batch.samples.push_back({.series = 0,
                             .metadata = input.contains("metadata") ? 1U : 0U,
                             .value = input.value("value", 0.0)});
    if (input.contains("thresholds")) {
      plan.thresholds.push_back({name, {}});
      for (const json& source : input["thresholds"]) {
        plan.thresholds.back().specs.push_back({.source = source});
      }
    }
    if (input.contains("submetric")) {
      plan.thresholds.push_back({name + "{" + input["submetric"].get<std::string>() + "}", {}});
    }
  }

  /// The lines of the sample, taken at `wall`.
  std::vector<json> lines(Nanoseconds wall) {
    batch.samples[0].wall = wall;
    outputs::JsonLines renderer(plan, series);
    std::string text;
    renderer.append(text, batch, batch.samples[0]);
    std::vector<json> parsed;
    for (std::size_t end = 0; (end = text.find('\n')) != std::string::npos;) {
      parsed.push_back(json::parse(text.substr(0, end)));
      text.erase(0, end + 1);
    }
    return parsed;
  }

  metrics::Registry registry;
  plan::Plan plan;
  outputs::SeriesTable series;
  outputs::Batch batch;
};

/// 2021-02-24T13:37:10Z, the only time in the cases of JSON.
constexpr Nanoseconds kTime = 1614173830s;

std::vector<std::string> fields_of(std::string row) {
  std::vector<std::string> fields;
  row.back() = ',';
  for (std::size_t end = 0; (end = row.find(',')) != std::string::npos; row.erase(0, end + 1)) {
    fields.push_back(row.substr(0, end));
  }
  return fields;
}

outputs::CsvTimeFormat format_of(const std::string& name) {
  static const std::vector<std::string> kNames{"unix",      "unix_milli", "unix_micro",
                                               "unix_nano", "rfc3339",    "rfc3339_nano"};
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  REQUIRE(found != kNames.end());
  return static_cast<outputs::CsvTimeFormat>(found - kNames.begin());
}

TEST_CASE("metrics and points are k6's lines of JSON") {
  setenv("TZ", "UTC", 1);
  for (const Case& one : cases_of(kFile, "output.json.line (JSON-equal)")) {
    INFO(one.text());
    const bool is_point = one.input.contains("time");
    if (is_point) CHECK(one.input["time"] == "2021-02-24T13:37:10Z");
    const auto lines = Measured(one.input).lines(kTime);
    REQUIRE(lines.size() == 2);
    CHECK(lines[is_point ? 1 : 0] == json::parse(one.expected.get<std::string>()));
  }
}

TEST_CASE("a metric's line comes before its first point, once") {
  const Case one = cases_of(kFile, "output.json.order").at(0);
  REQUIRE(one.expected == true);
  Measured measured({{"metric", "mine"}, {"tags", {{"a", "b"}}}});
  outputs::JsonLines renderer(measured.plan, measured.series);
  std::string text;
  measured.series.add({measured.series.at(0).metric, {}});
  measured.batch.samples.push_back({.series = 1});
  for (const auto& sample : measured.batch.samples) renderer.append(text, measured.batch, sample);
  CHECK(text.starts_with(R"({"type":"Metric")"));
  CHECK(text.find(R"("type":"Metric")", 20) == std::string::npos);
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
}

TEST_CASE("the columns of CSV are those of the enabled system tags") {
  for (const Case& one : cases_of(kFile, "output.csv.header")) {
    INFO(one.text());
    REQUIRE(one.input.at("system_tags") == "default");
    const outputs::SeriesTable series;
    const outputs::CsvRows rows(plan::default_system_tags(), outputs::CsvTimeFormat::kUnix, series);
    CHECK(json(fields_of(rows.header())) == one.expected);
  }
}

TEST_CASE("rows of CSV are k6's") {
  setenv("TZ", "UTC", 1);
  for (const Case& one : cases_of(kFile, "output.csv.row")) {
    INFO(one.text());
    Measured measured(one.input);
    measured.batch.samples[0].wall = std::chrono::seconds(one.input.at("unix_s").get<int>()) +
                                     Nanoseconds(one.input.at("ns").get<int>());
    const auto columns = one.input.at("column_tags").get<std::vector<std::string>>();
    outputs::CsvRows rows(columns, format_of(one.input.at("time_format")), measured.series);
    std::string row;
    rows.append(row, measured.batch, measured.batch.samples[0]);
    const std::vector<std::string> fields = fields_of(row);
    const json& prefix = one.expected.at("row_prefix");
    for (std::size_t i = 0; i < prefix.size(); ++i) {
      const bool is_words = prefix[i] == "RFC3339 of 1562324644 in local tz";
      CHECK(fields.at(i) == (is_words ? json("2019-07-05T11:04:04Z") : prefix[i]));
    }
    for (const json& extra : one.expected.at("extra_tags_contains")) {
      CHECK_THAT(fields.at(fields.size() - 2), Catch::Contains(extra.get<std::string>()));
    }
  }
}

}  // namespace
}  // namespace loadrun::test

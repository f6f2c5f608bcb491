#include "outputs/result_file.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "base/version.h"
#include "metrics/histogram_codec.h"
#include "support/catch.h"
#include "support/temp_folder.h"
#include "unit/outputs/result_reader.h"
#include "unit/report/recording.h"

namespace loadrun::outputs {
namespace {

using metrics::Builtin;
using metrics::Sink;
using metrics::ValueKind;
using test::Recording;
using test::ResultReader;
using test::TempFolder;

/// A run whose batches are made by hand.
struct HandMadeRun {
  TempFolder folder;
  std::string path = folder.path() + "/result.db";
  plan::Plan plan;
  metrics::Registry registry;
  SeriesTable series;
  RunInfo info{plan, series, "load/test.lua", "return {}", 42, 3, 1'700'000'000'123ms, {"TOKEN"}};
  ResultFile file{path};

  std::uint32_t add(Builtin metric, metrics::Tags tags = {}) {
    return series.add({registry.metric(metrics::id_of(metric)), std::move(tags)});
  }
  Batch::Part part(std::uint32_t index, const std::vector<double>& values) const {
    const metrics::Metric& metric = series.at(index).metric;
    Sink sink = metrics::make_sink(metric.type, metric.contains);
    for (const double value : values) metrics::add(sink, value, {});
    return {index, std::move(sink)};
  }
  void write(Nanoseconds second, std::vector<Batch::Part> parts) {
    Batch batch;
    batch.second = second;
    batch.parts = std::move(parts);
    REQUIRE(file.write(batch).ok());
  }
};

plan::Scenario default_scenario() {
  plan::Scenario scenario;
  scenario.name = "default";
  return scenario;
}

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

TEST_CASE("a result file says from the start what is run, where and how") {
  HandMadeRun run;
  run.plan.scenarios.push_back(default_scenario());
  REQUIRE(run.file.start(run.info).ok());
  ResultReader reader(run.path);
  CHECK(reader.value("PRAGMA user_version") == "1");
  CHECK(reader.value("PRAGMA application_id") == std::to_string(0x6c6f6164));
  CHECK(reader.value("SELECT script, version, started, seed, workers FROM run") ==
        std::string("load/test.lua|") + kVersion + "|2023-11-14T22:13:20.123Z|42|3");
  CHECK(reader.value("SELECT script_sha256 FROM run") ==
        "7df8f0cd9e1cd0b204a760783671c0ccca4a3258dc7c51f59e9e2295c6c25315");
  CHECK(reader.value("SELECT options ->> '$.scenarios.default.executor' FROM run") ==
        "constant-vus");
  CHECK(reader.value("SELECT duration, exit_code, verdict FROM run") == "||");
  CHECK(reader.value("SELECT name FROM environment") == "cpu_model\ncpus\nkernel\nmemory");
  CHECK(reader.value("SELECT value >= 1 FROM environment WHERE name = 'cpus'") == "1");
}

TEST_CASE("a result file holds no secrets") {
  constexpr const char* kVariable = "LOADRUN_TEST_TOKEN";
  setenv(kVariable, "s3cret-of-environment", 1);
  HandMadeRun run;
  plan::Scenario scenario = default_scenario();
  scenario.env["TOKEN"] = "s3cret-of-scenario";
  run.plan.scenarios.push_back(scenario);
  run.plan.tls.auth = {{"certificate", "s3cret-key", "s3cret-password", {}}};
  REQUIRE(run.file.start(run.info).ok());
  unsetenv(kVariable);
  ResultReader reader(run.path);
  CHECK(reader.value("SELECT name FROM variables WHERE name LIKE '%TO%'") ==
        std::string(kVariable) + "\nTOKEN");
  CHECK(reader.value("SELECT options ->> '$.tlsAuth[0].cert' FROM run") == "certificate");
  CHECK(reader.value("SELECT options -> '$.scenarios.default.env' FROM run") == "{\"TOKEN\":null}");
  CHECK(text_of(run.path).find("s3cret") == std::string::npos);
}

TEST_CASE("a result file holds what each series accumulated in each second") {
  HandMadeRun run;
  const auto requests = run.add(Builtin::kHttpReqs, {{"name", "it's \"a\""}, {"status", "200"}});
  const auto vus = run.add(Builtin::kVus);
  const auto failed = run.add(Builtin::kHttpReqFailed);
  const auto duration = run.add(Builtin::kHttpReqDuration, {{"name", "\xff"}});
  REQUIRE(run.file.start(run.info).ok());
  run.write(0s, {run.part(requests, {1, 1, 0.5}), run.part(vus, {3, 1, 2})});
  run.write(1s, {run.part(failed, {0, 1, 0, 0}), run.part(duration, {1.5, 250, 20})});
  run.write(1s, {run.part(requests, {1})});
  run.write(3600s, {run.part(requests, {4})});

  ResultReader reader(run.path);
  CHECK(reader.value("SELECT * FROM metrics") ==
        "http_req_duration|trend|time\nhttp_req_failed|rate|default\nhttp_reqs|counter|default\n"
        "vus|gauge|default");
  CHECK(reader.value("SELECT * FROM series") ==
        "1|http_reqs|{\"name\":\"it's \\\"a\\\"\",\"status\":\"200\"}\n2|vus|{}\n"
        "3|http_req_failed|{}\n4|http_req_duration|{\"name\":\"\xef\xbf\xbd\"}");
  CHECK(reader.value("SELECT * FROM counters") == "1|0|2.5\n1|1|1.0\n1|3600|4.0");
  CHECK(reader.value("SELECT * FROM gauges") == "2|0|2.0|1.0|3.0");
  CHECK(reader.value("SELECT * FROM rates") == "3|1|1|4");
  CHECK(reader.value("SELECT series, second, count, sum, min, max FROM trends") ==
        "4|1|3|271.5|1.5|250.0");
  CHECK(reader.value("SELECT length(histogram) BETWEEN 4 AND 32 FROM trends") == "1");
}

// What a reader sees while the run goes on is what is there when the process is killed.
TEST_CASE("a result file is complete up to the last batch at any time") {
  HandMadeRun run;
  const auto requests = run.add(Builtin::kHttpReqs);
  REQUIRE(run.file.start(run.info).ok());
  for (int second = 0; second < 5; ++second) {
    run.write(std::chrono::seconds(second), {run.part(requests, {1})});
    ResultReader reader(run.path);
    CHECK(reader.value("PRAGMA integrity_check") == "ok");
    CHECK(reader.value("SELECT sum(sum), max(second) FROM counters") ==
          std::to_string(second + 1) + ".0|" + std::to_string(second));
    const std::string copy = run.folder.path() + "/copy.db";
    std::filesystem::copy_file(run.path, copy, std::filesystem::copy_options::overwrite_existing);
    CHECK(ResultReader(copy).value("SELECT max(second) FROM counters") == std::to_string(second));
  }
}

TEST_CASE("a result file never replaces what is there") {
  HandMadeRun run;
  run.folder.write("result.db", "of last week");
  const Result<void> started = run.file.start(run.info);
  REQUIRE_FALSE(started.ok());
  CHECK(started.error().message ==
        "cannot create " + run.path +
            ": the file exists already, and results are never overwritten");
  CHECK(text_of(run.path) == "of last week");
}

TEST_CASE("a result file that cannot be made names itself and the reason") {
  HandMadeRun run;
  ResultFile nowhere(run.folder.path() + "/nowhere/result.db");
  const Result<void> started = nowhere.start(run.info);
  REQUIRE_FALSE(started.ok());
  CHECK(started.error().message ==
        "cannot create " + run.folder.path() + "/nowhere/result.db: No such file or directory");
}

TEST_CASE("a result file whose name means something to SQLite is a file") {
  HandMadeRun run;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(run.folder.path());
  ResultFile memory(":memory:");
  CHECK(memory.start(run.info).ok());
  std::filesystem::current_path(before);
  CHECK(ResultReader(run.folder.path() + "/:memory:").value("PRAGMA user_version") == "1");
}

TEST_CASE("a result file that is damaged while it is written says so") {
  HandMadeRun run;
  const auto requests = run.add(Builtin::kHttpReqs);
  REQUIRE(run.file.start(run.info).ok());
  ResultReader(run.path).rows("DROP TABLE counters");
  Batch batch;
  batch.parts.push_back(run.part(requests, {1}));
  const Result<void> written = run.file.write(batch);
  REQUIRE_FALSE(written.ok());
  CHECK(written.error().message == "cannot write to " + run.path + ": no such table: counters");
}

TEST_CASE("a result file ends with what the run amounted to") {
  HandMadeRun run;
  Recording recording;
  recording.set_elapsed(4s);
  recording.threshold("http_req_duration", "p(95)<5");
  recording.threshold("http_reqs", "count>1");
  std::vector<double> values;
  for (int i = 1; i <= 1000; ++i) values.push_back(i / 100.0);
  for (const double ms : values) {
    recording.record(Builtin::kHttpReqDuration, ms, {{"name", "read"}});
    recording.record(Builtin::kHttpReqs, 1, {{"name", "read"}});
  }
  recording.check("::login", "status is 200", true, 3);
  recording.check("::login", "status is 200", false, 2);
  recording.check("", "top", true, 1);
  const auto duration = run.add(Builtin::kHttpReqDuration, {{"name", "read"}});
  REQUIRE(run.file.start(run.info).ok());
  run.write(0s, {run.part(duration, {1, 2})});
  recording.set_end(ExitCode::kThresholdsFailed, "crossed");
  recording.raised({"a.lua", 7, "no stock"}, {{1s}, "buy", 3, 9}, 4);
  recording.failed({1503, 503}, {{2s}, "GET", "read", ""}, 2);
  recording.set_verdict({metrics::Validity::kIncomplete,
                         {{.validity = metrics::Validity::kIncomplete,
                           .rule = "dropped",
                           .text = "too few VUs",
                           .advice = "More.",
                           .last_second = 29},
                          {.rule = "busy",
                           .text = "97 % busy",
                           .advice = "Less.",
                           .worker = 0,
                           .first_second = 12,
                           .last_second = 19}}});
  REQUIRE(run.file.finish(recording.input()).ok());

  ResultReader reader(run.path);
  CHECK(reader.value("SELECT duration, exit_code, verdict, reason, validity FROM run") ==
        "4.0|99|failed|crossed|INCOMPLETE");
  CHECK(reader.value("SELECT * FROM verdict_reasons") ==
        "dropped|INCOMPLETE||0|29|too few VUs|More.\n"
        "busy|DEGRADED|0|12|19|97 % busy|Less.");
  CHECK(reader.value("SELECT kind, file, line, message, count, example FROM errors LIMIT 1") ==
        "iteration|a.lua|7|no stock|4|{\"scenario\":\"buy\",\"vu\":3,\"iteration\":9}");
  CHECK(reader.value("SELECT code, status, count FROM errors WHERE kind = 'request'") ==
        "1503|503|2");
  CHECK(reader.value("SELECT metric, source, stat, round(observed, 1), ok FROM thresholds") ==
        "http_req_duration|p(95)<5|p(95)|9.5|0\nhttp_reqs|count>1|count|1000.0|1");
  CHECK(reader.value("SELECT * FROM checks") == "|top|1|0\n::login|status is 200|3|2");
  CHECK(reader.value("SELECT stat, value FROM summary WHERE metric = 'http_reqs'") ==
        "count|1000.0\nrate|250.0");
  CHECK(reader.value("SELECT stat, value FROM summary WHERE metric = 'http_req_duration' "
                     "AND stat IN ('count', 'max', 'avg')") == "avg|5.005\ncount|1000.0\nmax|10.0");
  CHECK(reader.value("SELECT d.series, s.metric, d.count, d.sum, d.min, d.max, abs(d.p95 - 9.5) < "
                     "0.02 FROM distributions d JOIN series s ON s.id = d.series") ==
        "1|http_req_duration|1000|5005.0|0.01|10.0|1");
  metrics::Histogram expected(ValueKind::kTime);
  for (const double ms : values) expected.add(ms);
  std::string hex;
  for (const char c : metrics::serialise(expected)) {
    hex += fmt::format("{:02X}", static_cast<unsigned char>(c));
  }
  CHECK(reader.value("SELECT hex(histogram) FROM distributions") == hex);
}

// Durations of requests: log-normal, a series in ten far slower, and the load swings.
TEST_CASE("10 minutes of 100 series take at most 5 MB") {
  constexpr int kSeconds = 600;
  constexpr int kSeries = 100;
  HandMadeRun run;
  Recording recording;
  for (int i = 0; i < kSeries; ++i) {
    run.add(Builtin::kHttpReqDuration, {{"method", "GET"},
                                        {"name", "http://shop.example/page/" + std::to_string(i)},
                                        {"scenario", "browse"},
                                        {"status", "200"}});
  }
  REQUIRE(run.file.start(run.info).ok());
  std::mt19937_64 random(1);
  std::uniform_int_distribution<std::size_t> load(60, 140);
  for (int second = 0; second < kSeconds; ++second) {
    std::vector<Batch::Part> parts;
    for (std::uint32_t i = 0; i < kSeries; ++i) {
      std::lognormal_distribution<double> duration(i % 10 == 0 ? 5 : 2.5, 0.5);
      std::vector<double> values(load(random));
      for (double& value : values) {
        value = std::round(duration(random) * 1e6) / 1e6;  // whole nanoseconds
        recording.record(Builtin::kHttpReqDuration, value, run.series.at(i).tags);
      }
      parts.push_back(run.part(i, values));
    }
    run.write(std::chrono::seconds(second), std::move(parts));
  }
  REQUIRE(run.file.finish(recording.input()).ok());
  CHECK(ResultReader(run.path).value("SELECT count(*) FROM trends") == "60000");
  const auto size = std::filesystem::file_size(run.path);
  INFO("the file has " << size << " bytes");
  CHECK(size <= 5'000'000);
}

}  // namespace
}  // namespace loadrun::outputs

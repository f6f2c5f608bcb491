#include "outputs/csv_settings.h"

#include <map>

#include "support/catch.h"

using namespace loadrun;
using outputs::CsvTimeFormat;

namespace {

using Variables = std::map<std::string, std::string>;

Result<outputs::CsvSettings> read(std::string_view argument, const Variables& variables = {}) {
  return outputs::read_csv_settings(argument,
                                    [&variables](const char* name) -> std::optional<std::string> {
                                      const auto found = variables.find(name);
                                      if (found == variables.end()) return std::nullopt;
                                      return found->second;
                                    });
}

std::string problem(std::string_view argument, const Variables& variables = {}) {
  const auto settings = read(argument, variables);
  REQUIRE_FALSE(settings.ok());
  return settings.error().message;
}

}  // namespace

TEST_CASE("CSV goes to file.csv unless it is told where") {
  CHECK(read("").value().file_name == "file.csv");
  CHECK(read("").value().time_format == CsvTimeFormat::kUnix);
  CHECK(read("x.csv").value().file_name == "x.csv");
  CHECK(read("-").value().file_name == "-");
}

TEST_CASE("the argument's keys come over the environment") {
  const Variables variables{{"LOADRUN_CSV_FILENAME", "env.csv"},
                            {"LOADRUN_CSV_SAVE_INTERVAL", "2s"},
                            {"LOADRUN_CSV_TIME_FORMAT", "rfc3339_nano"}};
  CHECK(read("", variables).value().file_name == "env.csv");
  CHECK(read("", variables).value().time_format == CsvTimeFormat::kRfc3339Nano);
  const auto settings = read("fileName=arg.csv,saveInterval=1s,timeFormat=rfc3339", variables);
  CHECK(settings.value().file_name == "arg.csv");
  CHECK(settings.value().time_format == CsvTimeFormat::kRfc3339);
}

TEST_CASE("what CSV cannot read is named with what it could") {
  CHECK_THAT(problem("fileName=a.csv,foo=1"),
             Catch::Contains("\"foo\"") && Catch::Contains("timeFormat="));
  CHECK_THAT(problem("x.csv,timeFormat=unix"), Catch::Contains("\"x.csv\""));
  CHECK_THAT(problem("timeFormat=iso"),
             Catch::Contains("\"iso\"") && Catch::Contains("unix_milli"));
  CHECK_THAT(problem("saveInterval=soon"), Catch::Contains("\"soon\""));
  CHECK_THAT(problem("saveInterval=0s"), Catch::Contains("\"0s\""));
  CHECK_THAT(problem("", {{"LOADRUN_CSV_TIME_FORMAT", "iso"}}),
             Catch::Contains("LOADRUN_CSV_TIME_FORMAT: \"iso\""));
}

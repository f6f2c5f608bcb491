#include "outputs/result_file.h"

#include <fmt/format.h>

#include <filesystem>

#include "outputs/result_about.h"
#include "outputs/result_schema.h"
#include "outputs/result_totals.h"

namespace loadrun::outputs {

std::string ResultFile::description() const { return fmt::format("result ({})", path_); }

Result<void> ResultFile::start(const RunInfo& run) {
  Result<Database> created = Database::create(path_);
  if (!created.ok()) return created.error();
  Database& database = created.value();
  // Waiting for the disk each second would disturb the run; what is written survives the process.
  database.run("PRAGMA synchronous = OFF");
  database.run("BEGIN");
  database.run(kResultSchema);
  write_about(database, run);
  database.run("COMMIT");
  if (auto written = database.result(); !written.ok()) {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);  // nothing is in it
    return written;
  }
  writer_ = std::make_unique<Writer>(std::move(created).value());
  table_ = &run.series;
  return writer_->database.result();
}

Result<void> ResultFile::write(const Batch& batch) {
  writer_->database.run("BEGIN");
  for (const Batch::Part& part : batch.parts) {
    const Series& series = table_->at(part.series);
    writer_->parts.add(writer_->series.number_of(series.metric, series.tags), batch.second / 1s,
                       part.sink);
  }
  writer_->database.run("COMMIT");
  return writer_->database.result();
}

Result<void> ResultFile::finish(const report::SummaryInput& results) {
  Database& database = writer_->database;
  database.run("PRAGMA synchronous = FULL");
  database.run("BEGIN");
  write_totals(database, writer_->series, results);
  database.run("COMMIT");
  return database.result();
}

Result<std::unique_ptr<Output>> make_result_file(std::string_view argument, const Environment&) {
  if (argument.empty()) {
    return Error{ExitCode::kGeneric, "it needs the name of a new file: result=FILE.db"};
  }
  return std::unique_ptr<Output>(std::make_unique<ResultFile>(std::string(argument)));
}

}  // namespace loadrun::outputs

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "outputs/make_output.h"
#include "outputs/output.h"
#include "outputs/result_parts.h"
#include "outputs/result_series.h"
#include "outputs/sqlite.h"

namespace loadrun::outputs {

/// A run in an SQLite file (docs/result-file.md): what was measured in each second while it goes
/// on, and what it amounted to at its end. Each batch is a transaction: a process that is killed
/// leaves a file that is complete up to the last one.
class ResultFile final : public Output {
 public:
  /// `path` is where the file will be; it must not exist when the run starts.
  explicit ResultFile(std::string path) : path_(std::move(path)) {}

  std::string description() const override;
  bool wants_samples() const override { return false; }
  Result<void> start(const RunInfo& run) override;
  Result<void> write(const Batch& batch) override;
  Result<void> finish(const report::SummaryInput& results) override;

 private:
  /// The open file.
  struct Writer {
    explicit Writer(Database opened) : database(std::move(opened)) {}

    Database database;  // first: the others refer to it
    ResultSeries series{database};
    ResultParts parts{database};
  };

  std::string path_;
  const SeriesTable* table_ = nullptr;  // the run's, which outlives its outputs
  std::unique_ptr<Writer> writer_;
};

/// The output `result`: a ResultFile at `argument`. Fails when that is "".
Result<std::unique_ptr<Output>> make_result_file(std::string_view argument,
                                                 const Environment& environment);

}  // namespace loadrun::outputs

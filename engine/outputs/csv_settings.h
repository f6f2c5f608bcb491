#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "outputs/csv_rows.h"
#include "outputs/make_output.h"

namespace loadrun::outputs {

/// What is known of a CSV output before the run.
struct CsvSettings {
  std::string file_name = "file.csv";  ///< "-" is standard output.
  CsvTimeFormat time_format = CsvTimeFormat::kUnix;
};

/// From the environment (LOADRUN_CSV_FILENAME, _SAVE_INTERVAL, _TIME_FORMAT) and over it from the
/// argument: a file name or "fileName=x,saveInterval=1s,timeFormat=unix". The interval is checked
/// only: rows are written as they come, once a second. Fails (kGeneric) on what cannot be read.
Result<CsvSettings> read_csv_settings(std::string_view argument, const Environment& environment);

}  // namespace loadrun::outputs

#pragma once

#include "metrics/errors.h"
#include "outputs/sqlite.h"

namespace loadrun::outputs {

/// Writes the table `errors` of a result file: iterations that raised, by place and message, and
/// requests that failed, by code and status, each with its earliest example.
void write_errors(Database& database, const metrics::Errors& errors);

}  // namespace loadrun::outputs

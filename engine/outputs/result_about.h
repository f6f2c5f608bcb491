#pragma once

#include "outputs/output.h"
#include "outputs/sqlite.h"

namespace loadrun::outputs {

/// Writes what is known of a run before it starts into the tables `run`, `environment` and
/// `variables` of a result file. Leaves out what may be secret: the values of variables and of
/// scenarios' `env`, and the keys of client certificates.
void write_about(Database& database, const RunInfo& run);

}  // namespace loadrun::outputs

#pragma once

#include "plan/executor.h"
#include "plan/object_reader.h"

namespace loadrun::plan {

/// Reads what says how to search: `start`, `factor`, `stepDuration`, `settle`, `maxRate` and
/// `objective`, and reports what is wrong with them. Whether the objective's metrics exist is
/// checked where they are known (metrics::Objective).
void read_search(ObjectReader& fields, Capacity& capacity);

}  // namespace loadrun::plan

#pragma once

#include "report/summary_input.h"
#include "report/summary_values.h"

namespace loadrun::report {

/// How the run ended and the verdict on the load generator: "passed", "exit_code", "reason",
/// "state" and "reasons", a list of {rule, state, text, advice, worker, from_s, to_s}, the worst
/// first; "worker" is left out where it is not about one. docs/summary.schema.json describes it.
Json verdict_object(const SummaryInput& input);

/// Adds it to the member "loadrun", as "verdict".
void add_verdict(Json& document, const SummaryInput& input);

}  // namespace loadrun::report

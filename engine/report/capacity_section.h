#pragma once

#include <string>

#include "report/summary_input.h"
#include "report/summary_values.h"
#include "report/text_style.h"

namespace loadrun::report {

/// What a capacity search found and a table of its probes; "" without a search.
std::string capacity_lines(const SummaryInput& input, TextStyle style);

/// The same for programs. REQUIRES: there was a search.
Json capacity_object(const SummaryInput& input);

/// Adds capacity_object() to the member "loadrun", as "capacity", if there was a search.
void add_capacity(Json& document, const SummaryInput& input);

}  // namespace loadrun::report

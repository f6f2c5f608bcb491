#pragma once

#include <string>

namespace loadrun::outputs {

/// Appends `value` as JavaScript and Go's JSON write it: the shortest decimal that reads back as
/// the same double, with an exponent below 1e-6 and from 1e21 on. REQUIRES: `value` is finite.
void append_number(std::string& out, double value);

/// Appends it with six digits behind the point, as %f does.
void append_fixed(std::string& out, double value);

}  // namespace loadrun::outputs

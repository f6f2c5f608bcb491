#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace loadrun {

/// Parses a duration as k6 does on the command line: Go's syntax ("1h2m3.5s", "300ms", "-1m") with
/// an optional leading count of whole days ("1d2h"). A unit is required, except for "0". Fails with
/// kInvalidConfig on anything else and on values past ±292 years.
Result<Nanoseconds> parse_duration(std::string_view text);

/// Like parse_duration, and a bare number ("1500", "0.5") is milliseconds: environment, config file
/// and script strings.
Result<Nanoseconds> parse_duration_or_ms(std::string_view text);

/// `ms` milliseconds, as a number in a script or a config file. Fails outside ±292 years and on
/// NaN.
Result<Nanoseconds> duration_from_ms(double ms);

/// Go's spelling: "1m15s", "1h0m5s", "1.5ms", "0s".
std::string format_duration(Nanoseconds d);

}  // namespace loadrun

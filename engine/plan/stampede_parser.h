#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "plan/executor.h"
#include "plan/object_reader.h"

namespace loadrun::plan {

/// Reads an RFC 3339 time ("2026-05-01T12:00:00.5+02:00") or a time after the test's start
/// ("T+30s"). Fails (kInvalidConfig) on anything else.
Result<StartAt> parse_start_at(std::string_view text);

/// What parse_start_at reads as `start`; times in UTC.
std::string start_at_text(const StartAt& start);

/// Settles how far ahead a start on the wall clock is, which shows `wall` (since the epoch) now.
/// Returns what is wrong with it, e.g. that it has passed; "" when nothing is.
std::string settle_start(Stampede& stampede, Nanoseconds wall);

/// Reads `prepare`, `prepareTimeout` and `startAt`, and reports what is wrong with them.
Stampede read_stampede(ObjectReader& fields);

}  // namespace loadrun::plan

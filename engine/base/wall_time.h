#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"

namespace loadrun {

/// A second of the local time as RFC 3339 writes it.
struct LocalTime {
  std::string date;  ///< "2026-01-02T03:04:05"
  std::string zone;  ///< "+01:00", or "Z" where it is UTC.
};

/// `second` since 1970.
LocalTime local_time(std::int64_t second);

/// "2026-01-02T03:04:05.678Z"
std::string utc_text(Nanoseconds since_1970);

}  // namespace loadrun

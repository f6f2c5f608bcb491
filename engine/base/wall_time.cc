#include "base/wall_time.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>

namespace loadrun {
namespace {

std::string zone_text(long offset_s) {
  if (offset_s == 0) return "Z";
  const long minutes = std::abs(offset_s) / 60;
  return fmt::format("{}{:02}:{:02}", offset_s < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

}  // namespace

LocalTime local_time(std::int64_t second) {
  const std::time_t time = second;
  std::tm local{};
  localtime_r(&time, &local);
  return {fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", local.tm_year + 1900, local.tm_mon + 1,
                      local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec),
          zone_text(local.tm_gmtoff)};
}

std::string utc_text(Nanoseconds since_1970) {
  const std::int64_t ms = std::chrono::floor<std::chrono::milliseconds>(since_1970).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::time_t{ms / 1000}), ms % 1000);
}

}  // namespace loadrun

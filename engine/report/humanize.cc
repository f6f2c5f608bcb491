#include "report/humanize.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace loadrun::report {
namespace {

// Rounds exact ties away from zero, as JavaScript's toFixed does; printf rounds them to even.
std::string to_fixed(double value, int decimals) {
  const double factor = std::pow(10, decimals);
  const double scaled = value * factor;
  const bool exact = std::fma(value, factor, -scaled) == 0;
  if (exact && std::abs(scaled - std::trunc(scaled)) == 0.5) {
    value = std::nextafter(value, std::copysign(std::numeric_limits<double>::infinity(), value));
  }
  return fmt::format("{:.{}f}", value, decimals);
}

std::string without_trailing_zeros(std::string text) {
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::string truncated(double value) {
  return without_trailing_zeros(to_fixed(std::trunc(value * 100) / 100, 2));
}

std::string in_whole_seconds(double ms) {
  const auto seconds = static_cast<std::int64_t>(ms / 1000);
  if (seconds < 3600) return fmt::format("{}m{}s", seconds / 60, seconds % 60);
  return fmt::format("{}h{}m{}s", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string time_in_fitting_unit(double ms) {
  if (ms == 0) return "0s";
  if (ms < 0.001) return fmt::format("{}ns", static_cast<std::int64_t>(ms * 1e6));
  if (ms < 1) return truncated(ms * 1000) + "µs";
  if (ms < 1000) return truncated(ms) + "ms";
  if (ms < 60'000) return truncated(ms / 1000) + "s";
  return in_whole_seconds(ms);
}

std::string humanize_time(double ms, std::string_view unit) {
  if (unit == "s") return to_fixed(ms / 1000, 2) + "s";
  if (unit == "ms") return to_fixed(ms, 2) + "ms";
  if (unit == "us") return to_fixed(ms * 1000, 2) + "µs";
  return time_in_fitting_unit(ms);
}

std::string humanize_data(double bytes) {
  static constexpr std::array kUnits{"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 10) return fmt::format("{} B", bytes);
  std::size_t unit = 0;
  double divisor = 1;
  while (bytes / divisor >= 1000 && unit + 1 < kUnits.size()) {
    divisor *= 1000;
    ++unit;
  }
  const double value = std::floor(bytes / divisor * 10 + 0.5) / 10;
  return fmt::format("{} {}", to_fixed(value, value < 10 ? 1 : 0), kUnits[unit]);
}

}  // namespace

std::string humanize_rate(double share) {
  return to_fixed(std::trunc(share * 100 * 100) / 100, 2) + "%";
}

std::string humanize(double value, metrics::ValueKind kind, std::string_view time_unit) {
  switch (kind) {
    case metrics::ValueKind::kTime:
      return humanize_time(value, time_unit);
    case metrics::ValueKind::kData:
      return humanize_data(value);
    case metrics::ValueKind::kDefault:
      break;
  }
  return without_trailing_zeros(to_fixed(value, 6));
}

}  // namespace loadrun::report

#include "report/summary_mode.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace loadrun::report {

Result<SummaryMode> parse_summary_mode(std::string_view text) {
  static constexpr std::array kModes{
      std::pair{std::string_view("compact"), SummaryMode::kCompact},
      std::pair{std::string_view("full"), SummaryMode::kFull},
      std::pair{std::string_view("legacy"), SummaryMode::kLegacy},
      std::pair{std::string_view("disabled"), SummaryMode::kDisabled},
  };
  for (const auto& [name, mode] : kModes) {
    if (name == text) return mode;
  }
  return Error{ExitCode::kGeneric,
               fmt::format("--summary-mode: \"{}\" is not a summary mode (expected compact, full, "
                           "legacy or disabled)",
                           text)};
}

}  // namespace loadrun::report

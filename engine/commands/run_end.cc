#include "commands/run_end.h"

#include <fmt/format.h>

#include <algorithm>

namespace loadrun::commands {
namespace {

using metrics::Validity;

std::optional<std::string> first_reason(const metrics::Verdict& verdict, Validity validity) {
  const auto reason =
      std::ranges::find(verdict.reasons, validity, &metrics::VerdictReason::validity);
  if (reason == verdict.reasons.end()) return std::nullopt;
  return fmt::format("the figures are {}: {}", metrics::name_of(validity), reason->text);
}

}  // namespace

std::optional<std::string> objection(const metrics::Verdict& verdict, const VerdictPolicy& policy) {
  std::optional<std::string> found;
  if (!policy.allow_invalid) found = first_reason(verdict, Validity::kInvalid);
  if (!found && policy.require_complete) found = first_reason(verdict, Validity::kIncomplete);
  return found;
}

report::RunEnd with_objection(report::RunEnd end, const std::optional<std::string>& objection) {
  if (end.code != ExitCode::kOk || !objection) return end;
  return {ExitCode::kInvalidRun, *objection};
}

report::RunEnd with_losses(report::RunEnd end, const std::vector<report::OutputLoss>& losses) {
  const bool comes_after = end.code == ExitCode::kOk || end.code == ExitCode::kInvalidRun;
  if (losses.empty() || !comes_after) return end;
  return {ExitCode::kOutputFailed, fmt::format("output {} failed", losses.front().output)};
}

}  // namespace loadrun::commands

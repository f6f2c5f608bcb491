#include "commands/run_end.h"

#include "support/catch.h"

namespace loadrun::commands {
namespace {

using metrics::Validity;

metrics::Verdict verdict_of(std::vector<Validity> validities) {
  metrics::Verdict verdict;
  for (const Validity validity : validities) {
    verdict.reasons.push_back({.validity = validity, .text = "why"});
  }
  if (!validities.empty()) verdict.validity = validities.front();
  return verdict;
}

std::string said(std::vector<Validity> validities, VerdictPolicy policy) {
  return objection(verdict_of(std::move(validities)), policy).value_or("");
}

constexpr VerdictPolicy kNone{};
constexpr VerdictPolicy kAllow{.allow_invalid = true};
constexpr VerdictPolicy kComplete{.require_complete = true};
constexpr VerdictPolicy kBoth{.allow_invalid = true, .require_complete = true};

}  // namespace

TEST_CASE("which verdicts a run is failed for") {
  const std::vector<Validity> both{Validity::kInvalid, Validity::kIncomplete};
  for (const VerdictPolicy policy : {kNone, kAllow, kComplete, kBoth}) {
    CHECK(said({}, policy).empty());
    CHECK(said({Validity::kDegraded}, policy).empty());
  }
  CHECK(said({Validity::kInvalid}, kNone) == "the figures are INVALID: why");
  CHECK(said({Validity::kInvalid}, kAllow).empty());
  CHECK(said({Validity::kInvalid}, kComplete) == "the figures are INVALID: why");
  CHECK(said({Validity::kInvalid}, kBoth).empty());
  CHECK(said({Validity::kIncomplete}, kNone).empty());
  CHECK(said({Validity::kIncomplete}, kComplete) == "the figures are INCOMPLETE: why");
  CHECK(said({Validity::kIncomplete}, kBoth) == "the figures are INCOMPLETE: why");
  CHECK(said(both, kNone) == "the figures are INVALID: why");
  CHECK(said(both, kAllow).empty());
  CHECK(said(both, kBoth) == "the figures are INCOMPLETE: why");
}

// 99, 110, 93, 95, 0; and what ended the run early stays.
TEST_CASE("the order of exit codes at the end of a run") {
  const std::vector<report::OutputLoss> lost{{"json (a.json)", 1, "full"}};
  for (const ExitCode code : {ExitCode::kThresholdsFailed, ExitCode::kMarkedAsFailed,
                              ExitCode::kExternalAbort, ExitCode::kScriptException}) {
    const report::RunEnd end = with_objection({code, "first"}, "invalid");
    CHECK(end.code == code);
    CHECK(end.reason == "first");
    CHECK(with_losses(end, lost).code == code);
  }
  const report::RunEnd invalid = with_objection({}, "invalid");
  CHECK(invalid.code == ExitCode::kInvalidRun);
  CHECK(invalid.reason == "invalid");
  CHECK(with_losses(invalid, {}).code == ExitCode::kInvalidRun);
  CHECK(with_losses(invalid, lost).code == ExitCode::kOutputFailed);
  CHECK(with_losses({}, lost).reason == "output json (a.json) failed");
  CHECK(with_objection({}, std::nullopt).code == ExitCode::kOk);
  CHECK(with_losses({}, {}).code == ExitCode::kOk);
}

}  // namespace loadrun::commands

#pragma once

namespace loadrun {

/// Process exit codes. Those up to 110 are k6's; the others are added by loadrun.
enum class ExitCode : int {
  kOk = 0,
  kOutputFailed = 93,
  kRegressionFound = 94,
  kInvalidRun = 95,
  kThresholdsFailed = 99,
  kSetupTimeout = 100,
  kTeardownTimeout = 101,
  kGenericTimeout = 102,
  kStoppedByApi = 103,
  kInvalidConfig = 104,
  kExternalAbort = 105,
  kCannotStartApi = 106,
  kScriptException = 107,
  kScriptAborted = 108,
  kInternalError = 109,
  kMarkedAsFailed = 110,
  kGeneric = 255,
};

}  // namespace loadrun

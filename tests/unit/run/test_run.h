#pragma once

#include <memory>
#include <string>
#include <vector>

#include "run/coordinator.h"

namespace loadrun::test {

/// The plan of a script's options. REQUIRES: they are valid.
plan::Plan plan_of(const std::string& options_json, const std::vector<std::string>& exports);

/// A whole run as the command makes it, in real time, without output.
class TestRun {
 public:
  /// REQUIRES: the script's first init succeeds and its options are valid.
  explicit TestRun(std::string source, std::uint32_t workers = 1);

  /// Once.
  run::RunResult run();
  /// What a counter, or the trues of a rate, came to.
  double count(const std::string& metric) const;
  const metrics::Totals& totals() const { return measurements_->totals(); }
  metrics::Registry& registry() { return registry_; }

 private:
  bool exports(const std::string& function) const;

  SystemClock clock_;
  metrics::Registry registry_;
  script::SharedStore store_;
  script::RuntimeConfig config_;
  script::Exports exports_;
  plan::Plan plan_;
  run::EventQueue events_;
  std::unique_ptr<run::RunParts> parts_;
  std::vector<std::unique_ptr<run::Worker>> workers_;
  std::unique_ptr<run::Measurements> measurements_;
};

}  // namespace loadrun::test

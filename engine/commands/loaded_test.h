#pragma once

#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "commands/run_arguments.h"
#include "metrics/registry.h"
#include "plan/plan.h"
#include "run/signals.h"
#include "run/worker.h"

namespace loadrun::commands {

/// A script whose first init has run, and the plan that its options and all others came to. From
/// its making on, a signal counts.
class LoadedTest {
 public:
  /// `arguments` outlives this.
  explicit LoadedTest(const RunArguments& arguments);

  /// Compiles the script, runs its first init, resolves the options and logs their warnings.
  Result<void> load();

  /// Whether the script exports a function of this name.
  bool exports(std::string_view name) const;
  /// Whether it exports a handleSummary that is no function.
  bool bad_handle_summary() const { return exports_.bad_handle_summary; }
  /// How many workers the user or the machine asks for.
  int wanted_workers() const;
  /// Worker `index` of the run. Number 0 has run the first init, and is given away once.
  Result<std::unique_ptr<run::Worker>> make_worker(std::uint32_t index);

  const Clock& clock() const { return clock_; }
  metrics::Registry& registry() { return registry_; }
  const script::RuntimeConfig& script() const { return script_; }
  const plan::Plan& plan() const { return plan_; }
  run::EventQueue& events() { return events_; }
  run::Signals& signals() { return signals_; }

 private:
  Result<void> load_script();

  const RunArguments& arguments_;
  SystemClock clock_;
  metrics::Registry registry_;
  script::SharedStore store_;
  script::RuntimeConfig script_;
  script::Exports exports_;
  plan::Plan plan_;
  run::EventQueue events_;
  run::Signals signals_{events_.fd()};
  std::unique_ptr<run::Worker> first_worker_;
};

}  // namespace loadrun::commands

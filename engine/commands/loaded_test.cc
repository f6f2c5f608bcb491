#include "commands/loaded_test.h"

#include <algorithm>

#include "base/cpus.h"
#include "base/log.h"
#include "base/random.h"
#include "commands/option_layers.h"
#include "commands/script_source.h"
#include "run/first_init.h"

namespace loadrun::commands {

LoadedTest::LoadedTest(const RunArguments& arguments) : arguments_(arguments) {}

Result<void> LoadedTest::load() {
  if (Result<void> loaded = load_script(); !loaded.ok()) return loaded;
  Result<plan::Plan> plan = resolve_plan(arguments_, exports_, clock_.wall());
  if (!plan.ok()) return plan.error();
  plan_ = std::move(plan).value();
  for (const std::string& warning : plan_.warnings) log_warning("{}", warning);
  if (arguments_.no_thresholds) plan_.thresholds.clear();
  return {};
}

/// Compiles the script and runs its first init: VU 0 of worker 0.
Result<void> LoadedTest::load_script() {
  Result<std::string> source = read_script(arguments_.script);
  if (!source.ok()) return source.error();
  auto env = script_environment(arguments_);
  if (!env.ok()) return env.error();
  script_ = {.path = arguments_.script,
             .source = std::move(source).value(),
             .env = std::move(env).value(),
             .seed = arguments_.seed.value_or(random_seed()),
             .jit = arguments_.jit,
             .memory_limit = script::default_lua_memory_limit(wanted_workers())};
  auto worker = run::Worker::create({clock_, registry_, store_, script_}, 0);
  if (!worker.ok()) return worker.error();
  auto exports = run::run_first_init(*worker.value(), events_, signals_);
  if (!exports.ok()) return exports.error();
  exports_ = std::move(exports).value();
  first_worker_ = std::move(worker).value();
  return {};
}

bool LoadedTest::exports(std::string_view name) const {
  return std::find(exports_.functions.begin(), exports_.functions.end(), name) !=
         exports_.functions.end();
}

int LoadedTest::wanted_workers() const {
  return arguments_.workers > 0 ? arguments_.workers : usable_cpus();
}

Result<std::unique_ptr<run::Worker>> LoadedTest::make_worker(std::uint32_t index) {
  if (index == 0) return std::move(first_worker_);
  return run::Worker::create({clock_, registry_, store_, script_}, index);
}

}  // namespace loadrun::commands

#include "commands/run_outputs.h"

#include <cstdlib>
#include <utility>

#include "outputs/make_output.h"

namespace loadrun::commands {
namespace {

std::optional<std::string> environment_variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return value;
}

std::vector<std::string> wanted_outputs(const RunArguments& arguments) {
  if (!arguments.outputs.empty()) return arguments.outputs;
  return outputs::split_specs(environment_variable("LOADRUN_OUT").value_or(""));
}

}  // namespace

Result<std::unique_ptr<outputs::OutputSet>> make_outputs(const RunArguments& arguments,
                                                         const Clock& clock) {
  std::vector<std::unique_ptr<outputs::Output>> made;
  for (const std::string& spec : wanted_outputs(arguments)) {
    if (spec.empty()) continue;
    auto output = outputs::make_output(spec, environment_variable);
    if (!output.ok()) return output.error();
    made.push_back(std::move(output).value());
  }
  return std::make_unique<outputs::OutputSet>(std::move(made), clock);
}

}  // namespace loadrun::commands

// Options from every place: the first line is a script's options as JSON, each further line
// "name=value" a flag and an environment variable. Whatever they say, it is a plan or an error; a
// plan can be described and written as options that give the same plan again.
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "fuzz/fuzz_target.h"
#include "plan/options.h"
#include "plan/options_json.h"
#include "plan/schedule.h"

namespace {

using loadrun::plan::OptionLayer;

struct Input {
  std::string json;
  std::map<std::string, std::string> environment;
  std::vector<std::pair<std::string, std::string>> flags;
};

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

Input read_input(std::string_view text) {
  Input input;
  input.json = take_line(text);
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const std::size_t equals = std::min(line.find('='), line.size());
    const std::string name(line.substr(0, equals));
    const std::string value(line.substr(std::min(equals + 1, line.size())));
    input.environment["LOADRUN_" + name] = value;
    input.flags.emplace_back(name, value);
  }
  return input;
}

void add(loadrun::Result<OptionLayer> layer, std::vector<OptionLayer>& layers) {
  if (layer.ok()) layers.push_back(std::move(layer).value());
}

void use(const loadrun::plan::Plan& plan) {
  loadrun::plan::requirements(plan);
  for (const auto& scenario : plan.scenarios) loadrun::plan::describe(scenario);
  const std::string written = loadrun::plan::options_json(plan);
  const auto layer = loadrun::plan::options_from_json("written", written);
  LOADRUN_CHECK(layer.ok());
  const auto again = loadrun::plan::resolve({layer.value()}, {"default", "other"});
  LOADRUN_CHECK(again.ok());
  if (plan.system_tags.empty()) return;  // written as null, which reads as the default
  LOADRUN_CHECK(loadrun::plan::options_json(again.value()) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Input input = read_input({reinterpret_cast<const char*>(data), size});
  std::vector<OptionLayer> layers;
  add(loadrun::plan::options_from_json("script options", input.json), layers);
  add(loadrun::plan::options_from_environment(input.environment), layers);
  add(loadrun::plan::options_from_flags(input.flags), layers);
  const auto plan = loadrun::plan::resolve(layers, {"default", "other"});
  if (plan.ok()) use(plan.value());
  return 0;
}

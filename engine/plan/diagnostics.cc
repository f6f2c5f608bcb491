#include "plan/diagnostics.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace loadrun::plan {
namespace {

void add_once(std::vector<std::string>& messages, std::string message) {
  if (std::find(messages.begin(), messages.end(), message) != messages.end()) return;
  messages.push_back(std::move(message));
}

}  // namespace

Place Place::field(std::string_view key) const {
  return {layer, path.empty() ? std::string(key) : fmt::format("{}.{}", path, key)};
}

Place Place::element(std::size_t index) const {
  return {layer, fmt::format("{}[{}]", path, index)};
}

std::string Place::text() const {
  return path.empty() ? layer : fmt::format("{}: {}", layer, path);
}

void Diagnostics::error(const Place& place, std::string_view problem) {
  error(fmt::format("{}: {}", place.text(), problem));
}

void Diagnostics::error(std::string message) { add_once(errors_, std::move(message)); }

void Diagnostics::warning(std::string message) { add_once(warnings_, std::move(message)); }

void Diagnostics::warning(const Place& place, std::string_view problem) {
  warning(fmt::format("{}: {}", place.text(), problem));
}

Error Diagnostics::all_errors() const {
  LOADRUN_CHECK(!ok());
  return Error{ExitCode::kInvalidConfig, fmt::format("{}", fmt::join(errors_, "\n"))};
}

}  // namespace loadrun::plan

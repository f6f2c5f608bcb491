#include "metrics/balance.h"

#include <fmt/format.h>

namespace loadrun::metrics {
namespace {

struct Equation {
  std::string text;
  bool holds;
};

/// " (1404: 3, 1050: 1)", or "" without errors.
std::string by_code(const std::map<int, std::uint64_t>& errors) {
  std::string text;
  for (const auto& [code, count] : errors) {
    text += fmt::format("{}{}: {}", text.empty() ? " (" : ", ", code, count);
  }
  return text.empty() ? text : text + ")";
}

std::vector<Equation> equations_of(const Balance& balance) {
  const IterationBalance& i = balance.iterations;
  const RequestBalance& r = balance.requests;
  return {{fmt::format("{} iterations intended = {} started + {} dropped + {} unscheduled",
                       i.intended, i.started, i.dropped, i.unscheduled),
           i.intended == i.started + i.dropped + i.unscheduled},
          {fmt::format("{} iterations started = {} completed + {} interrupted + {} failed",
                       i.started, i.completed, i.interrupted, i.failed),
           i.started == i.completed + i.interrupted + i.failed},
          {fmt::format("{} requests sent = {} responses + {} errors{} + {} cancelled", r.sent,
                       r.responses, r.errors(), by_code(r.errors_by_code), r.cancelled),
           r.sent == r.responses + r.errors() + r.cancelled}};
}

}  // namespace

void RequestBalance::merge(const RequestBalance& from) {
  sent += from.sent;
  responses += from.responses;
  cancelled += from.cancelled;
  for (const auto& [code, count] : from.errors_by_code) errors_by_code[code] += count;
}

std::uint64_t RequestBalance::errors() const {
  std::uint64_t sum = 0;
  for (const auto& [code, count] : errors_by_code) sum += count;
  return sum;
}

std::vector<std::string> Balance::equations() const {
  std::vector<std::string> texts;
  for (Equation& equation : equations_of(*this)) texts.push_back(std::move(equation.text));
  return texts;
}

std::vector<std::string> Balance::broken() const {
  std::vector<std::string> texts;
  for (Equation& equation : equations_of(*this)) {
    if (!equation.holds) texts.push_back(std::move(equation.text));
  }
  return texts;
}

}  // namespace loadrun::metrics

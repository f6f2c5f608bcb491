#include "report/github_annotations.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "report/error_list.h"
#include "report/threshold_section.h"

namespace loadrun::report {
namespace {

constexpr std::size_t kMaxAnnotations = 10;

std::string escaped(std::string_view text, std::string_view special) {
  std::string escaped;
  for (const char c : text) {
    if (special.find(c) == std::string_view::npos) {
      escaped += c;
    } else {
      escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return escaped;
}

std::string escaped_message(std::string_view text) { return escaped(text, "%\r\n"); }
std::string escaped_property(std::string_view text) { return escaped(text, "%\r\n:,"); }

/// `level`: "error" or "warning".
std::string annotation(std::string_view level, std::string_view title, std::string_view message,
                       const metrics::RaisedError& place) {
  std::string where;
  if (!place.file.empty()) {
    where = fmt::format("file={},line={},", escaped_property(place.file), place.line);
  }
  return fmt::format("::{} {}title={}::{}\n", level, where, escaped_property(title),
                     escaped_message(message));
}

std::string threshold_error(const metrics::ThresholdOutcome& outcome, const SummaryInput& input) {
  return github_error("Threshold failed",
                      fmt::format("{}: '{}' {}={}", outcome.key, outcome.source, outcome.stat_name,
                                  observed_text(outcome, input)));
}

}  // namespace

std::string github_error(std::string_view title, std::string_view message,
                         const metrics::RaisedError& place) {
  return annotation("error", title, message, place);
}

std::string github_annotations(const SummaryInput& input) {
  std::vector<std::string> lines;
  if (input.end.code != ExitCode::kOk) {
    lines.push_back(github_error(
        fmt::format("loadrun ends with {}", static_cast<int>(input.end.code)), input.end.reason));
  }
  for (const metrics::ThresholdOutcome& outcome : input.thresholds) {
    if (!outcome.ok) lines.push_back(threshold_error(outcome, input));
  }
  for (const auto* error : by_count(input.totals.errors().iterations)) {
    lines.push_back(github_error(fmt::format("Iterations raised ({})", error->second.count),
                                 error->first.message, error->first));
  }
  lines.resize(std::min(lines.size(), kMaxAnnotations));
  for (const metrics::VerdictReason& reason : input.verdict.reasons) {
    lines.push_back(
        annotation("warning", fmt::format("{}: {}", metrics::name_of(reason.validity), reason.rule),
                   reason.text + ". " + reason.advice, {}));
  }
  for (const OutputLoss& loss : input.output_losses) {
    lines.push_back(annotation("warning", "Output " + loss.output,
                               fmt::format("{} samples lost: {}", loss.samples, loss.reason), {}));
  }
  return fmt::format("{}", fmt::join(lines, ""));
}

}  // namespace loadrun::report

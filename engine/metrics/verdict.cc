#include "metrics/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "metrics/verdict_rules.h"

namespace loadrun::metrics {
namespace {

bool reaches(const VerdictRule& rule, const Hit& hit) {
  return rule.bound == VerdictRule::Bound::kAbove ? hit.figure > rule.threshold
                                                  : hit.figure >= rule.threshold;
}

bool is_much(const std::vector<Hit>& hits, std::int64_t run_seconds) {
  std::set<std::int64_t> seconds;
  for (const Hit& hit : hits) seconds.insert(hit.first);
  const auto count = static_cast<double>(seconds.size());
  return count >= kMuchSeconds ||
         (run_seconds > 0 && count >= kMuchShare * static_cast<double>(run_seconds));
}

/// What makes the rule apply; none if it does not.
std::vector<Hit> hits_of(const VerdictRule& rule, const Health& health) {
  std::vector<Hit> hits = rule.hits(health);
  std::erase_if(hits, [&](const Hit& hit) { return !reaches(rule, hit); });
  if (rule.extent == VerdictRule::Extent::kMuch && !is_much(hits, health.seconds)) hits.clear();
  return hits;
}

/// The spans besides the worst, which the reason names.
std::string others_text(const std::vector<Span>& spans) {
  if (spans.size() == 1) return {};
  std::set<std::uint32_t> workers;
  for (const Span& span : spans) {
    if (span.worker) workers.insert(*span.worker);
  }
  const std::size_t others = spans.size() - 1;
  std::string text = fmt::format(" (and in {} other span{}", others, others == 1 ? "" : "s");
  if (workers.size() > 1) text += fmt::format(", on {} workers in all", workers.size());
  return text + ")";
}

VerdictReason reason_of(const VerdictRule& rule, const std::vector<Span>& spans) {
  const Span& worst = spans.front();
  return {.validity = rule.validity,
          .rule = std::string(rule.name),
          .text = rule.text(worst, others_text(spans)),
          .advice = std::string(rule.advice),
          .worker = worst.worker,
          .first_second = worst.first,
          .last_second = worst.last};
}

}  // namespace

std::string_view name_of(Validity validity) {
  constexpr std::array<std::string_view, 4> kNames{"VALID", "DEGRADED", "INCOMPLETE", "INVALID"};
  return kNames[static_cast<std::size_t>(validity)];
}

Verdict judge(const Health& health) {
  Verdict verdict;
  for (const VerdictRule& rule : verdict_rules()) {
    const bool said = !rule.said_by.empty() &&
                      std::ranges::find(verdict.reasons, rule.said_by, &VerdictReason::rule) !=
                          verdict.reasons.end();
    if (said) continue;
    const std::vector<Hit> hits = hits_of(rule, health);
    if (!hits.empty()) verdict.reasons.push_back(reason_of(rule, spans_of(hits)));
  }
  if (!verdict.reasons.empty()) verdict.validity = verdict.reasons.front().validity;
  return verdict;
}

}  // namespace loadrun::metrics

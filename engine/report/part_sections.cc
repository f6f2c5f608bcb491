#include "report/part_sections.h"

#include <fmt/format.h>

#include <map>
#include <string_view>

#include "metrics/tags.h"
#include "report/group_tree.h"
#include "report/results_block.h"
#include "report/shown_metrics.h"

namespace loadrun::report {
namespace {

constexpr std::size_t kIndentStep = 2;

// The series of each named scenario; "" has those of all others.
std::map<std::string, SeriesList> by_scenario(const metrics::Totals& totals) {
  std::map<std::string, SeriesList> scenarios{{"", {}}};
  for (const metrics::Totals::Series& series : totals.series()) {
    const std::string_view name = metrics::tag_value(series.tags, "scenario");
    scenarios[name == "default" ? "" : std::string(name)].push_back(&series);
  }
  return scenarios;
}

class PartWriter {
 public:
  PartWriter(const SummaryInput& input, TextStyle style) : input_(input), style_(style) {}

  std::string section(const std::string& title, const SeriesList& series,
                      const std::list<GroupNode>& groups) const {
    return section_title(title, style_) + results(series, groups, 2 * kIndentStep) + "\n\n";
  }

 private:
  // Of a part, followed by those of the groups in it.
  std::string results(const SeriesList& series, const std::list<GroupNode>& groups,
                      std::size_t indent) const {
    const MergedSinks sinks = merged_sinks(series);
    std::string text = results_block(series, shown_metrics(sinks, input_.registry), input_,
                                     {.indent = indent, .all_metrics = true, .style = style_});
    for (const GroupNode& group : groups) {
      const std::string title = paint(style_, Ink::kBold, "↳ GROUP: " + group.name);
      text += fmt::format("\n{:{}}{} \n\n", "", indent, title);
      text += results(group.series, group.groups, indent + kIndentStep);
    }
    return text;
  }

  const SummaryInput& input_;
  TextStyle style_;
};

}  // namespace

std::string section_title(const std::string& title, TextStyle style) {
  return fmt::format("  {} \n\n", paint(style, Ink::kBold, "█ " + title));
}

std::string part_sections(const SummaryInput& input, TextStyle style) {
  const PartWriter writer(input, style);
  std::string text;
  for (const auto& [scenario, series] : by_scenario(input.totals)) {
    const GroupNode root = group_tree(series);
    if (!scenario.empty()) {
      text += writer.section("SCENARIO: " + scenario, series, root.groups);
      continue;
    }
    for (const GroupNode& group : root.groups) {
      text += writer.section("GROUP: " + group.name, group.series, group.groups);
    }
  }
  return text;
}

}  // namespace loadrun::report

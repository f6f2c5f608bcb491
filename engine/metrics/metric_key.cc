#include "metrics/metric_key.h"

#include <fmt/format.h>

#include <vector>

#include "base/text.h"

namespace loadrun::metrics {

namespace {

constexpr std::string_view kQuotes = "\"'";

std::string_view unquoted(std::string_view text) { return trimmed(trimmed(text), kQuotes); }

std::vector<std::string_view> split_at_commas(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t comma = text.find(','); comma != std::string_view::npos;
       comma = text.find(',')) {
    parts.push_back(text.substr(0, comma));
    text.remove_prefix(comma + 1);
  }
  parts.push_back(text);
  return parts;
}

/// "key:value" with something after the colon.
bool is_key_value(std::string_view tag) {
  const std::size_t colon = tag.find(':');
  return colon != std::string_view::npos && colon + 1 < tag.size();
}

Error malformed(std::string_view key, std::string_view reason) {
  return {ExitCode::kInvalidConfig,
          fmt::format("malformed metric name {}; reason: {}", key, reason),
          "expected metric or metric{tag:value,tag2:value2}"};
}

}  // namespace

Result<Tags> parse_submetric_tags(std::string_view text) {
  Tags tags;
  for (const std::string_view part : split_at_commas(text)) {
    const std::size_t colon = part.find(':');
    const std::string_view key = unquoted(part.substr(0, colon));
    const bool has_value = colon != std::string_view::npos;
    if (!key.empty()) set_tag(tags, key, has_value ? unquoted(part.substr(colon + 1)) : "");
  }
  if (tags.empty()) return Error{ExitCode::kInvalidConfig, "a sub-metric needs at least one tag"};
  return tags;
}

Result<ParsedMetricKey> parse_metric_key(std::string_view key) {
  const std::size_t open = key.find('{');
  const std::size_t close = key.rfind('}');
  if (open == std::string_view::npos && close == std::string_view::npos) {
    return ParsedMetricKey{std::string(key), {}, false};
  }
  if (open == std::string_view::npos) return malformed(key, "missing opening brace");
  if (close == std::string_view::npos) return malformed(key, "missing closing brace");
  if (close < open) return malformed(key, "the closing brace stands before the opening one");
  if (close + 1 != key.size()) return malformed(key, "text after the closing brace");
  const std::string_view inside = key.substr(open + 1, close - open - 1);
  for (const std::string_view tag : split_at_commas(inside)) {
    if (!is_key_value(tag)) {
      return malformed(key, fmt::format("tag \"{}\" is not of the form key:value", tag));
    }
  }
  Result<Tags> tags = parse_submetric_tags(inside);
  if (!tags.ok()) return malformed(key, tags.error().message);
  return ParsedMetricKey{std::string(key.substr(0, open)), std::move(tags).value(), true};
}

}  // namespace loadrun::metrics

#include "plan/option_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include "base/duration.h"
#include "base/text.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;

Error bad(std::string message) { return Error{ExitCode::kInvalidConfig, std::move(message)}; }

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

Result<json> integer_value(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc() || stop != end) {
    return bad(fmt::format("\"{}\" is not a whole number", text));
  }
  return json(value);
}

Result<json> boolean_value(std::string_view text) {
  // What Go's strconv.ParseBool takes.
  constexpr std::array<std::string_view, 6> kTrue{"1", "t", "T", "true", "TRUE", "True"};
  constexpr std::array<std::string_view, 6> kFalse{"0", "f", "F", "false", "FALSE", "False"};
  if (std::find(kTrue.begin(), kTrue.end(), text) != kTrue.end()) return json(true);
  if (std::find(kFalse.begin(), kFalse.end(), text) != kFalse.end()) return json(false);
  return bad(fmt::format("\"{}\" is not a boolean (expected true or false)", text));
}

Result<json> duration_value(std::string_view text, TextSource source) {
  const auto parsed =
      source == TextSource::kFlag ? parse_duration(text) : parse_duration_or_ms(text);
  if (!parsed.ok()) return parsed.error();
  return json(text);
}

Result<json> stage_value(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view duration = text.substr(0, colon);
  const auto parsed = parse_duration(duration);
  if (!parsed.ok()) {
    return bad(
        fmt::format("\"{}\" is not a stage (expected duration:target, e.g. \"30s:10\"; the "
                    "duration needs a unit)",
                    text));
  }
  json stage = {{"duration", std::string(duration)}};
  const std::string_view target = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  if (target.empty()) return stage;  // Missed when the plan is resolved.
  auto value = integer_value(target);
  if (!value.ok()) return value.error();
  stage["target"] = value.value();
  return stage;
}

Result<json> stages_value(std::string_view text) {
  json stages = json::array();
  for (const std::string_view part : split(text, ',')) {
    auto stage = stage_value(part);
    if (!stage.ok()) return stage.error();
    stages.push_back(std::move(stage).value());
  }
  return stages;
}

Result<json> tag_value(std::string_view text) {
  if (text.empty()) return bad("invalid tag, empty string (expected name=value)");
  const std::size_t equals = text.find('=');
  if (equals == 0)
    return bad(fmt::format("invalid tag, empty name in \"{}\" (expected name=value)", text));
  if (equals == std::string_view::npos || equals + 1 == text.size()) {
    return bad(fmt::format("invalid tag, empty value in \"{}\" (expected name=value)", text));
  }
  return json{{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))}};
}

Result<json> tags_value(std::string_view text, TextSource source) {
  if (source == TextSource::kFlag) return tag_value(text);
  json tags = json::object();
  for (const std::string_view part : split(text, ',')) {
    const std::size_t colon = part.find(':');
    if (colon == std::string_view::npos || colon == 0) {
      return bad(fmt::format("\"{}\" is not a tag (expected name:value,name:value)", part));
    }
    tags[std::string(part.substr(0, colon))] = std::string(part.substr(colon + 1));
  }
  return tags;
}

json trimmed_list(std::string_view text) {
  json list = json::array();
  for (const std::string_view part : split(text, ',')) {
    if (const auto element = trimmed(part, " \t\r\n"); !element.empty())
      list.push_back(std::string(element));
  }
  return list;
}

Result<json> key_values_value(std::string_view text) {
  auto pairs = parse_key_values(text);
  if (!pairs.ok()) return pairs.error();
  json object = json::object();
  for (const auto& [key, value] : pairs.value()) object[key] = value;
  return object;
}

Result<json> json_value(std::string_view text) {
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) return bad("the value is not JSON");
  return value;
}

// Takes the value after "key=" off the front of `text`, up to the comma or the end.
Result<std::string> take_value(std::string_view key, std::string_view& text) {
  if (text.empty() || text.front() == ',') return bad(fmt::format("key `{}=` with no value", key));
  if (text.front() != '[') {
    const std::string_view value = text.substr(0, text.find(','));
    text.remove_prefix(value.size());
    return std::string(value);
  }
  const std::size_t end = text.find(']');
  if (end == std::string_view::npos) {
    return bad(fmt::format("array value for key `{}` didn't end", key));
  }
  const std::string value(text.substr(1, end - 1));
  text.remove_prefix(end + 1);
  if (!text.empty() && text.front() != ',') {
    return bad(fmt::format("there was no ',' after an array with key '{}'", key));
  }
  return value;
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> parse_key_values(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!text.empty()) {
    const std::size_t stop = text.find_first_of("=,");
    const std::string_view key = text.substr(0, stop);
    if (stop == std::string_view::npos || text[stop] == ',') {
      return bad(fmt::format("key `{}` with no value", key));
    }
    text.remove_prefix(stop + 1);
    auto value = take_value(key, text);
    if (!value.ok()) return value.error();
    pairs.emplace_back(key, std::move(value).value());
    if (!text.empty()) text.remove_prefix(1);
  }
  return pairs;
}

Result<json> option_from_text(OptionSyntax syntax, std::string_view text, TextSource source) {
  switch (syntax) {
    case OptionSyntax::kInteger:
      return integer_value(text);
    case OptionSyntax::kBoolean:
      return boolean_value(text);
    case OptionSyntax::kText:
      return json(text);
    case OptionSyntax::kDuration:
      return duration_value(text, source);
    case OptionSyntax::kStages:
      return stages_value(text);
    case OptionSyntax::kTags:
      return tags_value(text, source);
    case OptionSyntax::kList: {
      json list = json::array();
      for (const std::string_view part : split(text, ',')) list.push_back(std::string(part));
      return list;
    }
    case OptionSyntax::kTrimmedList:
      return trimmed_list(text);
    case OptionSyntax::kKeyValues:
      return key_values_value(text);
    case OptionSyntax::kJson:
      return json_value(text);
  }
  return bad("unknown syntax");
}

}  // namespace loadrun::plan

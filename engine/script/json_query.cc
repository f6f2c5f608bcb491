#include "script/json_query.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "script/json_text.h"

namespace loadrun::script {
namespace {

/// The first character of UTF-8 text that is not empty.
std::size_t character_size(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (text[size] & 0xC0) == 0x80) ++size;
  return size;
}

/// One way of reading a string as a bool, as Go's ParseBool does with its lower case.
enum class Spelling { kTrue, kFalse, kNeither };

Spelling spelling_of(std::string_view string) {
  std::string text = unescape_json(inside_quotes(string));
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  if (text == "1" || text == "t" || text == "true") return Spelling::kTrue;
  if (text == "0" || text == "f" || text == "false") return Spelling::kFalse;
  return Spelling::kNeither;
}

bool is_false_json(std::string_view value) {
  switch (json_kind(value)) {
    case JsonKind::kNothing:
    case JsonKind::kNull:
    case JsonKind::kFalse:
      return true;
    case JsonKind::kNumber:
      return json_number(value) == 0;
    case JsonKind::kString:
      return spelling_of(value) == Spelling::kFalse;
    default:
      return false;
  }
}

bool is_null_json(std::string_view value) {
  return value.empty() || json_kind(value) == JsonKind::kNull;
}

/// `~true` and the like: "true" or "false" for whether `selected` is that; "" when there is no such
/// test.
std::string_view truth_of(std::string_view test, std::string_view selected) {
  const auto text = [](bool value) { return value ? "true" : "false"; };
  if (test == "~*") return text(!selected.empty());
  if (test == "~null") return text(is_null_json(selected));
  if (test == "~true") return text(is_true_json(selected));
  if (test == "~false") return text(is_false_json(selected));
  return {};
}

template <typename T>
bool compare(std::string_view op, const T& left, const T& right) {
  if (op == "=") return left == right;
  if (op == "!=") return left != right;
  if (op == "<") return left < right;
  if (op == "<=") return left <= right;
  if (op == ">") return left > right;
  return op == ">=" && left >= right;
}

bool compare_string(std::string_view op, std::string_view string, std::string_view value) {
  std::string unescaped;
  string = inside_quotes(string);
  if (string.find('\\') != std::string_view::npos) string = unescaped = unescape_json(string);
  if (op == "%") return matches_pattern(string, value);
  if (op == "!%") return !matches_pattern(string, value);
  return compare(op, string, value);
}

/// true is more than false; neither is more or less than anything else.
bool compare_bool(std::string_view op, bool truth, std::string_view value) {
  const bool same = value == (truth ? "true" : "false");
  const bool opposite = value == (truth ? "false" : "true");
  if (op == "=") return same;
  if (op == "!=") return !same;
  if (op == (truth ? ">" : "<")) return opposite;
  return op == (truth ? ">=" : "<=");
}

}  // namespace

bool matches_pattern(std::string_view text, std::string_view pattern) {
  std::size_t at = 0;
  std::size_t p = 0;
  std::size_t star = std::string_view::npos;  // the last one, which stands for text up to `taken`
  std::size_t taken = 0;
  while (at < text.size() || p < pattern.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = at;
      continue;
    }
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    const std::size_t literal = p + (escaped ? 1 : 0);
    if (at < text.size() && literal < pattern.size()) {
      const bool any = !escaped && pattern[literal] == '?';
      if (any || pattern[literal] == text[at]) {
        at += any ? character_size(text.substr(at)) : 1;
        p = literal + 1;
        continue;
      }
    }
    if (star == std::string_view::npos || taken == text.size()) return false;
    at = ++taken;
    p = star + 1;
  }
  return true;
}

bool is_true_json(std::string_view value) {
  switch (json_kind(value)) {
    case JsonKind::kTrue:
      return true;
    case JsonKind::kNumber:
      return json_number(value) != 0;
    case JsonKind::kString:
      return spelling_of(value) == Spelling::kTrue;
    default:
      return false;
  }
}

double json_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range)
    return std::strtod(std::string(text).c_str(), nullptr);
  return error == std::errc{} && end == text.data() + text.size() ? value : 0;
}

bool matches_query(const PathQuery& query, std::string_view selected) {
  std::string_view value = query.value;
  if (value.starts_with('~')) {
    selected = truth_of(value, selected);
    value = "true";
  }
  if (selected.empty()) return false;
  if (query.op.empty()) return true;
  switch (json_kind(selected)) {
    case JsonKind::kString:
      return compare_string(query.op, selected, value);
    case JsonKind::kNumber:
      return compare(query.op, json_number(selected), json_number(value));
    case JsonKind::kTrue:
      return compare_bool(query.op, true, value);
    case JsonKind::kFalse:
      return compare_bool(query.op, false, value);
    default:
      return false;
  }
}

}  // namespace loadrun::script

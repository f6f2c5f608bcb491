#include "script/json_text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace loadrun::script {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighBits = 0x8080808080808080;

static_assert(std::endian::native == std::endian::little);

/// The bytes that are `c` by their highest bits; above the first one there may be false ones.
constexpr std::uint64_t find_byte(std::uint64_t bytes, char c) {
  const std::uint64_t difference = bytes ^ (kOnes * static_cast<unsigned char>(c));
  return (difference - kOnes) & ~difference & kHighBits;
}

/// The first quote or backslash from `at` on.
std::size_t find_quote_or_escape(std::string_view text, std::size_t at) {
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, 8);
    const std::uint64_t found = find_byte(bytes, '"') | find_byte(bytes, '\\');
    if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;
  }
  while (at < text.size() && text[at] != '"' && text[at] != '\\') ++at;
  return at;
}

enum class Mark : std::uint8_t { kNone, kQuote, kOpen, kClose };

constexpr std::array<Mark, 256> marks() {
  std::array<Mark, 256> table{};
  table['"'] = Mark::kQuote;
  for (const char c : {'{', '[', '('}) table[static_cast<unsigned char>(c)] = Mark::kOpen;
  for (const char c : {'}', ']', ')'}) table[static_cast<unsigned char>(c)] = Mark::kClose;
  return table;
}
constexpr std::array<Mark, 256> kMarks = marks();

bool is_blank(char c) { return static_cast<unsigned char>(c) <= ' '; }

/// The end of the number or literal at `at`, of which the first character is not looked at.
std::size_t end_of_word(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && !is_blank(text[at]) && text[at] != ',' && text[at] != ']' &&
         text[at] != '}') {
    ++at;
  }
  return at;
}

/// The UTF-16 unit of a \uXXXX that `text` starts with; -1 when it does not.
int unit_at(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return -1;
  int unit = -1;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
  return error == std::errc{} && end == text.data() + 6 && unit >= 0 ? unit : -1;
}

void append_utf8(std::string& out, std::uint32_t rune) {
  const auto byte = [&out](std::uint32_t bits) { out += static_cast<char>(bits); };
  const auto tail = [&](int shift) { byte(0x80 | (rune >> shift & 0x3F)); };
  if (rune < 0x80) return byte(rune);
  if (rune < 0x800) {
    byte(0xC0 | rune >> 6);
  } else if (rune < 0x10000) {
    byte(0xE0 | rune >> 12);
    tail(6);
  } else {
    byte(0xF0 | rune >> 18);
    tail(12);
    tail(6);
  }
  tail(0);
}

/// Appends the character of the \uXXXX, or of the pair of them, that `text` starts with; returns
/// how much of `text` that was.
std::size_t append_unicode_escape(std::string& out, std::string_view text) {
  constexpr int kReplacement = 0xFFFD;
  const int first = unit_at(text);
  if (first < 0) return text.size();
  const int second = unit_at(text.substr(6));
  const bool starts_pair = first >= 0xD800 && first < 0xDC00;
  if (starts_pair && second >= 0xDC00 && second < 0xE000) {
    append_utf8(out,
                static_cast<std::uint32_t>(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)));
    return 12;
  }
  const bool is_half = first >= 0xD800 && first < 0xE000;
  append_utf8(out, static_cast<std::uint32_t>(is_half ? kReplacement : first));
  return 6;
}

char unescaped_letter(char letter) {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return letter;
  }
}

}  // namespace

JsonKind json_kind(std::string_view text) {
  if (text.empty()) return JsonKind::kNothing;
  switch (text[0]) {
    case '{':
      return JsonKind::kObject;
    case '[':
      return JsonKind::kArray;
    case '"':
      return JsonKind::kString;
    case 't':
      return JsonKind::kTrue;
    case 'f':
      return JsonKind::kFalse;
    case 'n':
      return text.size() > 1 && text[1] != 'u' ? JsonKind::kNumber : JsonKind::kNull;
    default:
      return std::string_view("+-0123456789iIN").find(text[0]) != std::string_view::npos
                 ? JsonKind::kNumber
                 : JsonKind::kNothing;
  }
}

std::size_t end_of_json_string(std::string_view text, std::size_t quote) {
  for (std::size_t at = quote + 1;; at += 2) {
    at = find_quote_or_escape(text, at);
    if (at >= text.size()) return text.size();
    if (text[at] == '"') return at + 1;
  }
}

std::size_t end_of_json_brackets(std::string_view text, std::size_t at, int depth) {
  for (;;) {
    while (at < text.size() && kMarks[static_cast<unsigned char>(text[at])] == Mark::kNone) ++at;
    if (at >= text.size()) return text.size();
    const Mark mark = kMarks[static_cast<unsigned char>(text[at])];
    if (mark == Mark::kQuote) {
      at = end_of_json_string(text, at);
      continue;
    }
    ++at;
    depth += mark == Mark::kOpen ? 1 : -1;
    if (depth == 0) return at;
  }
}

std::size_t end_of_json_value(std::string_view text, std::size_t at) {
  if (at >= text.size()) return text.size();
  if (text[at] == '"') return end_of_json_string(text, at);
  if (text[at] == '{' || text[at] == '[') return end_of_json_brackets(text, at + 1, 1);
  return end_of_word(text, at);
}

std::string_view first_json_value(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && is_blank(text[at])) ++at;
  text.remove_prefix(at);
  if (json_kind(text) == JsonKind::kNothing) return {};
  return text.substr(0, end_of_json_value(text, 0));
}

std::string_view trim_json(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view inside_quotes(std::string_view string) {
  return string.size() < 2 ? std::string_view{} : string.substr(1, string.size() - 2);
}

std::string unescape_json(std::string_view inside) {
  std::string out;
  while (!inside.empty()) {
    const std::size_t plain = std::min(inside.find('\\'), inside.size());
    out += inside.substr(0, plain);
    inside.remove_prefix(plain);
    if (inside.size() < 2) break;
    if (inside[1] == 'u') {
      inside.remove_prefix(append_unicode_escape(out, inside));
    } else {
      out += unescaped_letter(inside[1]);
      inside.remove_prefix(2);
    }
  }
  return out;
}

JsonMembers JsonMembers::of_lines(std::string_view text) {
  JsonMembers members("[");
  members.text_ = text;
  members.at_ = 0;
  return members;
}

void JsonMembers::skip_to_member() {
  while (at_ < text_.size() && (is_blank(text_[at_]) || text_[at_] == ',' || text_[at_] == ':')) {
    ++at_;
  }
}

bool JsonMembers::read_key() {
  if (text_[at_] != '"') return false;
  const std::size_t end = end_of_json_string(text_, at_);
  key_ = text_.substr(at_, end - at_);
  at_ = end;
  skip_to_member();
  return at_ < text_.size();
}

bool JsonMembers::next() {
  if (!is_passed_) at_ = end_of_json_value(text_, begin_);
  is_passed_ = true;
  skip_to_member();
  if (at_ >= text_.size() || text_[at_] == close_) return false;
  if (close_ == '}' && !read_key()) return false;
  begin_ = at_;
  is_passed_ = false;
  return true;
}

std::string_view JsonMembers::value() {
  if (is_passed_) return text_.substr(begin_, at_ - begin_);
  at_ = end_of_json_value(text_, begin_);
  is_passed_ = true;
  return text_.substr(begin_, at_ - begin_);
}

void JsonMembers::continue_behind(JsonMembers& inner) {
  while (inner.next()) {
  }
  at_ = std::min(inner.at_ + 1, text_.size());
  is_passed_ = true;
}

}  // namespace loadrun::script

#include <algorithm>
#include <charconv>
#include <iterator>

#include "base/text.h"
#include "script/html_selector.h"

namespace loadrun::script {
namespace {

using Test = HtmlSelector::Test;
using Simple = HtmlSelector::Simple;

constexpr int kMaxNesting = 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) > 127;
}

bool is_in_name(char c) { return starts_name(c) || is_digit(c) || c == '-'; }

bool is_line_end(char c) { return c == '\r' || c == '\n' || c == '\f'; }

bool is_space(char c) { return c == ' ' || c == '\t' || is_line_end(c); }

std::string utf8(unsigned code) {
  if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) code = 0xFFFD;
  const auto tail = [&](int shift) {
    return static_cast<char>(0x80 | ((code >> static_cast<unsigned>(shift)) & 0x3F));
  };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xC0 | (code >> 6)), tail(0)};
  if (code < 0x10000) return {static_cast<char>(0xE0 | (code >> 12)), tail(6), tail(0)};
  return {static_cast<char>(0xF0 | (code >> 18)), tail(12), tail(6), tail(0)};
}

/// A pseudo-class without arguments.
struct State {
  std::string_view name;
  Simple simple;
};

const State kStates[] = {
    {"first-child", {.test = Test::kNth, .offset = 1}},
    {"last-child", {.test = Test::kNth, .offset = 1, .from_end = true}},
    {"first-of-type", {.test = Test::kNth, .offset = 1, .of_type = true}},
    {"last-of-type", {.test = Test::kNth, .offset = 1, .from_end = true, .of_type = true}},
    {"only-child", {.test = Test::kOnlyChild}},
    {"only-of-type", {.test = Test::kOnlyChild, .of_type = true}},
    {"input", {.test = Test::kInput}},
    {"empty", {.test = Test::kEmpty}},
    {"root", {.test = Test::kRoot}},
    {"link", {.test = Test::kLink}},
    {"enabled", {.test = Test::kEnabled}},
    {"disabled", {.test = Test::kDisabled}},
    {"checked", {.test = Test::kChecked}},
    {"visited", {}},
    {"hover", {}},
    {"active", {}},
    {"focus", {}},
    {"target", {}},
};

}  // namespace

/// A recursive descent over the text. After a failure the results mean nothing, and the text counts
/// as read to its end.
class HtmlSelectorParser {
 public:
  explicit HtmlSelectorParser(std::string_view text) : text_(text) {}

  Result<std::optional<HtmlSelector>> parse() {
    HtmlSelector selector = read_group();
    if (uses_regex_) {
      return Error{ExitCode::kScriptException,
                   "regular expressions in selectors are not supported"};
    }
    if (failed_ || at_ < text_.size()) return std::optional<HtmlSelector>();
    return std::optional(std::move(selector));
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  void fail() {
    failed_ = true;
    at_ = text_.size();
  }

  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void expect(char c) {
    if (!take(c)) fail();
  }

  bool skip_space() {
    const std::size_t start = at_;
    for (;;) {
      while (!at_end() && is_space(peek())) ++at_;
      const std::size_t end =
          text_.substr(at_).starts_with("/*") ? text_.find("*/", at_ + 2) : std::string_view::npos;
      if (end == std::string_view::npos) return at_ > start;
      at_ = end + 2;
    }
  }

  HtmlSelector read_group() {
    HtmlSelector group;
    if (++nesting_ > kMaxNesting) fail();
    do {
      group.alternatives_.push_back(read_complex());
    } while (take(','));
    --nesting_;
    return group;
  }

  HtmlSelector::Complex read_complex() {
    HtmlSelector::Complex complex;
    skip_space();
    complex.push_back({' ', read_compound()});
    while (!failed_) {
      char combinator = skip_space() ? ' ' : '\0';
      if (at_end() || peek() == ',' || peek() == ')') break;
      if (peek() == '+' || peek() == '>' || peek() == '~') {
        combinator = text_[at_++];
        skip_space();
      }
      if (combinator == '\0') break;
      complex.push_back({combinator, read_compound()});
    }
    return complex;
  }

  std::vector<Simple> read_compound() {
    std::vector<Simple> conditions;
    if (at_end()) fail();
    if (!take('*') && std::string_view("#.[:").find(peek()) == std::string_view::npos) {
      conditions.push_back({.test = Test::kTag, .value = in_lower_case(read_identifier())});
    }
    while (!failed_) {
      if (take('#')) {
        conditions.push_back({.test = Test::kId, .value = read_name()});
      } else if (take('.')) {
        conditions.push_back({.test = Test::kClass, .value = read_identifier()});
      } else if (take('[')) {
        conditions.push_back(read_attribute());
      } else if (take(':')) {
        conditions.push_back(read_pseudo_class());
      } else {
        break;
      }
    }
    return conditions;
  }

  Simple read_attribute() {
    skip_space();
    Simple simple{.test = Test::kAttribute, .name = in_lower_case(read_identifier())};
    skip_space();
    if (take(']')) return simple;
    simple.comparison = read_comparison();
    skip_space();
    simple.value = read_text();
    skip_space();
    simple.ignores_case = take('i') || take('I');
    skip_space();
    expect(']');
    return simple;
  }

  char read_comparison() {
    if (take('=')) return '=';
    const char kind = peek();
    uses_regex_ = uses_regex_ || text_.substr(at_).starts_with("#=");
    if (at_end() || std::string_view("!~|^$*").find(kind) == std::string_view::npos) {
      fail();
    } else {
      ++at_;
      expect('=');
    }
    return kind;
  }

  Simple read_pseudo_class() {
    const std::string name = in_lower_case(read_identifier());
    const auto state = std::find_if(std::begin(kStates), std::end(kStates),
                                    [&](const State& one) { return one.name == name; });
    if (state != std::end(kStates)) return state->simple;
    expect('(');
    uses_regex_ = uses_regex_ || (!failed_ && (name == "matches" || name == "matchesown"));
    skip_space();
    Simple simple = read_function(name);
    skip_space();
    expect(')');
    return simple;
  }

  Simple read_function(std::string_view name) {
    if (name == "not") return read_relation(Test::kNot);
    if (name == "has") return read_relation(Test::kHas);
    if (name == "haschild") return read_relation(Test::kHasChild);
    if (name == "contains") return {.test = Test::kContains, .value = in_lower_case(read_text())};
    if (name == "containsown")
      return {.test = Test::kContainsOwn, .value = in_lower_case(read_text())};
    if (name == "lang") return {.test = Test::kLang, .value = in_lower_case(read_identifier())};
    if (name == "nth-child") return read_nth(false, false);
    if (name == "nth-last-child") return read_nth(true, false);
    if (name == "nth-of-type") return read_nth(false, true);
    if (name == "nth-last-of-type") return read_nth(true, true);
    fail();
    return {};
  }

  Simple read_relation(Test test) {
    Simple simple{.test = test};
    simple.group.push_back(read_group());
    return simple;
  }

  /// an+b, odd or even.
  Simple read_nth(bool from_end, bool of_type) {
    Simple simple{.test = Test::kNth, .from_end = from_end, .of_type = of_type};
    if (std::string_view("oOeE").find(peek()) != std::string_view::npos && !at_end()) {
      const std::string word = in_lower_case(read_name());
      if (word != "odd" && word != "even") fail();
      simple.step = 2;
      simple.offset = word == "odd" ? 1 : 0;
      return simple;
    }
    const int sign = take('-') ? -1 : 1;
    if (sign > 0) take('+');
    const bool has_number = is_digit(peek());
    const int number = sign * (has_number ? read_integer() : 1);
    if (!take('n') && !take('N')) {
      if (!has_number) fail();
      simple.offset = number;
      return simple;
    }
    simple.step = number;
    skip_space();
    const int offset_sign = take('-') ? -1 : take('+') ? 1 : 0;
    skip_space();
    if (offset_sign != 0) simple.offset = offset_sign * read_integer();
    return simple;
  }

  int read_integer() {
    int value = 0;
    const char* end = text_.data() + text_.size();
    const auto [stop, error] = std::from_chars(text_.data() + at_, end, value);
    if (error != std::errc() || !is_digit(peek())) {
      fail();
    } else {
      at_ = static_cast<std::size_t>(stop - text_.data());
    }
    return value;
  }

  /// A quoted string or an identifier.
  std::string read_text() {
    return peek() == '"' || peek() == '\'' ? read_string() : read_identifier();
  }

  std::string read_identifier() {
    std::string dashes;
    while (take('-')) dashes += '-';
    if (at_end() || !(starts_name(peek()) || peek() == '\\')) fail();
    return dashes + read_name();
  }

  std::string read_name() {
    std::string name;
    while (!at_end() && (is_in_name(peek()) || peek() == '\\')) {
      name += peek() == '\\' ? read_escape() : std::string(1, text_[at_++]);
    }
    if (name.empty()) fail();
    return name;
  }

  std::string read_string() {
    std::string value;
    const char quote = text_[at_++];
    while (!at_end() && peek() != quote) {
      if (is_line_end(peek())) fail();
      if (peek() == '\\') {
        value += skip_escaped_line_end() ? "" : read_escape();
      } else if (!at_end()) {
        value += text_[at_++];
      }
    }
    expect(quote);
    return value;
  }

  bool skip_escaped_line_end() {
    if (at_ + 1 >= text_.size() || !is_line_end(text_[at_ + 1])) return false;
    at_ += text_.substr(at_ + 1).starts_with("\r\n") ? 3 : 2;
    return true;
  }

  /// What a backslash and what follows it stand for.
  std::string read_escape() {
    ++at_;
    if (at_end() || is_line_end(peek())) {
      fail();
      return "";
    }
    if (!is_hex_digit(peek())) return std::string(1, text_[at_++]);
    const std::size_t start = at_;
    while (at_ < start + 6 && is_hex_digit(peek())) ++at_;
    unsigned code = 0;
    std::from_chars(text_.data() + start, text_.data() + at_, code, 16);
    if (take('\r')) {
      take('\n');
    } else if (is_space(peek())) {
      ++at_;
    }
    return utf8(code);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int nesting_ = 0;
  bool failed_ = false;
  bool uses_regex_ = false;
};

Result<std::optional<HtmlSelector>> HtmlSelector::parse(std::string_view text) {
  return HtmlSelectorParser(text).parse();
}

}  // namespace loadrun::script

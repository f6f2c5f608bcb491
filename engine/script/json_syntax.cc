#include "script/json_syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace loadrun::script {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Whether one of 8 bytes ends the plain characters of a string: a quote, a backslash or a control
/// character.
bool has_special(const char* bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, 8);
  const std::uint64_t quotes = word ^ (kOnes * '"');
  const std::uint64_t escapes = word ^ (kOnes * '\\');
  return ((((word - kOnes * 0x20) & ~word) | ((quotes - kOnes) & ~quotes) |
           ((escapes - kOnes) & ~escapes)) &
          (kOnes * 0x80)) != 0;
}

/// A byte as Go quotes it: as the character of that number.
std::string quoted(char byte) {
  const auto c = static_cast<unsigned char>(byte);
  constexpr std::string_view kControls = "\a\b\t\n\v\f\r";
  constexpr std::string_view kLetters = "abtnvfr";
  if (c == '\'') return R"('\'')";
  if (c == '\\') return R"('\\')";
  if (const auto at = kControls.find(byte); at != std::string_view::npos) {
    return fmt::format("'\\{}'", kLetters[at]);
  }
  if (c < 0x20 || c == 0x7F) return fmt::format("'\\x{:02x}'", c);
  if (c < 0x7F) return fmt::format("'{}'", byte);
  if (c <= 0xA0 || c == 0xAD) return fmt::format("'\\u{:04x}'", c);
  const char utf8[] = {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F)), 0};
  return fmt::format("'{}'", utf8);
}

/// One pass over a text. Functions return false once something is wrong at at_.
class Checker {
 public:
  explicit Checker(std::string_view text)
      : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

  std::optional<JsonSyntaxError> run() {
    while (!is_done_) {
      if (read_value() && read_separators()) continue;
      return JsonSyntaxError{static_cast<std::size_t>(at_ - begin_), message()};
    }
    return {};
  }

 private:
  bool refuse(std::string context) {
    context_ = std::move(context);
    return false;
  }

  std::string message() const {
    if (at_ == end_ && !is_in_token_) return "unexpected end of JSON input";
    return fmt::format("invalid character {} {}", quoted(at_ == end_ ? ' ' : *at_), context_);
  }

  /// Within a token, Go sees a space at the text's end.
  bool refuse_in_token(std::string context) {
    is_in_token_ = true;
    return refuse(std::move(context));
  }

  bool is_at(char c) const { return at_ < end_ && *at_ == c; }

  /// The next character that is no white space; NUL at the end.
  char next_token() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
    return at_ < end_ ? *at_ : '\0';
  }

  /// Up to the end of the next scalar, or up to the end of an empty container.
  bool read_value() {
    for (;;) {
      const char c = next_token();
      if (c != '{' && c != '[') return read_scalar(c);
      const char close = c == '{' ? '}' : ']';
      open_.push_back(close);
      ++at_;
      if (next_token() == close) return true;
      if (c == '{' && !read_key()) return false;
    }
  }

  /// What follows a value: closing brackets, then the end, or a comma and the next key.
  bool read_separators() {
    for (;;) {
      const char c = next_token();
      is_done_ = open_.empty();
      if (is_done_) return at_ == end_ || refuse("after top-level value");
      const char close = open_.back();
      if (c != close) return read_comma(close == '}');
      open_.pop_back();
      ++at_;
    }
  }

  bool read_comma(bool in_object) {
    if (!is_at(',')) {
      return refuse(in_object ? "after object key:value pair" : "after array element");
    }
    ++at_;
    return !in_object || read_key();
  }

  bool read_key() {
    if (next_token() != '"') return refuse("looking for beginning of object key string");
    if (!read_string()) return false;
    if (next_token() != ':') return refuse("after object key");
    ++at_;
    return true;
  }

  bool read_scalar(char first) {
    switch (first) {
      case '"':
        return read_string();
      case 't':
        return read_literal("true");
      case 'f':
        return read_literal("false");
      case 'n':
        return read_literal("null");
      default:
        if (first == '-' || is_digit(first)) return read_number();
        return refuse("looking for beginning of value");
    }
  }

  bool read_literal(std::string_view literal) {
    for (const char c : literal) {
      if (!is_at(c))
        return refuse_in_token(fmt::format("in literal {} (expecting '{}')", literal, c));
      ++at_;
    }
    return true;
  }

  bool read_string() {
    for (++at_;;) {
      while (end_ - at_ >= 8 && !has_special(at_)) at_ += 8;
      while (at_ < end_ && *at_ != '"' && *at_ != '\\' &&
             static_cast<unsigned char>(*at_) >= 0x20) {
        ++at_;
      }
      if (is_at('"')) break;
      if (!is_at('\\')) return refuse("in string literal");
      if (!read_escape()) return false;
    }
    ++at_;
    return true;
  }

  bool read_escape() {
    ++at_;
    if (at_ == end_ || std::strchr("\"\\/bfnrtu", *at_) == nullptr || *at_ == '\0') {
      return refuse_in_token("in string escape code");
    }
    const int digits = *at_++ == 'u' ? 4 : 0;
    for (int i = 0; i < digits; ++i, ++at_) {
      if (at_ == end_ || !is_hex_digit(*at_))
        return refuse_in_token("in \\u hexadecimal character escape");
    }
    return true;
  }

  bool read_number() {
    if (is_at('-')) ++at_;
    if (is_at('0')) {
      ++at_;
    } else if (!read_digits("in numeric literal")) {
      return false;
    }
    if (is_at('.')) {
      ++at_;
      if (!read_digits("after decimal point in numeric literal")) return false;
    }
    if (!is_at('e') && !is_at('E')) return true;
    ++at_;
    if (is_at('+') || is_at('-')) ++at_;
    return read_digits("in exponent of numeric literal");
  }

  /// One digit or more.
  bool read_digits(const char* context) {
    if (at_ == end_ || !is_digit(*at_)) return refuse_in_token(context);
    while (at_ < end_ && is_digit(*at_)) ++at_;
    return true;
  }

  const char *begin_, *at_, *end_;
  std::string open_;  ///< The closing brackets of what is open.
  std::string context_;
  bool is_in_token_ = false;
  bool is_done_ = false;
};

}  // namespace

std::optional<JsonSyntaxError> check_json(std::string_view text) { return Checker(text).run(); }

std::string JsonSyntaxError::describe(std::string_view text) const {
  const std::string_view before = text.substr(0, at);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  std::string_view line = text.substr(0, at + 1);
  line.remove_prefix(before.rfind('\n') + 1);
  const auto characters =
      std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; });
  return fmt::format("cannot parse json due to an error at line {}, character {} , error: {}",
                     lines + 1, characters, message);
}

}  // namespace loadrun::script

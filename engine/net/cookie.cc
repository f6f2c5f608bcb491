#include "net/cookie.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "net/request_check.h"

namespace loadrun::net {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_valid(char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != ';' && c != '\\'; }

// Cuts `text` at the first `separator`: what is before it, and `text` becomes what is after it.
std::string_view cut(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view before = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return before;
}

std::string_view without_quotes(std::string_view value) {
  const bool quoted = value.size() > 1 && value.front() == '"' && value.back() == '"';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

// Whole seconds without leading zeros; what deletes at once is -1. None when it is no number.
std::optional<std::int64_t> parse_max_age(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  if (digits.size() < text.size() && digits.starts_with('-')) return std::nullopt;
  std::int64_t seconds = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, seconds);
  if (error != std::errc() || stop != end) return std::nullopt;
  if (seconds != 0 && text.front() == '0') return std::nullopt;
  return seconds <= 0 ? -1 : seconds;
}

void set_attribute(Cookie& cookie, std::string_view name, std::string_view value) {
  if (invalid_byte(value)) return;
  if (equals_ignoring_case(name, "secure")) cookie.secure = true;
  if (equals_ignoring_case(name, "httponly")) cookie.http_only = true;
  if (equals_ignoring_case(name, "domain")) cookie.domain = value;
  if (equals_ignoring_case(name, "path")) cookie.path = value;
  if (equals_ignoring_case(name, "expires")) cookie.expires = parse_cookie_date(value);
  if (equals_ignoring_case(name, "max-age"))
    cookie.max_age = parse_max_age(value).value_or(cookie.max_age);
}

}  // namespace

std::optional<Cookie> parse_set_cookie(std::string_view line) {
  std::string_view rest = trimmed(line, kBlanks);
  std::string_view value = trimmed(cut(rest, ';'), kBlanks);
  if (value.find('=') == std::string_view::npos) return std::nullopt;
  Cookie cookie;
  cookie.name = trimmed(cut(value, '='), kBlanks);
  value = without_quotes(value);
  if (!is_token(cookie.name) || invalid_byte(value)) return std::nullopt;
  cookie.value = value;
  while (!rest.empty()) {
    std::string_view attribute = trimmed(cut(rest, ';'), kBlanks);
    const std::string_view name = cut(attribute, '=');
    set_attribute(cookie, name, attribute);
  }
  return cookie;
}

std::vector<std::pair<std::string, std::string>> parse_cookie_header(std::string_view header) {
  std::vector<std::pair<std::string, std::string>> cookies;
  while (!header.empty()) {
    std::string_view value = trimmed(cut(header, ';'), kBlanks);
    const std::string_view name = trimmed(cut(value, '='), kBlanks);
    value = without_quotes(value);
    if (is_token(name) && !invalid_byte(value)) cookies.emplace_back(name, value);
  }
  return cookies;
}

std::optional<char> invalid_byte(std::string_view value) {
  const auto* const found = std::find_if_not(value.begin(), value.end(), is_valid);
  return found == value.end() ? std::nullopt : std::optional(*found);
}

std::string cookie_pair(std::string_view name, std::string_view value) {
  std::string pair(name);
  std::replace_if(
      pair.begin(), pair.end(), [](char c) { return c == '\r' || c == '\n'; }, '-');
  std::string text;
  std::copy_if(value.begin(), value.end(), std::back_inserter(text), is_valid);
  const bool quoted = text.find_first_of(" ,") != std::string::npos;
  return pair.append(quoted ? "=\"" : "=").append(text).append(quoted ? "\"" : "");
}

}  // namespace loadrun::net

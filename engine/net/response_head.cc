#include "net/response_head.h"

#include <charconv>
#include <utility>

#include "base/text.h"
#include "net/status_text.h"

namespace loadrun::net {
namespace {

// RFC 9110 5.6.2 "token".
bool is_token_char(char c) {
  const bool alphanumeric =
      (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return alphanumeric || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

constexpr std::string_view kBlanks = " \t";

std::string_view without_line_end(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::string canonical_header_name(std::string_view name) {
  std::string canonical(name);
  bool upper = true;
  for (char& c : canonical) {
    if (!is_token_char(c)) return std::string(name);
    if (upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!upper) c = in_lower_case(c);
    upper = c == '-';
  }
  return canonical;
}

void ResponseHead::clear() {
  status_ = 0;
  complete_ = false;
  status_text_.clear();
  proto_.clear();
  content_length_.reset();
  headers_.clear();
}

void ResponseHead::add_line(std::string_view line) {
  line = without_line_end(line);
  if (line.starts_with("HTTP/") && (status_ == 0 || complete_)) {
    start(line);
  } else if (line.empty()) {
    complete_ = true;
  } else if (!complete_) {
    add_header(line);
  }
}

void ResponseHead::start(std::string_view status_line) {
  clear();
  const std::size_t space = status_line.find(' ');
  proto_ = status_line.substr(0, space);
  if (proto_ == "HTTP/2") proto_ = "HTTP/2.0";
  if (space == std::string_view::npos) return;
  const std::string_view text = trimmed(status_line.substr(space), kBlanks);
  std::from_chars(text.data(), text.data() + text.size(), status_);
  status_text_ = text;
  if (status_text_.find(' ') == std::string::npos && proto_ == "HTTP/2.0") {
    status_text_.append(1, ' ').append(reason_phrase(status_));
  }
}

void ResponseHead::add_header(std::string_view line) {
  // A folded line continues the value before it.
  if ((line.front() == ' ' || line.front() == '\t') && !headers_.empty()) {
    headers_.back().value.append(1, ' ').append(trimmed(line, kBlanks));
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  if (headers_.empty()) headers_.reserve(8);
  const std::string_view value = trimmed(line.substr(colon + 1), kBlanks);
  headers_.push_back({canonical_header_name(line.substr(0, colon)), std::string(value)});
  if (headers_.back().name == "Content-Length") {
    std::uint64_t length = 0;
    const char* const end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, length);
    if (error == std::errc() && stop == end) content_length_ = length;
  }
}

std::string_view ResponseHead::find(std::string_view canonical_name) const {
  for (const Header& header : headers_) {
    if (header.name == canonical_name) return header.value;
  }
  return {};
}

}  // namespace loadrun::net

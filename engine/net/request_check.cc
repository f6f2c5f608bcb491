#include "net/request_check.h"

#include <fmt/format.h>

#include <algorithm>

namespace loadrun::net {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_control(char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }

std::string_view authority_of(std::string_view url) {
  const std::string_view rest = url.substr(url.find("://") + 3);
  return rest.substr(0, rest.find_first_of("/?#"));
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < '\x7f' &&
           std::string_view("\"(),/:;<=>?@[\\]{}").find(c) == std::string_view::npos;
  });
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

Failure check_url(std::string_view url) {
  if (std::any_of(url.begin(), url.end(), is_control)) {
    return {kInvalidUrl, "invalid URL: invalid control character in URL"};
  }
  const std::size_t scheme_end = url.find("://");
  const std::string_view scheme =
      scheme_end == std::string_view::npos ? "" : url.substr(0, scheme_end);
  if (!equals_ignoring_case(scheme, "http") && !equals_ignoring_case(scheme, "https")) {
    return {kUnknown, fmt::format("unsupported protocol scheme \"{}\"", scheme)};
  }
  const std::string_view authority = authority_of(url);
  if (authority.empty()) return {kInvalidUrl, fmt::format("invalid URL: no host in \"{}\"", url)};
  if (authority.find(' ') != std::string_view::npos) {
    return {kInvalidUrl,
            fmt::format("invalid URL: parse \"{}\": invalid character \" \" in host name", url)};
  }
  return {};
}

Failure check_method(std::string_view method) {
  if (is_token(method)) return {};
  return {kUnknown, fmt::format("invalid method \"{}\"", method)};
}

Failure check_headers(const std::vector<Header>& headers) {
  for (const Header& header : headers) {
    if (!is_token(header.name))
      return {kUnknown, fmt::format("invalid header field name \"{}\"", header.name)};
    if (header.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return {kUnknown, fmt::format("invalid header field value for \"{}\"", header.name)};
    }
  }
  return {};
}

std::string_view userinfo_of(std::string_view url) {
  if (url.find("://") == std::string_view::npos) return {};
  const std::string_view authority = authority_of(url);
  const std::size_t at = authority.rfind('@');
  return at == std::string_view::npos ? std::string_view() : authority.substr(0, at);
}

std::string encode_url(std::string url) {
  const auto needs_encoding = [](char c) {
    return c == ' ' || static_cast<unsigned char>(c) >= 0x80;
  };
  if (std::none_of(url.begin(), url.end(), needs_encoding)) return url;
  std::string encoded;
  for (const char c : url) {
    if (needs_encoding(c)) {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      encoded += c;
    }
  }
  return encoded;
}

}  // namespace loadrun::net

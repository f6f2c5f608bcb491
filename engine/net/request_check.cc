#include "net/request_check.h"

#include <fmt/format.h>

#include <algorithm>

namespace loadrun::net {
namespace {

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

Failure check_method(std::string_view method) {
  if (is_token(method)) return {};
  return {kUnknown, fmt::format("net/http: invalid method \"{}\"", method)};
}

Failure check_headers(const std::vector<Header>& headers) {
  for (const Header& header : headers) {
    if (!is_token(header.name))
      return {kUnknown, fmt::format("net/http: invalid header field name \"{}\"", header.name)};
    if (header.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return {kUnknown,
              fmt::format("net/http: invalid header field value for \"{}\"", header.name)};
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

#include "net/url_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace loadrun::net {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_control(char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }

/// A URL in parts; views of it.
struct Parts {
  std::string_view scheme;
  std::string_view host;  ///< With its port.
  std::string_view path;
  std::string_view fragment;
};

Parts split(std::string_view url) {
  Parts parts;
  const std::size_t hash = std::min(url.find('#'), url.size());
  if (hash < url.size()) parts.fragment = url.substr(hash + 1);
  url = url.substr(0, hash);
  const auto scheme_end = std::find_if_not(url.begin(), url.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
  if (scheme_end != url.end() && *scheme_end == ':' && is_letter(url.front())) {
    parts.scheme = url.substr(0, static_cast<std::size_t>(scheme_end - url.begin()));
    url.remove_prefix(parts.scheme.size() + 1);
  }
  url = url.substr(0, url.find('?'));
  if (url.starts_with("//")) {
    parts.host = url.substr(2, url.substr(2).find('/'));
    url.remove_prefix(2 + parts.host.size());
    parts.host.remove_prefix(parts.host.rfind('@') + 1);  // npos + 1 is 0
  }
  parts.path = url;
  return parts;
}

/// The first "%" in `text` without two digits behind it, as Go shows it; "" when there is none.
std::string_view bad_escape(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    const std::string_view escape = text.substr(at, 3);
    if (escape.size() < 3 || !is_hex(escape[1]) || !is_hex(escape[2])) return escape;
  }
  return {};
}

/// In a host only bytes beyond ASCII are escaped, and the "%" of an address's zone.
std::string_view bad_host_escape(std::string_view host) {
  if (const std::string_view escape = bad_escape(host); !escape.empty()) return escape;
  for (std::size_t at = host.find('%'); at != std::string_view::npos; at = host.find('%', at + 1)) {
    if (host[at + 1] < '8' && host.substr(at, 3) != "%25") return host.substr(at, 3);
  }
  return {};
}

/// What stands behind the host's name, or its closing bracket: "" or ":port".
std::string_view port_of(std::string_view host) {
  if (host.starts_with('[')) return host.substr(std::min(host.rfind(']') + 1, host.size()));
  const std::size_t colon = host.rfind(':');
  return colon == std::string_view::npos ? "" : host.substr(colon);
}

bool is_port(std::string_view port) {
  return port.empty() ||
         (port.front() == ':' && std::all_of(port.begin() + 1, port.end(), is_digit));
}

bool beyond_ports(std::string_view port) {
  if (port.size() < 2) return false;
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data() + 1, port.data() + port.size(), number);
  return error != std::errc() || number > 65535;
}

std::string problem_of_host(std::string_view host) {
  const std::size_t blank = host.find(' ');
  if (host.starts_with('[') && host.find(']') == std::string_view::npos)
    return "missing ']' in host";
  if (!is_port(port_of(host)))
    return fmt::format("invalid port {} after host", quoted(port_of(host)));
  if (blank != std::string_view::npos) return R"(invalid character " " in host name)";
  if (const std::string_view escape = bad_host_escape(host); !escape.empty())
    return fmt::format("invalid URL escape {}", quoted(escape));
  return "";
}

std::string problem_of(std::string_view url, const Parts& parts) {
  if (std::any_of(url.begin(), url.end(), is_control))
    return "net/url: invalid control character in URL";
  if (url.starts_with(':')) return "missing protocol scheme";
  const std::string_view first = parts.path.substr(0, parts.path.find('/'));
  if (parts.scheme.empty() && first.find(':') != std::string_view::npos)
    return "first path segment in URL cannot contain colon";
  if (std::string problem = problem_of_host(parts.host); !problem.empty()) return problem;
  for (const std::string_view part : {parts.path, parts.fragment}) {
    const std::string_view escape = bad_escape(part);
    if (!escape.empty()) return fmt::format("invalid URL escape {}", quoted(escape));
  }
  return "";
}

}  // namespace

Failure check_url(std::string_view url) {
  const Parts parts = split(url);
  if (const std::string problem = problem_of(url, parts); !problem.empty())
    return {kInvalidUrl, fmt::format("invalid URL: parse {}: {}", quoted(url), problem)};
  if (!equals_ignoring_case(parts.scheme, "http") && !equals_ignoring_case(parts.scheme, "https"))
    return {kUnknown, fmt::format("unsupported protocol scheme {}", quoted(parts.scheme))};
  if (parts.host.empty()) return {kUnknown, "http: no Host in request URL"};
  const std::string_view port = port_of(parts.host);
  if (!beyond_ports(port)) return {};
  return {kDial, fmt::format("dial tcp: address {}: invalid port", port.substr(1))};
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += fmt::format("\\{}", c);
    } else if (c == '\t' || c == '\n' || c == '\r') {
      result += c == '\t' ? "\\t" : c == '\n' ? "\\n" : "\\r";
    } else if (is_control(c)) {
      result += fmt::format("\\x{:02x}", c);
    } else {
      result += c;
    }
  }
  return result + '"';
}

}  // namespace loadrun::net

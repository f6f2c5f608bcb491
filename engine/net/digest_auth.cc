#include "net/digest_auth.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/check.h"
#include "base/text.h"
#include "net/request_check.h"

namespace loadrun::net {
namespace {

using Parameters = std::map<std::string, std::string, std::less<>>;

/// Without the blanks and commas in front, between two elements of a list.
std::string_view at_element(std::string_view text) {
  const auto first = text.find_first_not_of(" \t,");
  return first == std::string_view::npos ? "" : text.substr(first);
}

/// Takes a token or a quoted string off the front of `text`.
std::string take_value(std::string_view& text) {
  std::string value;
  if (!text.starts_with('"')) {
    const std::string_view token = text.substr(0, text.find_first_of(" \t,"));
    text.remove_prefix(token.size());
    return std::string(token);
  }
  text.remove_prefix(1);
  while (!text.empty() && text.front() != '"') {
    if (text.front() == '\\' && text.size() > 1) text.remove_prefix(1);
    value += text.front();
    text.remove_prefix(1);
  }
  if (!text.empty()) text.remove_prefix(1);
  return value;
}

/// RFC 7235's auth-params, up to the next challenge of the same header.
Parameters parse_parameters(std::string_view text) {
  Parameters parameters;
  for (text = at_element(text); !text.empty(); text = at_element(text)) {
    const auto equals = text.find_first_of("= \t,");
    if (equals == std::string_view::npos || text[equals] != '=') break;
    std::string name = in_lower_case(text.substr(0, equals));
    text.remove_prefix(equals + 1);
    parameters.emplace(std::move(name), take_value(text));
  }
  return parameters;
}

std::string_view value_of(const Parameters& parameters, std::string_view name) {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::string_view() : found->second;
}

/// What an `algorithm` parameter names; `digest` is null for one that is not known.
struct Algorithm {
  const EVP_MD* digest;
  bool session;
};

Algorithm algorithm_of(std::string_view name) {
  if (name.empty() || equals_ignoring_case(name, "MD5")) return {EVP_md5(), false};
  if (equals_ignoring_case(name, "MD5-sess")) return {EVP_md5(), true};
  if (equals_ignoring_case(name, "SHA-256")) return {EVP_sha256(), false};
  if (equals_ignoring_case(name, "SHA-256-sess")) return {EVP_sha256(), true};
  return {nullptr, false};
}

std::string hex_digest(const EVP_MD* digest, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  LOADRUN_CHECK(EVP_Digest(text.data(), text.size(), bytes.data(), &size, digest, nullptr) == 1);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", bytes.at(i));
  return hex;
}

/// "auth" where the server offers it, else "auth-int", else "" (RFC 2069).
std::string_view chosen_qop(std::string_view offered) {
  bool integrity = false;
  for (offered = at_element(offered); !offered.empty(); offered = at_element(offered)) {
    const std::string_view one = offered.substr(0, offered.find_first_of(" \t,"));
    if (equals_ignoring_case(one, "auth")) return "auth";
    integrity = integrity || equals_ignoring_case(one, "auth-int");
    offered.remove_prefix(one.size());
  }
  return integrity ? "auth-int" : "";
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = [&](std::size_t at) {
      const char c = at < text.size() ? text[at] : 'x';
      return c >= '0' && c <= '9'   ? c - '0'
             : c >= 'a' && c <= 'f' ? c - 'a' + 10
             : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                    : -1;
    };
    const int high = digit(i + 1);
    const int low = digit(i + 2);
    const bool escaped = text[i] == '%' && high >= 0 && low >= 0;
    result += escaped ? static_cast<char>(high * 16 + low) : text[i];
    if (escaped) i += 2;
  }
  return result;
}

constexpr std::string_view kCount = "00000001";  // every challenge is answered once

/// RFC 7616 3.4.1: what proves that the password is known.
std::string response_of(const Parameters& challenge, const Algorithm& algorithm,
                        const DigestRequest& request, const Credentials& credentials,
                        std::string_view qop, std::string_view client_nonce) {
  const auto hash = [&](const std::string& text) { return hex_digest(algorithm.digest, text); };
  const std::string_view nonce = value_of(challenge, "nonce");
  std::string secret = hash(fmt::format("{}:{}:{}", credentials.user, value_of(challenge, "realm"),
                                        credentials.password));
  if (algorithm.session) secret = hash(fmt::format("{}:{}:{}", secret, nonce, client_nonce));
  std::string action = fmt::format("{}:{}", request.method, request.target);
  if (qop == "auth-int") action += ":" + hash(std::string(request.body));
  if (qop.empty()) return hash(fmt::format("{}:{}:{}", secret, nonce, hash(action)));
  return hash(
      fmt::format("{}:{}:{}:{}:{}:{}", secret, nonce, kCount, client_nonce, qop, hash(action)));
}

}  // namespace

std::optional<Credentials> take_credentials(std::string& url) {
  const std::string_view found = userinfo_of(url);
  if (found.data() == nullptr) return std::nullopt;
  const std::string userinfo(found);
  url.erase(static_cast<std::size_t>(found.data() - url.data()), userinfo.size() + 1);
  const std::size_t colon = userinfo.find(':');
  if (colon == std::string::npos) return Credentials{decoded(userinfo), ""};
  return Credentials{decoded(userinfo.substr(0, colon)), decoded(userinfo.substr(colon + 1))};
}

std::string_view request_target(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t path =
      url.find_first_of("/?#", scheme == std::string_view::npos ? 0 : scheme + 3);
  if (path == std::string_view::npos || url[path] == '#') return "/";
  return url.substr(path, url.find('#', path) - path);
}

std::optional<std::string> answer_digest(std::string_view challenge, const DigestRequest& request,
                                         const Credentials& credentials,
                                         std::string_view client_nonce) {
  constexpr std::string_view kScheme = "Digest ";
  if (!equals_ignoring_case(challenge.substr(0, kScheme.size()), kScheme)) return std::nullopt;
  const Parameters asked = parse_parameters(challenge.substr(kScheme.size()));
  const Algorithm algorithm = algorithm_of(value_of(asked, "algorithm"));
  const std::string_view offered = value_of(asked, "qop");
  const std::string_view qop = chosen_qop(offered);
  if (algorithm.digest == nullptr || (qop.empty() && !offered.empty())) return std::nullopt;
  std::string answer = fmt::format(
      "Digest username={}, realm={}, nonce={}, uri={}, response=\"{}\"", quoted(credentials.user),
      quoted(value_of(asked, "realm")), quoted(value_of(asked, "nonce")), quoted(request.target),
      response_of(asked, algorithm, request, credentials, qop, client_nonce));
  if (asked.contains("algorithm"))
    answer += fmt::format(", algorithm={}", value_of(asked, "algorithm"));
  if (asked.contains("opaque"))
    answer += fmt::format(", opaque={}", quoted(value_of(asked, "opaque")));
  if (!qop.empty()) answer += fmt::format(", qop={}, nc={}", qop, kCount);
  if (!qop.empty() || algorithm.session) answer += ", cnonce=" + quoted(client_nonce);
  return answer;
}

}  // namespace loadrun::net

#include "net/tls_error.h"

#include <fmt/format.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <string>

namespace loadrun::net {
namespace {

bool contains_any(std::string_view text, std::initializer_list<std::string_view> signs) {
  return std::any_of(signs.begin(), signs.end(), [text](std::string_view sign) {
    return text.find(sign) != std::string_view::npos;
  });
}

// OpenSSL's reason: "error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0".
std::string_view reason_in(std::string_view message) {
  const std::size_t begin = message.find("routines:");
  if (begin == std::string_view::npos) return {};
  std::string_view reason = message.substr(begin);
  reason.remove_prefix(std::string_view("routines:").size());
  reason.remove_prefix(std::min(reason.find_first_not_of(':'), reason.size()));
  return reason.substr(0, reason.find(", errno"));
}

// Words that say more than OpenSSL's own; nothing for the others.
std::string_view explained(std::string_view reason) {
  if (reason == "unsupported protocol") return "the server chose a version below tlsVersion";
  if (reason == "no protocols available") {
    return "tlsVersion and tlsCipherSuites leave no version of TLS to offer";
  }
  return reason;
}

}  // namespace

Failure certificate_failure(long verify_result, std::string_view message) {
  switch (verify_result) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return {kHostnameMismatch, "x509: certificate doesn't match hostname"};
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return {kUnknownAuthority, "x509: unknown authority"};
    case X509_V_OK:
    case X509_V_ERR_UNSPECIFIED:  // The chain is fine: libcurl's own check of the name failed.
      if (message.empty() || contains_any(message, {"subject name", "common name"})) {
        return {kHostnameMismatch, "x509: certificate doesn't match hostname"};
      }
      return {kTls, std::string(message)};
    default:
      return {kTls, fmt::format("x509: {}", X509_verify_cert_error_string(verify_result))};
  }
}

Failure tls_failure(std::string_view message) {
  const std::string_view reason = reason_in(message);
  if (reason.empty()) return {};
  if (contains_any(reason, {"wrong version number", "http request", "packet length too long"})) {
    return {kNotTls, "tls: first record does not look like a TLS handshake"};
  }
  constexpr std::string_view kAlert = " alert ";
  if (const std::size_t at = reason.find(kAlert); at != std::string_view::npos) {
    return {kTls, fmt::format("remote error: tls: {}", reason.substr(at + kAlert.size()))};
  }
  return {kTls, fmt::format("tls: {}", explained(reason))};
}

}  // namespace loadrun::net

#include "net/tls_info.h"

#include <openssl/ssl.h>

namespace loadrun::net {
namespace {

std::string k6_version(int version) {
  switch (version) {
    case TLS1_3_VERSION:
      return "tls1.3";
    case TLS1_2_VERSION:
      return "tls1.2";
    case TLS1_1_VERSION:
      return "tls1.1";
    case TLS1_VERSION:
      return "tls1.0";
    default:
      return "";
  }
}

}  // namespace

TlsInfo tls_info(CURL* easy) {
  curl_tlssessioninfo* session = nullptr;
  if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || session == nullptr)
    return {};
  if (session->backend != CURLSSLBACKEND_OPENSSL || session->internals == nullptr) return {};
  const auto* const ssl = static_cast<const SSL*>(session->internals);
  const char* const cipher = SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl));
  return {k6_version(SSL_version(ssl)), cipher == nullptr ? "" : cipher};
}

}  // namespace loadrun::net

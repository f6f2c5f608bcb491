#include "net/tls_info.h"

#include <openssl/ssl.h>

#include <cstring>

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

const SSL* connection_of(CURL* easy) {
  curl_tlssessioninfo* session = nullptr;
  if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || session == nullptr)
    return nullptr;
  if (session->backend != CURLSSLBACKEND_OPENSSL) return nullptr;
  return static_cast<const SSL*>(session->internals);
}

}  // namespace

TlsInfo tls_info(CURL* easy) {
  const SSL* const ssl = connection_of(easy);
  if (ssl == nullptr) return {};
  const char* const cipher = SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl));
  return {k6_version(SSL_version(ssl)), cipher == nullptr ? "" : cipher};
}

bool speaks_http2(CURL* easy) {
  const SSL* const ssl = connection_of(easy);
  if (ssl == nullptr) return false;
  const unsigned char* protocol = nullptr;
  unsigned int length = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &length);
  return length == 2 && std::memcmp(protocol, "h2", 2) == 0;
}

}  // namespace loadrun::net

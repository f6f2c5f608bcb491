#include "net/tls_info.h"

#include <openssl/ssl.h>

#include <cstring>

#include "base/tls_names.h"

namespace loadrun::net {
namespace {

using StapledStatus = std::shared_ptr<const OcspStatus>;

void free_status(void*, void* status, CRYPTO_EX_DATA*, int, long, void*) {
  const std::unique_ptr<StapledStatus> owner(static_cast<StapledStatus*>(status));
}

// Parsed once per connection, which keeps it for the other responses.
StapledStatus stapled_status(SSL* ssl) {
  const unsigned char* der = nullptr;
  const long size = SSL_get_tlsext_status_ocsp_resp(ssl, &der);
  if (size <= 0) return nullptr;
  static const int kIndex = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_status);
  if (const auto* kept = static_cast<StapledStatus*>(SSL_get_ex_data(ssl, kIndex))) return *kept;
  const auto parsed = parse_ocsp({der, static_cast<std::size_t>(size)});
  auto status = std::make_unique<StapledStatus>();
  if (parsed) *status = std::make_shared<const OcspStatus>(*parsed);
  StapledStatus copy = *status;
  if (SSL_set_ex_data(ssl, kIndex, status.get()) == 1) static_cast<void>(status.release());
  return copy;
}

SSL* connection_of(CURL* easy) {
  curl_tlssessioninfo* session = nullptr;
  if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || session == nullptr)
    return nullptr;
  if (session->backend != CURLSSLBACKEND_OPENSSL) return nullptr;
  return static_cast<SSL*>(session->internals);
}

}  // namespace

TlsInfo tls_info(CURL* easy) {
  SSL* const ssl = connection_of(easy);
  if (ssl == nullptr) return {};
  const char* const cipher = SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl));
  return {std::string(tls_version_name(SSL_version(ssl))), cipher == nullptr ? "" : cipher,
          stapled_status(ssl)};
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

#include "net/tls_settings.h"

#include <openssl/ssl.h>

#include <algorithm>

#include "base/text.h"

namespace loadrun::net {
namespace {

// In Go's order: the same server chooses what it chooses for k6, and the first costs less.
constexpr const char* kTls13Suites =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

// Names of hosts are ASCII here: libcurl has encoded the others.
bool has_domain(const ClientCertificate& certificate, std::string_view name) {
  return std::ranges::any_of(certificate.domains, [name](const std::string& domain) {
    return equals_ignoring_case(domain, name);
  });
}

int lowest_version(const TlsSettings& settings) {
  if (settings.min_version != 0) return settings.min_version;
  return settings.max_version == 0 ? TLS1_2_VERSION
                                   : std::min(settings.max_version, TLS1_2_VERSION);
}

// Go takes RSA keys of 1,024 bits, OpenSSL from level 1 down; versions before 1.2 sign with SHA-1,
// which is level 0.
bool limit_versions(SSL_CTX* context, const TlsSettings& settings) {
  int lowest = lowest_version(settings);
  SSL_CTX_set_security_level(context, lowest < TLS1_2_VERSION ? 0 : 1);
  if (settings.restrict_ciphers && settings.ciphers.empty()) {
    lowest = TLS1_3_VERSION;  // Below it there is none left.
  } else if (settings.restrict_ciphers &&
             SSL_CTX_set_cipher_list(context, settings.ciphers.c_str()) != 1) {
    return false;
  }
  return SSL_CTX_set_min_proto_version(context, lowest) == 1 &&
         SSL_CTX_set_max_proto_version(context, settings.max_version) == 1;
}

bool show(SSL_CTX* context, const KeyPair& pair) {
  if (SSL_CTX_use_certificate(context, pair.certificate.get()) != 1) return false;
  for (const auto& next : pair.chain) {
    if (SSL_CTX_add1_chain_cert(context, next.get()) != 1) return false;
  }
  return SSL_CTX_use_PrivateKey(context, pair.key.get()) == 1;
}

}  // namespace

const ClientCertificate* certificate_for(std::string_view host,
                                         const std::vector<ClientCertificate>& certificates) {
  const std::size_t dot = std::min(host.find('.'), host.size());
  const std::string wildcard = "*" + std::string(host.substr(dot));
  const auto first = [&](auto matches) -> const ClientCertificate* {
    const auto found = std::ranges::find_if(certificates, matches);
    return found == certificates.end() ? nullptr : &*found;
  };
  const auto* found = first([&](const auto& c) { return has_domain(c, host); });
  if (found == nullptr) found = first([&](const auto& c) { return has_domain(c, wildcard); });
  if (found == nullptr) found = first([](const auto& c) { return c.domains.empty(); });
  return found;
}

// Every server is asked for a stapled OCSP response, as Go does. libcurl switches off the tickets
// of TLS 1.2.
bool configure_tls(SSL_CTX* context, const TlsSettings& settings, std::string_view host) {
  SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
  if (settings.session_resumption) SSL_CTX_clear_options(context, SSL_OP_NO_TICKET);
  if (SSL_CTX_set_ciphersuites(context, kTls13Suites) != 1) return false;
  if (!limit_versions(context, settings)) return false;
  const ClientCertificate* certificate = certificate_for(host, settings.client_certificates);
  return certificate == nullptr || show(context, certificate->pair);
}

}  // namespace loadrun::net

#include "net/tls_settings.h"

#include <openssl/ssl.h>

#include <future>
#include <memory>

#include "net/shared_tls_context.h"
#include "support/catch.h"
#include "support/pem_texts.h"

using namespace loadrun;
using namespace loadrun::net;

namespace {

using Context = std::unique_ptr<SSL_CTX, decltype([](SSL_CTX* context) { SSL_CTX_free(context); })>;

Context configured(const TlsSettings& settings, std::string_view host = "a.example") {
  Context context(SSL_CTX_new(TLS_client_method()));
  REQUIRE(configure_tls(context.get(), settings, host));
  return context;
}

/// The domains of the chosen certificate, joined; "none" when there is none.
std::string chosen(std::string_view host, const std::vector<std::vector<std::string>>& domains) {
  std::vector<ClientCertificate> certificates;
  certificates.reserve(domains.size());
  for (const auto& list : domains) certificates.push_back({.pair = {}, .domains = list});
  const ClientCertificate* found = certificate_for(host, certificates);
  if (found == nullptr) return "none";
  return found->domains.empty() ? "any" : found->domains.front();
}

}  // namespace

TEST_CASE("a client certificate is chosen by the name of the host") {
  CHECK(chosen("a.example", {{"b.example"}, {"a.example"}}) == "a.example");
  CHECK(chosen("A.Example", {{"a.EXAMPLE"}}) == "a.EXAMPLE");
  CHECK(chosen("a.example", {{"b.example"}}) == "none");
  CHECK(chosen("a.example", {}) == "none");
  CHECK(chosen("127.0.0.1", {{"127.0.0.1"}}) == "127.0.0.1");
}

TEST_CASE("a wildcard is one label, and a name or wildcard beats no domain") {
  CHECK(chosen("a.b.example", {{"*.b.example"}}) == "*.b.example");
  CHECK(chosen("a.b.example", {{"*.example"}}) == "none");
  CHECK(chosen("b.example", {{"*.b.example"}}) == "none");
  CHECK(chosen("localhost", {{"*"}}) == "*");
  CHECK(chosen("a.example", {{}, {"*.example"}}) == "*.example");
  CHECK(chosen("a.example", {{"*.example"}, {"a.example"}}) == "a.example");
  CHECK(chosen("a.other", {{"*.example"}, {}}) == "any");
}

TEST_CASE("versions of TLS: Go's default is 1.2 and up") {
  const auto range = [](const TlsSettings& settings) {
    const Context context = configured(settings);
    return std::pair<int, int>(SSL_CTX_get_min_proto_version(context.get()),
                               SSL_CTX_get_max_proto_version(context.get()));
  };
  CHECK(range({}) == std::pair(0x0303, 0));
  CHECK(range({.min_version = 0x0301}) == std::pair(0x0301, 0));
  CHECK(range({.min_version = 0x0303, .max_version = 0x0303}) == std::pair(0x0303, 0x0303));
  CHECK(range({.max_version = 0x0302}) == std::pair(0x0302, 0x0302));
}

TEST_CASE("versions before 1.2 need OpenSSL's lowest security level") {
  CHECK(SSL_CTX_get_security_level(configured({}).get()) == 1);
  CHECK(SSL_CTX_get_security_level(configured({.min_version = 0x0302}).get()) == 0);
}

TEST_CASE("a list of ciphers leaves those of TLS 1.3 alone") {
  const auto offered = [](const Context& context) {
    std::vector<std::string> names;
    STACK_OF(SSL_CIPHER)* const ciphers = SSL_CTX_get_ciphers(context.get());
    names.reserve(static_cast<std::size_t>(sk_SSL_CIPHER_num(ciphers)));
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
      names.emplace_back(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(ciphers, i)));
    }
    return names;
  };
  const auto names =
      offered(configured({.restrict_ciphers = true, .ciphers = "ECDHE-RSA-AES128-SHA"}));
  CHECK(names == std::vector<std::string>{"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
                                          "TLS_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-AES128-SHA"});
  const Context without = configured({.restrict_ciphers = true});
  CHECK(SSL_CTX_get_min_proto_version(without.get()) == TLS1_3_VERSION);
}

TEST_CASE("the context has the certificate with its chain, and asks for OCSP") {
  const test::PemTexts own;
  const auto pair = KeyPair::parse(own.cert() + own.cert(), own.key(), std::nullopt);
  const Context context =
      configured({.client_certificates = {{.pair = pair.value(), .domains = {"a.example"}}}});
  CHECK(SSL_CTX_get0_certificate(context.get()) == pair.value().certificate.get());
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(context.get(), &chain);
  CHECK(sk_X509_num(chain) == 1);
  CHECK(SSL_CTX_get_tlsext_status_type(context.get()) == TLSEXT_STATUSTYPE_ocsp);
  const Context other = configured(
      {.client_certificates = {{.pair = pair.value(), .domains = {"a.example"}}}}, "b.example");
  CHECK(SSL_CTX_get0_certificate(other.get()) == nullptr);
}

TEST_CASE("contexts are shared on one thread while somebody says so") {
  const auto fresh = [] { return Context(SSL_CTX_new(TLS_client_method())); };
  CHECK(fresh() != fresh());
  SharedTlsContext shared;
  SharedTlsContext other;
  Context kept;
  {
    const SharedTlsContext::Use use(&shared);
    kept = fresh();
    CHECK(fresh() == kept);
    CHECK(std::async(std::launch::async, fresh).get() != kept);
  }
  CHECK(fresh() != kept);
  {
    const SharedTlsContext::Use use(&other);
    CHECK(fresh() != kept);
  }
  const SharedTlsContext::Use none(nullptr);
  CHECK(fresh() != kept);
}

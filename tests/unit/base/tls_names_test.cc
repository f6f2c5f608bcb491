#include "base/tls_names.h"

#include <openssl/ssl.h>

#include <set>

#include "support/catch.h"

using namespace loadrun;

TEST_CASE("TLS versions have names and numbers") {
  CHECK(tls_version_number("tls1.0") == TLS1_VERSION);
  CHECK(tls_version_number("tls1.1") == TLS1_1_VERSION);
  CHECK(tls_version_number("tls1.2") == TLS1_2_VERSION);
  CHECK(tls_version_number("tls1.3") == TLS1_3_VERSION);
  for (const char* wrong : {"", "ssl3.0", "tls1", "TLS1.2", "1.2"}) {
    CHECK_FALSE(tls_version_number(wrong));
  }
  CHECK(tls_version_name(TLS1_1_VERSION) == "tls1.1");
  CHECK(tls_version_name(SSL3_VERSION).empty());
}

TEST_CASE("there are 25 cipher suites, each once") {
  std::set<std::string_view> names;
  for (const TlsSuite& suite : tls_suites()) names.insert(suite.name);
  CHECK(names.size() == 25);
  CHECK(find_tls_suite("TLS_ECDHE_RSA_WITH_RC4_128_SHA") != nullptr);
  CHECK(find_tls_suite("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256") == nullptr);
  CHECK(find_tls_suite("foo") == nullptr);
}

// OpenSSL knows the standard name of every suite: the table must mean the same one.
TEST_CASE("the two names of a cipher suite are the same suite") {
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_security_level(context, 0);
  for (const TlsSuite& suite : tls_suites()) {
    if (suite.tls13 || suite.openssl.empty()) continue;
    INFO(suite.name);
    REQUIRE(SSL_CTX_set_cipher_list(context, std::string(suite.openssl).c_str()) == 1);
    std::set<std::string> offered;
    STACK_OF(SSL_CIPHER)* const ciphers = SSL_CTX_get_ciphers(context);
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
      offered.insert(SSL_CIPHER_standard_name(sk_SSL_CIPHER_value(ciphers, i)));
    }
    const std::string name(suite.name);
    CHECK(offered.contains(name) + offered.contains(name + "_SHA256") == 1);
  }
  SSL_CTX_free(context);
}

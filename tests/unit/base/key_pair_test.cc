#include "base/key_pair.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "support/catch.h"
#include "support/pem_texts.h"

using namespace loadrun;
using test::PemTexts;

namespace {

std::string refusal(const std::string& cert, const std::string& key,
                    const std::optional<std::string>& password = std::nullopt) {
  const auto pair = KeyPair::parse(cert, key, password);
  REQUIRE_FALSE(pair.ok());
  return pair.error().message;
}

}  // namespace

TEST_CASE("a certificate, its chain and its key") {
  const PemTexts own;
  const PemTexts authority;
  const auto pair = KeyPair::parse(own.cert() + authority.cert(), own.key(), std::nullopt);
  REQUIRE(pair.ok());
  CHECK(pair.value().chain.size() == 1);
  CHECK(X509_check_private_key(pair.value().certificate.get(), pair.value().key.get()) == 1);
}

TEST_CASE("encrypted keys need their password") {
  const PemTexts own;
  for (const std::string& key : {own.legacy_key("secret"), own.pkcs8_key("secret")}) {
    INFO(key);
    CHECK(KeyPair::parse(own.cert(), key, "secret").ok());
    CHECK(refusal(own.cert(), key) == "`key` is encrypted, and there is no `password`");
    CHECK(refusal(own.cert(), key, "wrong") ==
          "`key` is encrypted, and `password` does not open it");
  }
}

TEST_CASE("what is no pair says which half is wrong") {
  const PemTexts own;
  const PemTexts other;
  CHECK(refusal("", own.key()) == "`cert` holds no certificate in PEM format");
  CHECK(refusal(own.key(), own.key()) == "`cert` holds no certificate in PEM format");
  CHECK(refusal(own.cert(), "") == "`key` holds no private key in PEM format");
  CHECK(refusal(own.cert(), own.cert()) == "`key` holds no private key in PEM format");
  CHECK(refusal(own.cert(), other.key()) == "`key` is not the private key of `cert`");
}

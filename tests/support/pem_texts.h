#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace loadrun::test {

/// A new self-signed certificate and its key as PEM texts.
class PemTexts {
 public:
  PemTexts() : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), cert_(X509_new(), X509_free) {
    X509_gmtime_adj(X509_getm_notBefore(cert_.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(cert_.get()), 3600);
    X509_set_pubkey(cert_.get(), key_.get());
    X509_sign(cert_.get(), key_.get(), EVP_sha256());
  }

  std::string cert() const {
    return text([this](BIO* to) { return PEM_write_bio_X509(to, cert_.get()); });
  }
  std::string key() const {
    return text([this](BIO* to) {
      return PEM_write_bio_PrivateKey(to, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  /// Encrypted as OpenSSL did before PKCS #8: "Proc-Type: 4,ENCRYPTED".
  std::string legacy_key(const std::string& password) const {
    return text([&](BIO* to) {
      return PEM_write_bio_PrivateKey_traditional(
          to, key_.get(), EVP_aes_128_cbc(),
          reinterpret_cast<const unsigned char*>(password.data()),
          static_cast<int>(password.size()), nullptr, nullptr);
    });
  }
  std::string pkcs8_key(const std::string& password) const {
    return text([&](BIO* to) {
      return PEM_write_bio_PKCS8PrivateKey(to, key_.get(), EVP_aes_128_cbc(), password.data(),
                                           static_cast<int>(password.size()), nullptr, nullptr);
    });
  }

 private:
  template <typename Write>
  static std::string text(Write write) {
    const std::unique_ptr<BIO, decltype([](BIO* bio) { BIO_free(bio); })> memory(
        BIO_new(BIO_s_mem()));
    write(memory.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<std::size_t>(size)};
  }

  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> cert_;
};

}  // namespace loadrun::test

#include "base/key_pair.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstring>

namespace loadrun {
namespace {

using Bio = std::unique_ptr<BIO, decltype([](BIO* bio) { BIO_free(bio); })>;

Bio reader(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Error bad(std::string message) { return Error{ExitCode::kInvalidConfig, std::move(message)}; }

std::shared_ptr<X509> next_certificate(BIO* bio) {
  return {PEM_read_bio_X509(bio, nullptr, nullptr, nullptr), X509_free};
}

struct Password {
  const std::optional<std::string>& text;
  bool asked = false;
};

// OpenSSL's callback for passwords; without one it would ask the terminal.
int give_password(char* buffer, int size, int, void* context) {
  auto& password = *static_cast<Password*>(context);
  password.asked = true;
  if (!password.text) return -1;
  const std::size_t length =
      std::min(password.text->size(), static_cast<std::size_t>(std::max(size, 0)));
  std::memcpy(buffer, password.text->data(), length);
  return static_cast<int>(length);
}

Result<std::shared_ptr<EVP_PKEY>> read_key(const std::string& text,
                                           const std::optional<std::string>& given) {
  Password password{given};
  std::shared_ptr<EVP_PKEY> key(
      PEM_read_bio_PrivateKey(reader(text).get(), nullptr, give_password, &password),
      EVP_PKEY_free);
  ERR_clear_error();
  if (key) return key;
  if (!password.asked) return bad("`key` holds no private key in PEM format");
  return bad(given ? "`key` is encrypted, and `password` does not open it"
                   : "`key` is encrypted, and there is no `password`");
}

}  // namespace

Result<KeyPair> KeyPair::parse(const std::string& certificate, const std::string& key,
                               const std::optional<std::string>& password) {
  KeyPair pair;
  const Bio bio = reader(certificate);
  pair.certificate = next_certificate(bio.get());
  if (!pair.certificate) {
    ERR_clear_error();
    return bad("`cert` holds no certificate in PEM format");
  }
  while (auto next = next_certificate(bio.get())) pair.chain.push_back(std::move(next));
  ERR_clear_error();
  auto parsed = read_key(key, password);
  if (!parsed.ok()) return parsed.error();
  pair.key = std::move(parsed).value();
  if (X509_check_private_key(pair.certificate.get(), pair.key.get()) == 1) return pair;
  ERR_clear_error();
  return bad("`key` is not the private key of `cert`");
}

}  // namespace loadrun

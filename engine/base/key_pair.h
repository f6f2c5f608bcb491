#pragma once

#include <openssl/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace loadrun {

/// A certificate, what leads from it to its authority, and its private key. Copies share what was
/// parsed. Thread-safe: nothing changes.
struct KeyPair {
  std::shared_ptr<X509> certificate;
  std::vector<std::shared_ptr<X509>> chain;  ///< The certificates that followed the first one.
  std::shared_ptr<EVP_PKEY> key;

  /// Reads PEM texts. `password` opens an encrypted key, both of PKCS #8 and of OpenSSL's older
  /// format. Fails (kInvalidConfig) saying which of the two texts cannot be read and why, or that
  /// they do not belong together.
  static Result<KeyPair> parse(const std::string& certificate, const std::string& key,
                               const std::optional<std::string>& password);
};

}  // namespace loadrun

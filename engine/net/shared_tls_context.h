#pragma once

#include <openssl/ssl.h>

#include <memory>

namespace loadrun::net {

/// libcurl makes an SSL_CTX for every connection: a fifth of a full handshake, and 10 KB. All that
/// it makes on this thread while a Use lives are the same one instead, which is right as long as
/// all connections are configured alike.
///
/// It works because SSL_CTX_new of this module is found before OpenSSL's. Where it is not, as in a
/// static build, connections have contexts of their own and everything else stays the same.
class SharedTlsContext {
 public:
  class Use {
   public:
    /// `context` outlives it; with nullptr nothing is shared. Uses do not nest.
    explicit Use(SharedTlsContext* context);
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use();
  };

  SharedTlsContext();
  ~SharedTlsContext();

  /// One more reference to the context, made with `method` at first; nullptr when OpenSSL fails.
  SSL_CTX* acquire(const SSL_METHOD* method);

 private:
  std::shared_ptr<SSL_CTX> context_;
};

}  // namespace loadrun::net

#pragma once

#include <cstdint>
#include <vector>

namespace loadrun::net {

/// Bytes of TCP payload in both directions.
struct ByteCount {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
};

/// Payload bytes of a session's connections, from the kernel (TCP_INFO): TLS, handshakes and chunk
/// framing included.
///
/// An exchange is given what its connection moved since the exchange before, plus what connections
/// of the session moved between their last exchange and their end. So every byte is counted once,
/// and sums over a connection add up exactly. Sent is what went out for the first time
/// (tcpi_bytes_sent - tcpi_bytes_retrans): acknowledgements may lag behind.
class Traffic {
 public:
  void opened(int fd);
  /// REQUIRES: called before `fd` is closed.
  void closing(int fd);

  /// The only open connection; -1 when there are none or several.
  int only_connection() const;
  /// What the exchange that ends now on `fd` is given. `fd` is -1 when its connection is closed
  /// already.
  ByteCount claim(int fd);
  /// The same where `moved` is known already: saves asking the kernel.
  ByteCount claim_known(int fd, ByteCount moved);

 private:
  struct Connection {
    int fd;
    ByteCount claimed;
  };

  ByteCount take_new_bytes(Connection& connection);

  std::vector<Connection> connections_;
  ByteCount unclaimed_;  ///< Of connections that are closed.
};

}  // namespace loadrun::net

#include "net/traffic.h"

// Not <netinet/tcp.h>: glibc's tcp_info ends before the byte counters.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace loadrun::net {
namespace {

// Of the states in which the peer's FIN has arrived (include/net/tcp_states.h): tcpi_bytes_received
// counts it as a byte.
bool peer_has_finished(std::uint8_t state) {
  constexpr std::uint8_t kTimeWait = 6;
  constexpr std::uint8_t kCloseWait = 8;
  constexpr std::uint8_t kLastAck = 9;
  constexpr std::uint8_t kClosing = 11;
  return state == kTimeWait || state == kCloseWait || state == kLastAck || state == kClosing;
}

ByteCount bytes_so_far(int fd) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return {};
  const std::uint64_t fin = peer_has_finished(info.tcpi_state) ? 1 : 0;
  return {info.tcpi_bytes_sent - info.tcpi_bytes_retrans, info.tcpi_bytes_received - fin};
}

}  // namespace

void Traffic::opened(int fd) { connections_.push_back({fd, {}}); }

void Traffic::closing(int fd) {
  const auto closed = std::find_if(connections_.begin(), connections_.end(),
                                   [fd](const Connection& c) { return c.fd == fd; });
  if (closed == connections_.end()) return;
  const ByteCount rest = take_new_bytes(*closed);
  unclaimed_.sent += rest.sent;
  unclaimed_.received += rest.received;
  connections_.erase(closed);
}

int Traffic::only_connection() const {
  return connections_.size() == 1 ? connections_.front().fd : -1;
}

ByteCount Traffic::claim(int fd) {
  ByteCount claimed = std::exchange(unclaimed_, {});
  for (Connection& connection : connections_) {
    if (connection.fd != fd) continue;
    const ByteCount moved = take_new_bytes(connection);
    claimed.sent += moved.sent;
    claimed.received += moved.received;
  }
  return claimed;
}

ByteCount Traffic::claim_known(int fd, ByteCount moved) {
  for (Connection& connection : connections_) {
    if (connection.fd != fd) continue;
    connection.claimed.sent += moved.sent;
    connection.claimed.received += moved.received;
  }
  const ByteCount rest = std::exchange(unclaimed_, {});
  return {moved.sent + rest.sent, moved.received + rest.received};
}

ByteCount Traffic::take_new_bytes(Connection& connection) {
  const ByteCount total = bytes_so_far(connection.fd);
  const ByteCount before = connection.claimed;
  // A retransmission between two readings may make the difference negative for a moment: it is made
  // up for later.
  connection.claimed.sent = std::max(total.sent, before.sent);
  connection.claimed.received = std::max(total.received, before.received);
  return {connection.claimed.sent - before.sent, connection.claimed.received - before.received};
}

}  // namespace loadrun::net

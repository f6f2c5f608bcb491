#include "net/dial_socket.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/unique_fd.h"
#include "net/transport_error.h"

namespace loadrun::net {
namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

SocketAddress socket_address(const IpAddress& address, std::uint16_t port) {
  SocketAddress result;
  const auto bytes = address.bytes();
  if (address.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, bytes.data(), bytes.size());
    std::memcpy(&result.storage, &v4, result.size = sizeof v4);
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, bytes.data(), bytes.size());
    std::memcpy(&result.storage, &v6, result.size = sizeof v6);
  }
  return result;
}

// The port is chosen by connect(), which knows the other end: so an address has its 28,000 ports
// for each endpoint, not for all together.
bool bind_to(int fd, const IpAddress& local) {
  const int on = 1;
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  const SocketAddress address = socket_address(local, 0);
  return bind(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0;
}

Failure failure_of(int os_errno) {
  return classify({.curl_code = CURLE_COULDNT_CONNECT, .os_errno = os_errno});
}

}  // namespace

int open_socket(const Endpoint& endpoint, const std::optional<IpAddress>& local,
                curl_sockaddr& address, Failure& failure) {
  if (local && local->is_v4() != endpoint.address.is_v4()) {
    failure = {kDial, fmt::format("dial: mismatched local address type {}", local->text())};
    return -1;
  }
  const int family = endpoint.address.is_v4() ? AF_INET : AF_INET6;
  UniqueFd fd(socket(family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!fd.valid() || (local && !bind_to(fd.get(), *local))) {
    failure = failure_of(errno);
    return -1;
  }
  // libcurl's structure goes on behind its last member: there is room for any address.
  const SocketAddress target = socket_address(endpoint.address, endpoint.port);
  address.family = family;
  address.addrlen = target.size;
  std::memcpy(static_cast<void*>(&address.addr), &target.storage, target.size);
  return fd.release();
}

int peer_port(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<sockaddr_in&>(address).sin_port);
  if (address.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<sockaddr_in6&>(address).sin6_port);
  return 0;
}

}  // namespace loadrun::net

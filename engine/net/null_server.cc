#include "net/null_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace loadrun::net {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok";
constexpr int kBacklog = 4096;
constexpr std::size_t kReadSize = 16 * 1024;

/// How many heads end in `bytes`; `matched` characters of an end came before, and are there after.
std::size_t ends_of_heads(std::string_view bytes, std::size_t& matched) {
  std::size_t ends = 0;
  for (const char c : bytes) {
    const bool fits = c == kEndOfHead[matched];
    matched = fits ? matched + 1 : (c == kEndOfHead[0] ? 1 : 0);
    if (matched < kEndOfHead.size()) continue;
    matched = 0;
    ++ends;
  }
  return ends;
}

sockaddr_in loopback() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

Result<std::unique_ptr<NullServer>> NullServer::start(const Clock& clock) {
  auto loop = EventLoop::create(clock);
  if (!loop.ok()) return loop.error();
  std::unique_ptr<NullServer> server(new NullServer(std::move(loop).value()));
  if (!server->listen()) {
    return Error{ExitCode::kGeneric,
                 fmt::format("cannot listen on 127.0.0.1: {}", std::strerror(errno))};
  }
  server->thread_ = std::thread([self = server.get()] { self->serve(); });
  return server;
}

/// On a port that is free. False with errno when there is none.
bool NullServer::listen() {
  sockaddr_in address = loopback();
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  listener_.reset(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int fd = listener_.get();
  if (fd < 0 || bind(fd, generic, size) != 0 || ::listen(fd, kBacklog) != 0) return false;
  if (getsockname(fd, generic, &size) != 0) return false;
  port_ = ntohs(address.sin_port);
  return true;
}

NullServer::~NullServer() { stop(); }

std::string NullServer::url() const { return fmt::format("http://127.0.0.1:{}/", port_); }

std::uint64_t NullServer::stop() {
  stop_.store(true, std::memory_order_relaxed);
  loop_->wake();
  if (thread_.joinable()) thread_.join();
  return requests_;
}

void NullServer::serve() {
  loop_->watch(
      listener_.get(), EPOLLIN,
      [](void* self, int, std::uint32_t) { static_cast<NullServer*>(self)->accept_all(); }, this);
  while (!stop_.load(std::memory_order_relaxed)) loop_->turn();
  connections_.clear();
}

void NullServer::accept_all() {
  for (;;) {
    UniqueFd fd(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd.valid()) return;
    const int on = 1;
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const int number = fd.get();
    Connection& connection =
        connections_.emplace(number, Connection{.fd = std::move(fd), .server = this}).first->second;
    loop_->watch(number, EPOLLIN, on_ready, &connection);
  }
}

/// While answers wait for room, no requests are read: a client that does not read fills no memory.
void NullServer::on_ready(void* connection, int fd, std::uint32_t) {
  auto& ready = *static_cast<Connection*>(connection);
  NullServer& self = *ready.server;
  if ((ready.waits_to_send || self.take_requests(ready)) && self.answer(ready)) return;
  self.loop_->forget(fd);
  self.connections_.erase(fd);
}

/// False when the client has closed the connection.
bool NullServer::take_requests(Connection& connection) {
  std::array<char, kReadSize> bytes;  // NOLINT: filled by recv
  const ssize_t size = recv(connection.fd.get(), bytes.data(), bytes.size(), 0);
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  const std::string_view read(bytes.data(), static_cast<std::size_t>(size));
  const std::size_t heads = ends_of_heads(read, connection.matched);
  for (std::size_t i = 0; i < heads; ++i) connection.unsent += kAnswer;
  requests_ += heads;
  return size > 0;
}

/// False when the client has closed the connection.
bool NullServer::answer(Connection& connection) {
  std::string& unsent = connection.unsent;
  if (unsent.empty()) return true;
  const ssize_t sent = send(connection.fd.get(), unsent.data(), unsent.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
  if (sent > 0) unsent.erase(0, static_cast<std::size_t>(sent));
  const bool waits = !unsent.empty();
  if (waits == connection.waits_to_send) return true;
  connection.waits_to_send = waits;
  loop_->watch(connection.fd.get(), waits ? EPOLLOUT : EPOLLIN, on_ready, &connection);
  return true;
}

}  // namespace loadrun::net

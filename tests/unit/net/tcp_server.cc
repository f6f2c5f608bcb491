#include "tcp_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <optional>

#include "base/check.h"

namespace loadrun::test {
namespace {

// The length of the first complete request in `input`.
std::optional<std::size_t> complete_request(const std::string& input) {
  const std::size_t head_end = input.find("\r\n\r\n");
  if (head_end == std::string::npos) return std::nullopt;
  std::size_t length = head_end + 4;
  const std::size_t at = input.find("Content-Length: ");
  if (at < head_end) length += std::strtoul(input.c_str() + at + 16, nullptr, 10);
  if (input.size() < length) return std::nullopt;
  return length;
}

TimePoint clock_now() { return SystemClock().now(); }

}  // namespace

std::string response(const std::string& status, const std::string& body,
                     const std::string& headers) {
  return fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), headers,
                     body);
}

TcpServer::TcpServer(Handler handler)
    : handler_(std::move(handler)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  LOADRUN_CHECK(::bind(listener_.get(), generic, length) == 0);
  LOADRUN_CHECK(::listen(listener_.get(), 4096) == 0);
  LOADRUN_CHECK(::getsockname(listener_.get(), generic, &length) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

TcpServer::~TcpServer() {
  stop_ = true;
  thread_.join();
}

std::string TcpServer::url(const std::string& path) const {
  return fmt::format("http://127.0.0.1:{}{}", port_, path);
}

std::vector<std::string> TcpServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void TcpServer::serve() {
  std::vector<pollfd> polled;
  while (!stop_) {
    polled.assign(1, {listener_.get(), POLLIN, 0});
    for (const Connection& c : open_) polled.push_back({c.fd.get(), POLLIN, 0});
    ::poll(polled.data(), polled.size(), 1);
    for (std::size_t i = open_.size(); i-- > 0;) {
      if (!step(open_[i], polled[i + 1].revents != 0))
        open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    accept_all();
  }
}

void TcpServer::accept_all() {
  for (;;) {
    UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd.valid()) return;
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    open_.push_back({.fd = std::move(fd)});
    ++connections_;
  }
}

// False when the connection is over.
bool TcpServer::step(Connection& connection, bool readable) {
  if (readable && !read_from(connection)) return false;
  if (!connection.replying && !answer(connection)) return false;
  return !connection.replying || clock_now() < connection.send_at || write_to(connection);
}

bool TcpServer::read_from(Connection& connection) {
  char buffer[65536];
  for (;;) {
    const ssize_t got = ::recv(connection.fd.get(), buffer, sizeof buffer, 0);
    if (got < 0) return errno == EAGAIN;
    if (got == 0) return false;
    connection.input.append(buffer, static_cast<std::size_t>(got));
    bytes_received_ += static_cast<std::uint64_t>(got);
  }
}

bool TcpServer::answer(Connection& connection) {
  const std::optional<std::size_t> length = complete_request(connection.input);
  if (!length) return true;
  const std::string request = connection.input.substr(0, *length);
  connection.input.erase(0, *length);
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  Reply reply = handler_(request);
  connection.output = std::move(reply.bytes);
  connection.late_output = std::move(reply.late_bytes);
  connection.late_delay = reply.late_delay;
  connection.send_at = clock_now() + reply.delay;
  connection.then = reply.then;
  connection.replying = true;
  return true;
}

bool TcpServer::write_to(Connection& connection) {
  while (!connection.output.empty()) {
    const ssize_t sent = ::send(connection.fd.get(), connection.output.data(),
                                connection.output.size(), MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN;
    connection.output.erase(0, static_cast<std::size_t>(sent));
    bytes_sent_ += static_cast<std::uint64_t>(sent);
  }
  if (!connection.late_output.empty()) {
    connection.output.swap(connection.late_output);
    connection.send_at = clock_now() + connection.late_delay;
    return true;
  }
  connection.replying = false;
  if (connection.then == Reply::Then::kReset) {
    const linger reset{1, 0};
    ::setsockopt(connection.fd.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }
  return connection.then == Reply::Then::kKeepOpen;
}

}  // namespace loadrun::test

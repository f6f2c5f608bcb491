// An HTTP server that remembers when requests came. Prints "port N", answers every request with
// 2 bytes on a connection that stays open, and on SIGTERM prints one line per request, in the order
// of arrival: "nanoseconds connection path". Time is CLOCK_MONOTONIC, read when the kernel reports
// that bytes of the request are there. A request is answered when its last read ended in an empty
// line: enough for generators that send no bodies and do not pipeline.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kResponse = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

struct Request {
  std::int64_t at;  // nanoseconds
  int connection;   // in the order of connecting, from 1
  std::string path;
};

struct Connection {
  int number = 0;
  bool inside_request = false;
};

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

void raise_fd_limit() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

int listen_on_loopback() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  if (fd < 0 || bind(fd, raw, size) != 0 || listen(fd, 8192) != 0) fail("listen");
  if (getsockname(fd, raw, &size) != 0) fail("getsockname");
  std::printf("port %d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  return fd;
}

class Recorder {
 public:
  Recorder() : epoll_(epoll_create1(EPOLL_CLOEXEC)), listener_(listen_on_loopback()) {
    if (epoll_ < 0) fail("epoll_create1");
    watch(listener_);
    requests_.reserve(100'000);  // growing takes time that is not the generator's
  }

  /// Serves what is there. `signals` is in force only while it waits. False after a signal.
  bool turn(const sigset_t& signals) {
    const int count =
        epoll_pwait(epoll_, ready_.data(), static_cast<int>(ready_.size()), -1, &signals);
    const std::int64_t now = Clock::now().time_since_epoch().count();
    for (int i = 0; i < count; ++i) {
      const int fd = ready_[static_cast<std::size_t>(i)].data.fd;
      fd == listener_ ? accept_all() : serve(fd, now);
    }
    return count >= 0;
  }

  void print() const {
    for (const Request& request : requests_) {
      std::printf("%lld %d %s\n", static_cast<long long>(request.at), request.connection,
                  request.path.c_str());
    }
  }

 private:
  void watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
  }

  void accept_all() {
    for (int fd = 0; (fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      const auto index = static_cast<std::size_t>(fd);
      if (index >= connections_.size()) connections_.resize(index + 1);
      connections_[index] = {.number = ++connected_};
      watch(fd);
    }
  }

  void serve(int fd, std::int64_t now) {
    Connection& connection = connections_[static_cast<std::size_t>(fd)];
    const ssize_t size = read(fd, buffer_.data(), buffer_.size());
    if (size <= 0) {
      close(fd);
      return;
    }
    const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(size));
    if (!connection.inside_request) note(bytes, connection, now);
    connection.inside_request = !bytes.ends_with("\r\n\r\n");
    if (connection.inside_request) return;
    if (write(fd, kResponse.data(), kResponse.size()) < 0) close(fd);
  }

  void note(std::string_view bytes, const Connection& connection, std::int64_t now) {
    const std::size_t path = bytes.find(' ') + 1;
    requests_.push_back(
        {now, connection.number, std::string(bytes.substr(path, bytes.find(' ', path) - path))});
  }

  int epoll_;
  int listener_;
  int connected_ = 0;
  std::vector<Connection> connections_;  // by descriptor
  std::vector<Request> requests_;
  std::array<epoll_event, 256> ready_{};
  std::array<char, 16384> buffer_{};
};

}  // namespace

int main() {
  raise_fd_limit();
  sigset_t usual{}, blocked{};
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_BLOCK, &blocked, &usual);
  std::signal(SIGTERM, [](int) {});  // ends the wait

  Recorder recorder;
  while (recorder.turn(usual)) {
  }
  recorder.print();
}

#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/unique_fd.h"

namespace loadrun::test {

/// What the server does with a request.
struct Reply {
  enum class Then { kKeepOpen, kClose, kReset };

  std::string bytes;  ///< Sent as they are.
  Then then = Then::kKeepOpen;
  Nanoseconds delay{0};       ///< Before `bytes`.
  std::string late_bytes{};   ///< Sent after `bytes` ...
  Nanoseconds late_delay{0};  ///< ... and this pause.
};

/// "HTTP/1.1 STATUS\r\nContent-Length: ...", with more header lines ("A: b\r\n").
std::string response(const std::string& status, const std::string& body,
                     const std::string& headers = "");

/// A server on a loopback port with its own thread that answers each complete request as `handler`
/// says.
class TcpServer {
 public:
  using Handler = std::function<Reply(const std::string& request)>;

  explicit TcpServer(Handler handler);
  ~TcpServer();

  std::string url(const std::string& path = "/") const;
  int port() const { return port_; }
  int connections() const { return connections_; }
  std::uint64_t bytes_received() const { return bytes_received_; }
  std::uint64_t bytes_sent() const { return bytes_sent_; }
  std::vector<std::string> requests() const;

 private:
  struct Connection {
    UniqueFd fd;
    std::string input{};
    std::string output{};
    std::string late_output{};
    TimePoint send_at{};
    Nanoseconds late_delay{0};
    bool replying = false;
    Reply::Then then = Reply::Then::kKeepOpen;
  };

  void serve();
  void accept_all();
  bool read_from(Connection& connection);
  bool answer(Connection& connection);
  bool write_to(Connection& connection);
  bool step(Connection& connection, bool readable);

  Handler handler_;
  UniqueFd listener_;
  int port_ = 0;
  std::vector<Connection> open_;
  std::atomic<int> connections_{0};
  std::atomic<std::uint64_t> bytes_received_{0}, bytes_sent_{0};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace loadrun::test

#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "net/event_loop.h"

namespace loadrun::net {

/// An HTTP/1.1 server that costs as little as one can: what is measured against it is the client.
/// On a port of 127.0.0.1 and a thread of its own it answers every request head with the same small
/// 200, in order, pipelined or not, and keeps the connection until the client closes it. It reads
/// nothing of a head but its end, the empty line: requests must have no body.
class NullServer {
 public:
  /// `clock` outlives it. Fails (kGeneric) with the system's reason when it cannot listen.
  static Result<std::unique_ptr<NullServer>> start(const Clock& clock);
  ~NullServer();
  NullServer(const NullServer&) = delete;
  NullServer& operator=(const NullServer&) = delete;

  std::uint16_t port() const { return port_; }
  /// "http://127.0.0.1:PORT/"
  std::string url() const;
  /// Ends it with all its connections; returns how many requests it took.
  std::uint64_t stop();

 private:
  struct Connection {
    UniqueFd fd;
    NullServer* server;
    std::size_t matched = 0;  ///< Of the characters that end a head.
    std::string unsent{};     ///< Answers for which the socket had no room.
    bool waits_to_send = false;
  };

  explicit NullServer(std::unique_ptr<EventLoop> loop) : loop_(std::move(loop)) {}
  bool listen();
  void serve();
  void accept_all();
  static void on_ready(void* connection, int fd, std::uint32_t events);
  bool take_requests(Connection& connection);
  bool answer(Connection& connection);

  std::unique_ptr<EventLoop> loop_;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::map<int, Connection> connections_;  // addresses never change
  std::uint64_t requests_ = 0;             // of the thread, until it is joined
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace loadrun::net

#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/connection_gate.h"
#include "net/curl_handles.h"
#include "net/event_loop.h"
#include "net/socket_watch.h"

namespace loadrun::net {

class Transfer;

/// A libcurl multi handle on our event loop. Its callbacks only store; run() acts on what they
/// stored and notes how transfers ended; the owner then takes them with next_finished(). Confined
/// to the loop's thread.
class CurlDriver {
 public:
  static Result<std::unique_ptr<CurlDriver>> create(EventLoop& loop);

  CurlDriver(EventLoop& loop, CurlMulti multi);
  CurlDriver(const CurlDriver&) = delete;
  CurlDriver& operator=(const CurlDriver&) = delete;
  ~CurlDriver();

  EventLoop& loop() const { return loop_; }
  TimePoint clock_now() const { return loop_.clock().now(); }

  /// `transfer` begins when run() is called next, or when the connection it can share is open.
  void add(Transfer& transfer);
  /// Takes it out. A transfer that has not ended loses its connection.
  void remove(Transfer& transfer);
  /// `transfer`, which ended because its connection cannot be made yet, is out until resume(). It
  /// stays the one that opens the connection.
  void pause(Transfer& transfer);
  void resume(Transfer& transfer) { begin(transfer); }
  /// Queues `transfer`, which ended without libcurl.
  void finished(Transfer& transfer);
  /// Drops `transfer` from the queue of finished ones.
  void forget_finished(Transfer& transfer);

  /// Lets libcurl act on the next batch of ready sockets, on started transfers and due timers.
  void run();
  /// True when there are ready sockets left for another run().
  bool has_ready() const { return acted_ < ready_.size(); }
  /// The next transfer that ended, in the order of their ends; null when there is none.
  Transfer* next_finished();
  /// Makes the loop come back in time for what is left to do.
  void schedule();
  /// True when libcurl wants to act at once: transfers were added since run().
  bool has_work() const { return !finished_.empty() || gate_.has_released() || deadline_is_due(); }

  /// From libcurl's callback: the connection of `transfer` is open.
  void connection_opened(Transfer& transfer) { gate_.opened(transfer); }

  /// A connection's descriptor, created or about to be closed.
  void opened(int fd) { sockets_.opened(fd); }
  void closing(int fd) { sockets_.closing(fd); }
  /// From libcurl's callback: it takes more of a body.
  void took_data() { ++taken_; }

 private:
  static int on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void* socket);
  static int on_timer(CURLM* multi, long timeout_ms, void* self);
  static void on_ready(void* self, int fd, std::uint32_t events);
  static void on_wake_up(void* self);

  struct Ready {
    int fd;
    int mask;
  };

  bool deadline_is_due() const;
  void begin(Transfer& transfer);
  void act(curl_socket_t fd, int mask);
  void collect();
  void end(Transfer& transfer, CURLcode code);

  EventLoop& loop_;
  CurlMulti multi_;
  ConnectionGate gate_;
  std::vector<Ready> ready_;
  std::size_t acted_ = 0;  ///< How many of them run() has dealt with.
  std::vector<Transfer*>
      finished_;  ///< Those up to batch_end_ are handed out now; null: forgotten.
  std::size_t next_ = 0, batch_end_ = 0;
  SocketWatch sockets_;
  std::uint64_t taken_ = 0;  ///< Times that libcurl took something to send.
  bool has_deadline_ = false;
  TimePoint deadline_;  ///< When libcurl wants its timers looked at.
  TimerId wake_up_;
  bool wake_up_armed_ = false;
  TimePoint wake_up_at_;
};

}  // namespace loadrun::net

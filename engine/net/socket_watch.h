#pragma once

#include <cstdint>
#include <vector>

#include "net/event_loop.h"

namespace loadrun::net {

/// What libcurl wants to hear of its sockets.
///
/// libcurl 7.88 keeps asking whether it may write on an HTTP/2 connection whose flow-control window
/// is used up, is told at once that it may, and writes nothing (mended in 8.0). So a socket that
/// was offered in vain several times is not offered for writing any more until something arrives on
/// it, as the window's update does, or a few milliseconds have passed. Confined to its loop's
/// thread.
class SocketWatch {
 public:
  /// `loop` outlives this; `callback` and `context` as for EventLoop::watch().
  SocketWatch(EventLoop& loop, ReadyCallback callback, void* context);
  SocketWatch(const SocketWatch&) = delete;
  SocketWatch& operator=(const SocketWatch&) = delete;
  ~SocketWatch();

  /// A connection's socket, created or about to be closed. libcurl's internal ones (its resolver's)
  /// are closed without notice.
  void opened(int fd);
  void closing(int fd);

  /// libcurl wants `events` (epoll's; 0: none) of `fd`.
  void want(int fd, std::uint32_t events);
  /// libcurl has acted on `fd`, which was ready: for writing only, or for more. `took_data` when it
  /// asked for data to send.
  void acted(int fd, bool writable_only, bool took_data);

 private:
  struct Socket {
    bool is_connection = false;
    bool muted = false;       ///< Not offered for writing.
    std::uint8_t vain = 0;    ///< Offers for writing in a row that were not used.
    std::uint32_t wants = 0;  ///< libcurl's wish.
  };

  Socket& socket(int fd);
  void mute(int fd);
  void unmute(int fd);
  static void on_timer(void* self);

  EventLoop& loop_;
  const ReadyCallback callback_;
  void* const context_;
  std::vector<Socket> sockets_;  ///< By descriptor.
  std::vector<int> muted_;
  TimerId timer_;
};

}  // namespace loadrun::net

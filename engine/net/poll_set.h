#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "net/callback.h"

namespace loadrun::net {

/// What is wanted of each descriptor, and an epoll instance that is told the differences once a
/// turn. Confined to one thread.
///
/// libcurl takes its interest in a socket back after every transfer and declares it again for the
/// next: telling the kernel each time costs two system calls per request. A descriptor nobody wants
/// anything of therefore stays armed for input until an event shows up on it.
class PollSet {
 public:
  static Result<PollSet> create();

  /// Wants `events` (0: none) of `fd`. `callback` gets the events of later waits.
  void watch(int fd, std::uint32_t events, ReadyCallback callback, void* context);
  /// Drops all knowledge of `fd`, including events already fetched. REQUIRES: called before `fd` is
  /// closed.
  void forget(int fd);

  /// Tells the kernel what changed since the last call.
  void apply_changes();
  /// Waits until something is ready or `timeout` passed (nothing: for ever). Returns how many
  /// events were fetched.
  int wait(std::optional<Nanoseconds> timeout);
  /// Runs the callbacks of the events that wait() fetched.
  void dispatch();

 private:
  // Also bounds the length of a turn: the rest is fetched by the next one.
  static constexpr int kMaxEvents = 256;

  struct Watch {
    ReadyCallback callback = nullptr;
    void* context = nullptr;
    std::uint32_t want = 0;
    std::uint32_t have = 0;        ///< What epoll was told; 0 when it does not know the descriptor.
    std::uint32_t generation = 0;  ///< Events of an earlier file under the same number are dropped.
    bool changed = false;
  };

  explicit PollSet(UniqueFd epoll) : epoll_(std::move(epoll)) {}
  void control(int fd, Watch& watch, std::uint32_t events);

  UniqueFd epoll_;
  std::vector<Watch> watches_;  ///< By descriptor.
  std::vector<int> changed_;
  std::array<epoll_event, kMaxEvents> ready_{};
  int ready_count_ = 0;
};

}  // namespace loadrun::net

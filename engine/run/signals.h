#pragma once

namespace loadrun::run {

/// Turns SIGINT and SIGTERM into a wake-up of `fd`'s reader. The second signal ends the process at
/// once with k6's code for an external abort. One at a time in a process; ignores SIGPIPE too.
class Signals {
 public:
  /// `fd` is an eventfd that outlives this.
  explicit Signals(int fd);
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

  /// Whether a signal came.
  bool received() const;
};

}  // namespace loadrun::run

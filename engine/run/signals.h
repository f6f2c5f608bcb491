#pragma once

namespace loadrun::run {

/// Turns SIGINT and SIGTERM into a wake-up of `fd`'s reader, and SIGUSR1 into one that starts a
/// paused test. The second SIGINT or SIGTERM ends the process at once with k6's code for an
/// external abort. One at a time in a process; ignores SIGPIPE and SIGXFSZ too.
class Signals {
 public:
  /// `fd` is an eventfd that outlives this.
  explicit Signals(int fd);
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

  /// Whether a signal to end came.
  bool received() const;
  /// Whether the signal to go on came.
  bool resumed() const;
  /// Where signals are to be sent.
  static int process();
};

}  // namespace loadrun::run

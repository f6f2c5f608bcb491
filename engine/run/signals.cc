#include "run/signals.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <csignal>

#include "base/exit_code.h"

namespace loadrun::run {
namespace {

// A signal handler has no other way to its data.
std::atomic<int> wake_fd{-1};
std::atomic<int> count{0};
static_assert(std::atomic<int>::is_always_lock_free);

void on_signal(int) {
  if (count.fetch_add(1) > 0) _exit(static_cast<int>(ExitCode::kExternalAbort));
  eventfd_write(wake_fd.load(), 1);
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

}  // namespace

Signals::Signals(int fd) {
  wake_fd = fd;
  count = 0;
  handle(SIGPIPE, SIG_IGN);
  handle(SIGINT, on_signal);
  handle(SIGTERM, on_signal);
}

Signals::~Signals() {
  handle(SIGINT, SIG_DFL);
  handle(SIGTERM, SIG_DFL);
}

bool Signals::received() const { return count.load() > 0; }

}  // namespace loadrun::run

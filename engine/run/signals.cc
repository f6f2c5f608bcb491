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
std::atomic<bool> may_go_on{false};
static_assert(std::atomic<int>::is_always_lock_free);

void on_signal(int) {
  if (count.fetch_add(1) > 0) _exit(static_cast<int>(ExitCode::kExternalAbort));
  eventfd_write(wake_fd.load(), 1);
}

void on_resume(int) {
  may_go_on = true;
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
  may_go_on = false;
  handle(SIGPIPE, SIG_IGN);
  handle(SIGXFSZ, SIG_IGN);  // writing then fails with an error instead
  handle(SIGINT, on_signal);
  handle(SIGTERM, on_signal);
  handle(SIGUSR1, on_resume);
}

Signals::~Signals() {
  handle(SIGINT, SIG_DFL);
  handle(SIGTERM, SIG_DFL);
  handle(SIGUSR1, SIG_DFL);
}

bool Signals::received() const { return count.load() > 0; }

bool Signals::resumed() const { return may_go_on.load(); }

int Signals::process() { return getpid(); }

}  // namespace loadrun::run

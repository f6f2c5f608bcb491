#include "run/first_init.h"

#include <poll.h>

#include <atomic>
#include <optional>
#include <thread>

#include "base/leave.h"
#include "base/log.h"

namespace loadrun::run {
namespace {

constexpr int kPollMilliseconds = 100;
constexpr int kPollsAfterSignal = 30;
constexpr const char* kStopped = "interrupted: test run was aborted by a signal";

[[noreturn]] void leave(Worker& worker) {
  const auto spot = worker.interrupter().locate(100ms);
  log_error("test run was aborted by a signal in init code that cannot be stopped{}",
            spot && !spot->place.empty() ? ", at " + spot->place : std::string());
  leave_process(ExitCode::kExternalAbort);
}

}  // namespace

Result<script::Exports> run_first_init(Worker& worker, EventQueue& events, const Signals& signals) {
  std::optional<Result<script::Exports>> exports;
  std::atomic<bool> done{false};
  std::thread thread([&] {
    const script::Interrupter::Binding binding(worker.interrupter());
    exports = worker.load();
    done = true;
    events.wake();
  });
  int polls_after_signal = 0;
  while (!done) {
    pollfd ready{.fd = events.fd(), .events = POLLIN, .revents = 0};
    poll(&ready, 1, kPollMilliseconds);
    events.clear_wake_up();
    if (done || !signals.received()) continue;
    if (polls_after_signal++ == 0) worker.interrupter().request_stop(kStopped);
    if (polls_after_signal == kPollsAfterSignal) leave(worker);
  }
  thread.join();
  worker.interrupter().clear();
  if (signals.received()) {
    return Error{ExitCode::kExternalAbort, "test run was aborted by a signal"};
  }
  return std::move(*exports);
}

}  // namespace loadrun::run

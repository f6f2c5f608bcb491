#include "net/event_loop.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace loadrun::net {

Result<std::unique_ptr<EventLoop>> EventLoop::create(const Clock& clock) {
  Result<PollSet> poll = PollSet::create();
  if (!poll.ok()) return poll.error();
  UniqueFd wake_fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake_fd.valid()) {
    return Error{ExitCode::kInternalError,
                 std::string("cannot create an eventfd: ") + std::strerror(errno)};
  }
  return std::make_unique<EventLoop>(clock, std::move(poll).value(), std::move(wake_fd));
}

EventLoop::EventLoop(const Clock& clock, PollSet poll, UniqueFd wake_fd)
    : clock_(clock), poll_(std::move(poll)), wake_fd_(std::move(wake_fd)), now_(clock.now()) {
  poll_.watch(wake_fd_.get(), EPOLLIN, on_wake, this);
}

TimerId EventLoop::run_at(TimePoint when, Callback callback, void* context) {
  return timers_.add(when, callback, context);
}

TimerId EventLoop::run_after_coarse(Nanoseconds delay, Callback callback, void* context) {
  return timers_.add_coarse(clock_.now() + delay, callback, context);
}

TimerId EventLoop::run_at_coarse(TimePoint when, Callback callback, void* context) {
  return timers_.add_coarse(when, callback, context);
}

void EventLoop::cancel(TimerId id) { timers_.cancel(id); }

void EventLoop::watch(int fd, std::uint32_t events, ReadyCallback callback, void* context) {
  poll_.watch(fd, events, callback, context);
}

void EventLoop::forget(int fd) { poll_.forget(fd); }

void EventLoop::turn() {
  poll_.apply_changes();
  const std::optional<TimePoint> deadline = timers_.next();
  const TimePoint end = clock_.now();
  probe_.end_turn(end);
  poll_.wait(patience(deadline, end));
  now_ = clock_.now();
  probe_.begin_turn(now_, deadline);
  timers_.run_due(now_);
  poll_.dispatch();
  if (drive_ != nullptr) drive_(drive_context_);
}

// Nothing: wait for ever. What the owner set up before the first turn may be known to the drive
// hook only.
std::optional<Nanoseconds> EventLoop::patience(std::optional<TimePoint> deadline, TimePoint now) {
  if (std::exchange(first_turn_, false)) return Nanoseconds(0);
  if (!deadline) return std::nullopt;
  return std::max(Nanoseconds(0), *deadline - now);
}

void EventLoop::set_drive(Callback drive, void* context) {
  drive_ = drive;
  drive_context_ = context;
}

void EventLoop::wake() { LOADRUN_CHECK(eventfd_write(wake_fd_.get(), 1) == 0 || errno == EAGAIN); }

void EventLoop::on_wake(void*, int fd, std::uint32_t) {
  eventfd_t count = 0;
  LOADRUN_CHECK(eventfd_read(fd, &count) == 0 || errno == EAGAIN);
}

}  // namespace loadrun::net

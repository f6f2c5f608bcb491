#include "net/poll_set.h"

#include <cerrno>
#include <cstring>
#include <utility>

namespace loadrun::net {

Result<PollSet> PollSet::create() {
  UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.valid()) {
    return Error{ExitCode::kInternalError,
                 std::string("cannot create an epoll instance: ") + std::strerror(errno)};
  }
  return PollSet(std::move(epoll));
}

void PollSet::watch(int fd, std::uint32_t events, ReadyCallback callback, void* context) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= watches_.size()) watches_.resize(index + 1);
  Watch& watch = watches_[index];
  watch.callback = callback;
  watch.context = context;
  watch.want = events;
  if (watch.want == watch.have || watch.changed) return;
  watch.changed = true;
  changed_.push_back(fd);
}

void PollSet::forget(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= watches_.size()) return;
  Watch& watch = watches_[index];
  watch.want = 0;
  if (watch.have != 0) control(fd, watch, 0);
  ++watch.generation;
}

void PollSet::apply_changes() {
  for (const int fd : changed_) {
    Watch& watch = watches_[static_cast<std::size_t>(fd)];
    watch.changed = false;
    const bool idle = watch.want == 0 && watch.have == EPOLLIN;
    if (watch.want != watch.have && !idle) control(fd, watch, watch.want);
  }
  changed_.clear();
}

// A descriptor may be gone or known already when its number was used again: ENOENT, EBADF and
// EEXIST are no errors.
void PollSet::control(int fd, Watch& watch, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = (std::uint64_t{watch.generation} << 32) | static_cast<std::uint32_t>(fd);
  if (events == 0) {
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, &event);
  } else if (watch.have == 0) {
    const bool known = epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0 && errno == EEXIST;
    if (known) epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
  } else {
    const bool unknown = epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) != 0 && errno == ENOENT;
    if (unknown) epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
  }
  watch.have = events;
}

int PollSet::wait(std::optional<Nanoseconds> timeout) {
  timespec limit{};
  if (timeout) {
    limit.tv_sec = static_cast<time_t>(timeout->count() / 1'000'000'000);
    limit.tv_nsec = static_cast<long>(timeout->count() % 1'000'000'000);
  }
  ready_count_ =
      epoll_pwait2(epoll_.get(), ready_.data(), kMaxEvents, timeout ? &limit : nullptr, nullptr);
  LOADRUN_CHECK(ready_count_ >= 0 || errno == EINTR);
  if (ready_count_ < 0) ready_count_ = 0;
  return ready_count_;
}

void PollSet::dispatch() {
  for (int i = 0; i < ready_count_; ++i) {
    const std::uint64_t data = ready_[static_cast<std::size_t>(i)].data.u64;
    const int fd = static_cast<int>(static_cast<std::uint32_t>(data));
    Watch& watch = watches_[static_cast<std::size_t>(fd)];
    if (watch.generation != static_cast<std::uint32_t>(data >> 32)) continue;
    if (watch.want == 0) {
      control(fd, watch, 0);
      continue;
    }
    watch.callback(watch.context, fd, ready_[static_cast<std::size_t>(i)].events);
  }
  ready_count_ = 0;
}

}  // namespace loadrun::net

#include "net/socket_watch.h"

#include <sys/epoll.h>

#include <utility>

namespace loadrun::net {
namespace {

// After a write that filled the socket's buffer the rest of the same data goes first: one offer, or
// two, may take nothing new.
constexpr std::uint8_t kPatience = 4;
constexpr Nanoseconds kPause{10ms};

constexpr std::uint32_t kWritable = EPOLLOUT;

}  // namespace

SocketWatch::SocketWatch(EventLoop& loop, ReadyCallback callback, void* context)
    : loop_(loop), callback_(callback), context_(context) {}

SocketWatch::~SocketWatch() { loop_.cancel(timer_); }

SocketWatch::Socket& SocketWatch::socket(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= sockets_.size()) sockets_.resize(index + 1);
  return sockets_[index];
}

void SocketWatch::opened(int fd) { socket(fd) = {.is_connection = true}; }

void SocketWatch::closing(int fd) {
  loop_.forget(fd);
  socket(fd) = {};
}

void SocketWatch::want(int fd, std::uint32_t events) {
  Socket& of_fd = socket(fd);
  of_fd.wants = events;
  if (events == 0 && !of_fd.is_connection) {
    loop_.forget(fd);
  } else {
    loop_.watch(fd, of_fd.muted ? events & ~kWritable : events, callback_, context_);
  }
}

void SocketWatch::acted(int fd, bool writable_only, bool took_data) {
  Socket& of_fd = socket(fd);
  if (!writable_only || took_data) {
    of_fd.vain = 0;
    if (of_fd.muted) unmute(fd);
  } else if (of_fd.is_connection && ++of_fd.vain >= kPatience) {
    mute(fd);
  }
}

void SocketWatch::mute(int fd) {
  Socket& of_fd = socket(fd);
  of_fd.vain = 0;
  of_fd.muted = true;
  want(fd, of_fd.wants);
  if (muted_.empty()) timer_ = loop_.run_after_coarse(kPause, on_timer, this);
  muted_.push_back(fd);
}

void SocketWatch::unmute(int fd) {
  Socket& of_fd = socket(fd);
  of_fd.muted = false;
  want(fd, of_fd.wants);
}

void SocketWatch::on_timer(void* self) {
  auto& watch = *static_cast<SocketWatch*>(self);
  for (const int fd : std::exchange(watch.muted_, {})) {
    if (watch.socket(fd).muted) watch.unmute(fd);
  }
}

}  // namespace loadrun::net

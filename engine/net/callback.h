#pragma once

#include <cstdint>

namespace loadrun::net {

/// A callback without ownership: plain function plus context, so that arming a timer allocates
/// nothing.
using Callback = void (*)(void* context);
using ReadyCallback = void (*)(void* context, int fd, std::uint32_t epoll_events);

}  // namespace loadrun::net

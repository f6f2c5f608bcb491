#pragma once

#include <sys/eventfd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "run/mailbox.h"
#include "script/vu_script.h"

namespace loadrun::run {

/// What the coordinator tells a worker.
struct Command {
  enum class Kind {
    kPrepare,  ///< Make the VUs; answered by kPrepared.
    kCall,     ///< Run `exec` (setup or teardown) on VU 0; answered by kCallEnded.
    kCancel,   ///< Interrupt that call; not answered.
    kStart,    ///< Start the scenarios at `at`; answered by kScenariosEnded.
    kAbort,    ///< End the scenarios now.
    kQuit,     ///< Leave the thread.
  };
  Kind kind;
  std::string exec = {};
  script::Stage stage = script::Stage::kSetup;
  std::shared_ptr<const std::string> setup_data = {};
  TimePoint at{};
};

/// What a worker tells the coordinator.
struct Event {
  enum class Kind { kPrepared, kCallEnded, kScenariosEnded };
  Kind kind;
  std::uint32_t worker;
  Result<std::string> result =
      std::string();  ///< kPrepared: an error or nothing. kCallEnded: what was returned, as JSON.
};

/// Events from all workers; the coordinator polls `fd()`. Thread-safe.
class EventQueue {
 public:
  EventQueue() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  void push(Event event) {
    queue_.push(std::move(event));
    eventfd_write(fd_.get(), 1);
  }
  std::vector<Event> take_all() {
    eventfd_t ignored = 0;
    eventfd_read(fd_.get(), &ignored);
    return queue_.take_all();
  }
  /// Readable when there are events; a signal handler may write to it.
  int fd() const { return fd_.get(); }

 private:
  UniqueFd fd_;
  Queue<Event> queue_;
};

}  // namespace loadrun::run

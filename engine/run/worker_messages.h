#pragma once

#include <sys/eventfd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "metrics/delta.h"
#include "plan/arrivals.h"
#include "run/mailbox.h"
#include "script/vu_script.h"

namespace loadrun::run {

/// What the coordinator tells a worker.
struct Command {
  enum class Kind {
    kPrepare,   ///< Make the VUs; answered by kPrepared.
    kCall,      ///< Run `exec` (setup, teardown, handleSummary) on a VU 0; answered by kCallEnded.
    kCancel,    ///< Interrupt that call; answered by kCancelled.
    kStart,     ///< Start the scenarios at `at`; answered by kScenariosEnded.
    kAbort,     ///< End the scenarios now.
    kRelease,   ///< From a sibling: the prepared VUs of `scenario` start at `at`.
    kProbe,     ///< The arrivals of the capacity search `scenario` come as `piece` says.
    kCutOff,    ///< Interrupt what runs of `scenario`, which goes on.
    kEnd,       ///< Nothing more starts of `scenario`; what runs has its gracefulStop.
    kTakeOver,  ///< From a sibling: start `arrival` of `scenario`, for which a VU is reserved.
    kHandOver,  ///< Hand over what was measured since the last tick; answered by kHandedOver.
    kQuit,      ///< Leave the thread.
  };
  Kind kind;
  std::string exec = {};
  script::Stage stage = script::Stage::kSetup;
  std::shared_ptr<const std::string> argument = {};  ///< JSON: the setup data, or the summary's.
  TimePoint at{};
  std::size_t scenario = 0;
  plan::Arrival arrival = {};
  plan::RatePiece piece = {};
};

/// What a worker tells the coordinator.
struct Event {
  enum class Kind {
    kPrepared,   ///< With an error, or nothing.
    kCallEnded,  ///< With an error, or what was returned.
    kCancelled,
    kScenariosEnded,
    kHandedOver,
    kAborted,         ///< The script called test.abort; the error says why.
    kMarkedAsFailed,  ///< The script called test.fail.
  };
  Kind kind;
  std::uint32_t worker;
  Result<std::string> result = std::string();  ///< Of setup, as JSON.
  /// Of handleSummary; nothing when it returned nothing.
  std::optional<script::SummaryTexts> texts = {};
  std::unique_ptr<metrics::HandOver> rest = {};  ///< Of kHandedOver.
};

/// Events from all workers; the coordinator polls `fd()`. Thread-safe.
class EventQueue {
 public:
  EventQueue() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  void push(Event event) {
    queue_.push(std::move(event));
    wake();
  }
  std::vector<Event> take_all() {
    clear_wake_up();
    return queue_.take_all();
  }
  /// Makes `fd()` readable without an event.
  void wake() { eventfd_write(fd_.get(), 1); }
  void clear_wake_up() {
    eventfd_t ignored = 0;
    eventfd_read(fd_.get(), &ignored);
  }
  /// Readable when there are events; a signal handler may write to it.
  int fd() const { return fd_.get(); }

 private:
  UniqueFd fd_;
  Queue<Event> queue_;
};

}  // namespace loadrun::run

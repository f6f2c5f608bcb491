#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "run/run_parts.h"
#include "run/worker.h"

namespace loadrun::run {

/// Watches for workers whose loop stands still because a script does not wait: first it warns, and
/// names the place; once the worker has to answer, it stops the script; a script that cannot be
/// stopped (compiled code, a C function) costs its worker. Confined to the coordinator.
///
///   stands still for | nothing is demanded | the worker has to answer
///   -----------------+---------------------+----------------------------
///   1 s              | -                   | the script is stopped
///   3 s              | -                   | the worker is lost
///   5 s              | a warning           |
class StallWatch {
 public:
  /// References outlive this.
  StallWatch(const RunParts& run, std::vector<std::unique_ptr<Worker>>& workers);

  /// Looks at all workers. Called several times a second.
  void look(TimePoint now);
  /// From `now` on, every worker has to answer.
  void demand(TimePoint now) { demanded_ = now; }
  void relax() { demanded_.reset(); }
  /// Whether the worker was given up: it answers no more.
  bool lost(std::uint32_t worker) const { return watched_[worker].lost; }
  /// When its loop was seen to turn last.
  TimePoint last_turn(std::uint32_t worker) const { return watched_[worker].since; }
  /// What happened to each worker that was lost since this was asked last.
  std::vector<std::string> take_losses() { return std::exchange(newly_lost_, {}); }

 private:
  struct Watched {
    std::uint64_t turns = 0;
    TimePoint since{};  ///< When they changed last.
    bool warned = false;
    bool stopped = false;
    bool lost = false;
  };

  void look_at(std::uint32_t index, TimePoint now);
  std::string describe(std::uint32_t index) const;

  const RunParts& run_;
  std::vector<std::unique_ptr<Worker>>& workers_;
  std::vector<Watched> watched_;
  std::optional<TimePoint> demanded_;
  std::vector<std::string> newly_lost_;
};

}  // namespace loadrun::run

#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "run/virtual_user.h"

namespace loadrun::run {

struct RunParts;

/// The VUs of one worker. Those that no scenario uses wait here, longest idle first. Confined to
/// its worker.
class VuSupply {
 public:
  /// `engine` outlives this.
  explicit VuSupply(VuEngine& engine) : engine_(engine) {}

  /// Makes VUs for worker `worker` of `run`, which outlives this, until there are `count` or
  /// `*cancelled`. Fails as the script's init does.
  Result<void> fill(RunParts& run, std::uint32_t worker, std::int64_t count,
                    const std::atomic<bool>& cancelled);
  /// What setup returned, for all VUs, those to come included.
  void set_argument(std::shared_ptr<const std::string> json);

  std::size_t idle() const { return idle_.size(); }
  /// REQUIRES: some are idle.
  VirtualUser& take();
  void give(VirtualUser& vu) { idle_.push_back(&vu); }
  /// One more for a scenario that needs more than was prepared: a new one as long as the plan may
  /// need more than there are, then an idle one. Null when there is none, or when the script's init
  /// fails, which is logged.
  VirtualUser* more();

 private:
  Result<VirtualUser*> add();

  VuEngine& engine_;
  RunParts* run_ = nullptr;  // from fill() on
  std::uint32_t worker_ = 0;
  std::size_t limit_ = 0;  // VUs that the plan may need at once
  std::vector<VirtualUser*> vus_;
  std::deque<VirtualUser*> idle_;
  std::shared_ptr<const std::string> argument_;
};

}  // namespace loadrun::run

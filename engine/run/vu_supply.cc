#include "run/vu_supply.h"

#include "base/log.h"
#include "run/run_parts.h"
#include "run/vu_allocation.h"
#include "run/vu_engine.h"

namespace loadrun::run {

Result<void> VuSupply::fill(RunParts& run, std::uint32_t worker, std::int64_t count,
                            const std::atomic<bool>& cancelled) {
  run_ = &run;
  worker_ = worker;
  limit_ = static_cast<std::size_t>(vus_at_most(run.plan, run.stripings, worker));
  for (std::int64_t i = 0; i < count && !cancelled.load(std::memory_order_relaxed); ++i) {
    auto vu = add();
    if (!vu.ok()) return vu.error();
    idle_.push_back(vu.value());
  }
  return {};
}

Result<VirtualUser*> VuSupply::add() {
  LiveWorker& live = run_->live.worker(worker_);
  const std::uint64_t id = vu_id(vus_.size(), worker_, run_->workers);
  live.vu.store(id, std::memory_order_relaxed);
  auto script = engine_.init_script(id);
  if (!script.ok()) return script.error();
  VirtualUser& vu = engine_.add_vu(std::move(script).value());
  vu.script->set_argument(argument_);
  vus_.push_back(&vu);
  bump(live.initialised_vus);
  bump(live.turns);
  return &vu;
}

void VuSupply::set_argument(std::shared_ptr<const std::string> json) {
  argument_ = std::move(json);
  for (VirtualUser* vu : vus_) vu->script->set_argument(argument_);
}

VirtualUser& VuSupply::take() {
  LOADRUN_CHECK(!idle_.empty());
  VirtualUser& vu = *idle_.front();
  idle_.pop_front();
  return vu;
}

VirtualUser* VuSupply::more() {
  if (vus_.size() >= limit_) return idle_.empty() ? nullptr : &take();
  const auto vu = add();
  if (vu.ok()) return vu.value();
  log_error("a VU could not be added: {}", vu.error().message);
  return nullptr;
}

}  // namespace loadrun::run

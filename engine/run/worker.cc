#include "run/worker.h"

#include "base/log.h"
#include "run/vu_allocation.h"

namespace loadrun::run {
namespace {

constexpr Nanoseconds kTick = 1s;

}  // namespace

Result<std::unique_ptr<Worker>> Worker::create(const SharedParts& shared, std::uint32_t index) {
  auto engine = VuEngine::create(shared);
  if (!engine.ok()) return engine.error();
  return std::unique_ptr<Worker>(new Worker(std::move(engine).value(), index));
}

Worker::Worker(std::unique_ptr<VuEngine> engine, std::uint32_t index)
    : index_(index), engine_(std::move(engine)) {}

Worker::~Worker() { join(); }

Result<script::Exports> Worker::load() {
  auto script = engine_->init_script(0);
  if (!script.ok()) return script.error();
  system_script_ = std::move(script).value();
  return system_script_->exports();
}

void Worker::launch(RunParts& parts) {
  parts_ = &parts;
  live_.resize(parts.plan.scenarios.size());
  thread_ = std::thread([this] { run_thread(); });
}

void Worker::post(Command command) {
  if (command.kind == Command::Kind::kQuit) leaving_.store(true, std::memory_order_relaxed);
  commands_.push(std::move(command));
  engine_->loop().wake();
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::recycle(std::unique_ptr<metrics::Delta> emptied) {
  recycled_.take();
  recycled_.put(std::move(emptied));
}

metrics::Delta Worker::take_rest() { return engine_->shard().take({}); }

void Worker::run_thread() {
  arm_tick();
  while (!quit_) {
    for (Command& command : commands_.take_all()) obey(command);
    if (!quit_) engine_->turn();
  }
}

void Worker::obey(Command& command) {
  switch (command.kind) {
    case Command::Kind::kPrepare:
      parts_->events.push({Event::Kind::kPrepared, index_, prepare()});
      break;
    case Command::Kind::kCall:
      call(command);
      break;
    case Command::Kind::kCancel:
      if (std::exchange(calling_, false)) engine_->interrupt(*system_vu_);
      break;
    case Command::Kind::kStart:
      start_scenarios(command);
      break;
    case Command::Kind::kAbort:
      for (ScenarioRunner& runner : runners_) runner.abort();
      break;
    case Command::Kind::kQuit:
      quit_ = true;
      break;
  }
}

Result<std::string> Worker::prepare() {
  if (const Result<void> configured = engine_->configure(parts_->plan); !configured.ok()) {
    return configured.error();
  }
  if (system_script_ != nullptr) {
    system_vu_ = &engine_->add_vu(std::move(system_script_));
    system_vu_->script->set_base_tags(engine_->tags().intern(parts_->plan.tags));
  }
  return make_vus();
}

Result<std::string> Worker::make_vus() {
  const auto count =
      static_cast<std::uint64_t>(vus_needed(parts_->plan, parts_->stripings, index_));
  for (std::uint64_t i = 0; i < count && !leaving_.load(std::memory_order_relaxed); ++i) {
    auto script = engine_->init_script(vu_id(i, index_, parts_->workers));
    if (!script.ok()) return script.error();
    vus_.push_back(&engine_->add_vu(std::move(script).value()));
    initialised_vus_.store(static_cast<std::int64_t>(i + 1), std::memory_order_relaxed);
  }
  pool_.assign(vus_.begin(), vus_.end());
  return std::string();
}

void Worker::call(const Command& command) {
  system_vu_->script->set_setup_data(command.setup_data);
  calling_ = true;
  engine_->call(
      *system_vu_, command.exec, command.stage,
      {[](void* self, VirtualUser&, bool failed) { static_cast<Worker*>(self)->end_call(failed); },
       this});
}

void Worker::end_call(bool failed) {
  calling_ = false;
  script::VuScript& script = *system_vu_->script;
  Result<std::string> result = std::string();
  if (script.stage() == script::Stage::kSetup) result = script.returned_json();
  if (failed) result = Error{ExitCode::kScriptException, script.error()};
  parts_->events.push({Event::Kind::kCallEnded, index_, std::move(result)});
}

void Worker::start_scenarios(const Command& command) {
  for (VirtualUser* vu : vus_) vu->script->set_setup_data(command.setup_data);
  for (std::size_t i = 0; i < parts_->plan.scenarios.size(); ++i) {
    runners_.emplace_back(ScenarioRunner::Parts{*engine_, pool_, parts_->plan, i,
                                                parts_->stripings[i], index_, parts_->scenarios[i],
                                                live_[i]});
  }
  unfinished_runners_ = runners_.size();
  for (ScenarioRunner& runner : runners_) {
    runner.start(
        command.at, [](void* self) { static_cast<Worker*>(self)->scenario_finished(); }, this);
  }
}

void Worker::scenario_finished() {
  if (--unfinished_runners_ == 0) parts_->events.push({Event::Kind::kScenariosEnded, index_});
}

void Worker::arm_tick() {
  engine_->loop().run_at(
      engine_->now() + kTick,
      [](void* self) {
        static_cast<Worker*>(self)->hand_over();
        static_cast<Worker*>(self)->arm_tick();
      },
      this);
}

/// When the coordinator has not fetched the last delta yet, this tick's samples wait for the next
/// one.
void Worker::hand_over() {
  if (!outbox_.empty()) return;
  auto recycled = recycled_.take();
  metrics::Delta empty = recycled == nullptr ? metrics::Delta{} : std::move(*recycled);
  if (recycled == nullptr) recycled = std::make_unique<metrics::Delta>();
  *recycled = engine_->shard().take(std::move(empty));
  outbox_.put(std::move(recycled));
}

}  // namespace loadrun::run

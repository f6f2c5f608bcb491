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

void Worker::launch(RunParts& run) {
  run_ = &run;
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

void Worker::run_thread() {
  const script::Interrupter::Binding binding(interrupter());
  arm_tick();
  while (!quit_) {
    for (Command& command : commands_.take_all()) obey(command);
    bump(run_->live.worker(index_).turns);
    if (!quit_) engine_->turn();
  }
}

/// A new command starts with a clean slate: what was to be stopped was meant before.
void Worker::obey(Command& command) {
  interrupter().clear();
  switch (command.kind) {
    case Command::Kind::kPrepare:
      run_->events.push({Event::Kind::kPrepared, index_, prepare()});
      break;
    case Command::Kind::kCall:
      call(command);
      break;
    case Command::Kind::kCancel:
      if (called_vu_ != nullptr) engine_->interrupt(*std::exchange(called_vu_, nullptr));
      run_->events.push({.kind = Event::Kind::kCancelled, .worker = index_});
      break;
    case Command::Kind::kStart:
      start_scenarios(command);
      break;
    case Command::Kind::kAbort:
      for (ScenarioRunner& runner : runners_) runner.abort();
      break;
    case Command::Kind::kHandOver:
      hand_over_rest();
      break;
    case Command::Kind::kQuit:
      log_debug("worker {}: {} compiled traces, {} KB held by scripts", index_,
                interrupter().compiled_traces(), lua_memory() / 1024);
      quit_ = true;
      break;
  }
}

Result<std::string> Worker::prepare() {
  if (const Result<void> joined = engine_->join(*run_, index_); !joined.ok()) {
    return joined.error();
  }
  if (system_script_ != nullptr) {
    system_vu_ = &engine_->add_vu(std::move(system_script_));
    system_vu_->script->set_base_tags(engine_->tags().intern(run_->plan.tags));
  }
  return make_vus();
}

Result<std::string> Worker::make_vus() {
  const auto count = static_cast<std::uint64_t>(vus_needed(run_->plan, run_->stripings, index_));
  LiveWorker& live = run_->live.worker(index_);
  for (std::uint64_t i = 0; i < count && !leaving_.load(std::memory_order_relaxed); ++i) {
    const std::uint64_t id = vu_id(i, index_, run_->workers);
    live.vu.store(id, std::memory_order_relaxed);
    auto script = engine_->init_script(id);
    if (!script.ok()) return script.error();
    vus_.push_back(&engine_->add_vu(std::move(script).value()));
    live.initialised_vus.store(static_cast<std::int64_t>(i + 1), std::memory_order_relaxed);
    bump(live.turns);
  }
  pool_.assign(vus_.begin(), vus_.end());
  return std::string();
}

void Worker::call(const Command& command) {
  const Result<VirtualUser*> vu = vu_for(command.stage);
  if (!vu.ok()) {
    run_->events.push({.kind = Event::Kind::kCallEnded, .worker = index_, .result = vu.error()});
    return;
  }
  called_vu_ = vu.value();
  called_vu_->script->set_argument(command.argument);
  engine_->call(
      *called_vu_, command.exec, command.stage,
      {[](void* self, VirtualUser&, bool failed) { static_cast<Worker*>(self)->end_call(failed); },
       this});
}

/// handleSummary gets a VU of its own, as in k6; and so does teardown when its worker was lost.
Result<VirtualUser*> Worker::vu_for(script::Stage stage) {
  if (stage != script::Stage::kSummary && system_vu_ != nullptr) return system_vu_;
  auto script = engine_->init_script(0);
  if (!script.ok()) return script.error();
  VirtualUser& vu = engine_->add_vu(std::move(script).value());
  vu.script->set_base_tags(engine_->tags().intern(run_->plan.tags));
  return &vu;
}

void Worker::end_call(bool failed) {
  script::VuScript& script = *std::exchange(called_vu_, nullptr)->script;
  Event event{.kind = Event::Kind::kCallEnded, .worker = index_};
  if (failed) {
    event.result = Error{ExitCode::kScriptException, script.explained_error()};
  } else if (script.stage() == script::Stage::kSetup) {
    event.result = script.returned_json();
  } else if (script.stage() == script::Stage::kSummary) {
    auto texts = script.returned_texts();
    if (!texts.ok()) event.result = texts.error();
    if (texts.ok()) event.texts = std::move(texts).value();
  }
  run_->events.push(std::move(event));
}

void Worker::start_scenarios(const Command& command) {
  for (VirtualUser* vu : vus_) vu->script->set_argument(command.argument);
  LiveWorker& live = run_->live.worker(index_);
  for (std::size_t i = 0; i < run_->plan.scenarios.size(); ++i) {
    runners_.emplace_back(ScenarioRunner::Parts{*engine_, pool_, run_->plan, i, run_->stripings[i],
                                                index_, run_->scenarios[i], live.scenarios[i]});
  }
  unfinished_runners_ = runners_.size();
  for (ScenarioRunner& runner : runners_) {
    runner.start(
        command.at, [](void* self) { static_cast<Worker*>(self)->scenario_finished(); }, this);
  }
}

void Worker::scenario_finished() {
  if (--unfinished_runners_ == 0)
    run_->events.push({.kind = Event::Kind::kScenariosEnded, .worker = index_});
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
  if (handed_over_ || !outbox_.empty()) return;
  auto recycled = recycled_.take();
  metrics::Delta empty = recycled == nullptr ? metrics::Delta{} : std::move(*recycled);
  if (recycled == nullptr) recycled = std::make_unique<metrics::Delta>();
  *recycled = engine_->shard().take(std::move(empty));
  outbox_.put(std::move(recycled));
}

void Worker::hand_over_rest() {
  handed_over_ = true;
  Event event{.kind = Event::Kind::kHandedOver, .worker = index_};
  event.rest = std::make_unique<metrics::Delta>(engine_->shard().take({}));
  run_->events.push(std::move(event));
}

}  // namespace loadrun::run

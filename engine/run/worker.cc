#include "run/worker.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "run/vu_allocation.h"

namespace loadrun::run {
namespace {

constexpr Nanoseconds kSecond = 1s;
// A second is handed over so much later than it ended: what was measured in it is recorded when the
// scripts come to it.
constexpr Nanoseconds kLateness = 100ms;

}  // namespace

Result<std::unique_ptr<Worker>> Worker::create(const SharedParts& shared, std::uint32_t index) {
  auto engine = VuEngine::create(shared);
  if (!engine.ok()) return engine.error();
  return std::unique_ptr<Worker>(new Worker(std::move(engine).value(), index));
}

Worker::Worker(std::unique_ptr<VuEngine> engine, std::uint32_t index)
    : index_(index), engine_(std::move(engine)), vus_(*engine_) {}

Worker::~Worker() { join(); }

Result<script::Exports> Worker::load() {
  auto script = engine_->init_script(0);
  if (!script.ok()) return script.error();
  system_script_ = std::move(script).value();
  return system_script_->exports();
}

void Worker::launch(RunParts& run) {
  run_ = &run;
  run.peers[index_] = this;
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

void Worker::recycle(std::unique_ptr<metrics::HandOver> emptied) {
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
      for (Runner& runner : runners_) std::visit([](auto& any) { any.abort(); }, runner);
      break;
    case Command::Kind::kRelease:
      std::get<ScenarioRunner>(runners_[command.scenario]).release(command.at);
      break;
    case Command::Kind::kProbe:
      std::get<ArrivalRunner>(runners_[command.scenario]).announce(command.piece);
      break;
    case Command::Kind::kCutOff:
      std::get<ArrivalRunner>(runners_[command.scenario]).cut_off();
      break;
    case Command::Kind::kEnd:
      std::get<ArrivalRunner>(runners_[command.scenario]).end();
      break;
    case Command::Kind::kTakeOver:
      std::get<ArrivalRunner>(runners_[command.scenario]).take_over(command.arrival);
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
  if (system_script_ != nullptr) system_vu_ = &add_system_vu(std::move(system_script_));
  const std::int64_t count = vus_needed(run_->plan, run_->stripings, index_);
  const Result<void> filled = vus_.fill(*run_, index_, count, leaving_);
  if (!filled.ok()) return filled.error();
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
  return &add_system_vu(std::move(script).value());
}

/// A VU of no scenario: its samples have the run's tags.
VirtualUser& Worker::add_system_vu(std::unique_ptr<script::VuScript> script) {
  VirtualUser& vu = engine_->add_vu(std::move(script));
  vu.script->set_base_tags(engine_->tags().intern(run_->plan.tags));
  return vu;
}

void Worker::end_call(bool failed) {
  VirtualUser& vu = *std::exchange(called_vu_, nullptr);
  script::VuScript& script = *vu.script;
  if (script.stage() != script::Stage::kSummary) record_bytes(vu);
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

/// What setup and teardown sent and received belongs to their groups, as in k6.
void Worker::record_bytes(VirtualUser& vu) {
  const metrics::TagSetId tags = vu.script->main_task().tags();
  metrics::Shard& shard = engine_->shard();
  engine_->record_bytes(vu, shard.series(metrics::id_of(metrics::Builtin::kDataSent), tags),
                        shard.series(metrics::id_of(metrics::Builtin::kDataReceived), tags),
                        engine_->now());
}

void Worker::add_runner(std::size_t scenario) {
  if (plan::is_open(run_->plan.scenarios[scenario].executor)) {
    runners_.emplace_back(std::in_place_type<ArrivalRunner>,
                          ArrivalRunner::Parts{*engine_, vus_, *run_, scenario, index_});
  } else {
    LiveCounters& live = run_->live.worker(index_).scenarios[scenario];
    runners_.emplace_back(
        std::in_place_type<ScenarioRunner>,
        ScenarioRunner::Parts{*engine_, vus_, *run_, scenario, run_->stripings[scenario], index_,
                              run_->scenarios[scenario], live});
  }
}

void Worker::start_scenarios(const Command& command) {
  start_ = command.at;
  engine_->shard().start(command.at);
  engine_->health().start(index_, command.at);
  health_series_.emplace(engine_->shard(), engine_->tags(), engine_->tags().intern(run_->plan.tags),
                         index_);
  vus_.set_argument(command.argument);
  for (std::size_t i = 0; i < run_->plan.scenarios.size(); ++i) add_runner(i);
  unfinished_runners_ = runners_.size();
  for (Runner& runner : runners_) {
    std::visit(
        [&](auto& any) {
          any.start(
              command.at, [](void* self) { static_cast<Worker*>(self)->scenario_finished(); },
              this);
        },
        runner);
  }
}

void Worker::scenario_finished() {
  if (--unfinished_runners_ > 0) return;
  engine_->health().stop();
  run_->events.push({.kind = Event::Kind::kScenariosEnded, .worker = index_});
}

/// Once the scenarios have started, a tick follows every second (or part of one) of theirs.
void Worker::arm_tick() {
  const Nanoseconds period = run_->hand_over_period;
  TimePoint next = engine_->now() + period;
  if (start_) {
    const Nanoseconds passed = std::max(engine_->now() - *start_ - kLateness, 0ns);
    next = *start_ + (passed / period + 1) * period + kLateness;
  }
  engine_->loop().run_at(
      next,
      [](void* self) {
        static_cast<Worker*>(self)->hand_over();
        static_cast<Worker*>(self)->arm_tick();
      },
      this);
}

/// When the coordinator has not fetched the last seconds yet, these wait for the next tick.
void Worker::hand_over() {
  if (handed_over_ || !outbox_.empty()) return;
  count_folded();
  record_health();
  engine_->shard().close_seconds(engine_->now() - kLateness);
  auto measured = recycled_.take();
  if (measured == nullptr) measured = std::make_unique<metrics::HandOver>();
  fill(*measured);
  outbox_.put(std::move(measured));
}

void Worker::hand_over_rest() {
  handed_over_ = true;
  count_folded();
  record_health();
  engine_->shard().close_all();
  Event event{.kind = Event::Kind::kHandedOver, .worker = index_};
  event.rest = std::make_unique<metrics::HandOver>();
  fill(*event.rest);
  event.rest->requests = engine_->request_balance();
  run_->events.push(std::move(event));
}

void Worker::count_folded() {
  const std::uint64_t folded = engine_->tags().take_folded();
  if (folded == 0) return;
  metrics::Shard& shard = engine_->shard();
  const auto series = shard.series(metrics::id_of(metrics::Builtin::kLoadrunFoldedTags),
                                   engine_->tags().intern(run_->plan.tags));
  shard.record(series, static_cast<double>(folded), engine_->now());
}

void Worker::record_health() {
  for (metrics::WorkerSecond& second : engine_->health().take()) {
    const TimePoint end = *start_ + (second.second + 1) * 1s - 1ns;
    health_series_->record(second, std::min(end, engine_->now()));
    if (is_notable(second)) notable_.push_back(std::move(second));
  }
}

/// Replaces emptied seconds by those that are closed.
void Worker::fill(metrics::HandOver& measured) {
  metrics::Shard& shard = engine_->shard();
  for (metrics::Delta& emptied : measured.seconds) shard.recycle(std::move(emptied));
  measured.seconds.clear();
  while (shard.has_closed()) measured.seconds.push_back(shard.take());
  if (run_->hand_over_period < kSecond) measured.seconds.push_back(shard.take());
  measured.complete = shard.complete();
  measured.health = std::exchange(notable_, {});
}

}  // namespace loadrun::run

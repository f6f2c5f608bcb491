#include "script/task_set.h"

#include <algorithm>
#include <utility>

#include "script/runtime.h"
#include "script/vu_script.h"

namespace loadrun::script {

TaskSet::TaskSet(VuScript& vu) : vu_(vu), main_(std::make_shared<Task>(vu)) {}

TaskSet::~TaskSet() { cancel_spawned(); }

Outcome TaskSet::run(Task& task, int arguments) {
  has_failed_ = false;
  task.run(arguments);
  if (task.ended()) end(task);
  run_ready();
  return outcome();
}

void TaskSet::run_ready() {
  while (!ready_.empty() && !has_failed_ && !vu_.aborted()) {
    const std::shared_ptr<Task> task = std::move(ready_.front());
    ready_.pop_front();
    if (task->state() != Task::State::kReady) continue;  // cancelled meanwhile
    task->run(std::max(lua_gettop(task->thread()) - 1, 0));
    if (task->ended()) end(*task);
  }
}

/// A task can end while it has an operation: when a C function between two coroutines could not be
/// suspended.
void TaskSet::end(Task& task) {
  cancel_operation(task);
  wake_waiters(task);
  const bool failed = task.state() == Task::State::kFailed;
  if (failed && (&task == main_.get() || task.detached)) fail(task.error());
  if (&task == main_.get()) return;
  const auto found = std::ranges::find_if(
      spawned_, [&task](const std::shared_ptr<Task>& other) { return other.get() == &task; });
  if (failed) failed_.push_back(*found);
  spawned_.erase(found);
}

void TaskSet::wake_waiters(const Task& ended) {
  const auto wake = [&](const std::shared_ptr<Task>& task) {
    const bool waits = std::ranges::any_of(
        task->awaited, [&](const std::shared_ptr<Task>& other) { return other.get() == &ended; });
    if (task->state() != Task::State::kWaiting || !waits) return;
    task->set_ready();
    ready_.push_back(task);
  };
  wake(main_);
  for (const std::shared_ptr<Task>& task : spawned_) wake(task);
}

void TaskSet::fail(std::string error) {
  if (std::exchange(has_failed_, true)) return;
  error_ = std::move(error);
}

Outcome TaskSet::outcome() {
  if (vu_.aborted() && !has_failed_) return Outcome::kSuspended;
  if (!has_failed_ && is_stuck()) fail("the tasks of this VU wait for each other: none can go on");
  if (!has_failed_ && (main_->alive() || !spawned_.empty())) return Outcome::kSuspended;
  for (const std::shared_ptr<Task>& task : failed_) {
    if (!task->observed) fail(task->error());
  }
  abandon();
  return has_failed_ ? Outcome::kFailed : Outcome::kFinished;
}

bool TaskSet::is_stuck() const {
  const auto goes_on = [](const Task& task) {
    return task.operation.kind != Operation::Kind::kNothing;
  };
  const bool alive = main_->alive() || !spawned_.empty();
  return alive && !goes_on(*main_) &&
         std::ranges::none_of(spawned_, [&](const auto& task) { return goes_on(*task); });
}

std::shared_ptr<Task> TaskSet::spawn(lua_State* L, int count) {
  auto task = std::make_shared<Task>(vu_);
  Task& parent = vu_.runtime().task();
  task->reset(parent.group());
  task->random = CounterRandom(parent.random.next());
  luaL_checkstack(task->thread(), count, "too many arguments");
  lua_xmove(L, task->thread(), count);
  task->set_ready();
  spawned_.push_back(task);
  ready_.push_back(task);
  return task;
}

void TaskSet::cancel(Task& task) {
  const auto found = std::ranges::find_if(
      spawned_, [&task](const std::shared_ptr<Task>& other) { return other.get() == &task; });
  LOADRUN_CHECK(found != spawned_.end());
  const std::shared_ptr<Task> cancelled = *found;
  spawned_.erase(found);
  cancel_operation(task);
  task.cancel();
  wake_waiters(task);
}

void TaskSet::cancel_operation(Task& task) {
  if (task.operation.kind == Operation::Kind::kNothing) return;
  vu_.runtime().host().cancel(task);
  task.operation.kind = Operation::Kind::kNothing;
}

void TaskSet::cancel_spawned() {
  for (const std::shared_ptr<Task>& task : std::exchange(spawned_, {})) {
    cancel_operation(*task);
    task->cancel();
  }
  ready_.clear();
  failed_.clear();
}

void TaskSet::abandon() {
  cancel_operation(*main_);
  main_->make_idle();
  if (!spawned_.empty() || !failed_.empty() || !ready_.empty()) cancel_spawned();
}

void TaskSet::retag() {
  main_->retag();
  for (const std::shared_ptr<Task>& task : spawned_) task->retag();
}

}  // namespace loadrun::script

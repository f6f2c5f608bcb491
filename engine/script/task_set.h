#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "script/task.h"

namespace loadrun::script {

/// The tasks of one VU. Only one runs at a time; the others go on when what they wait for is there,
/// in the order in which that came. A VU's call lasts until all of its tasks have ended. Confined
/// to its worker.
class TaskSet {
 public:
  explicit TaskSet(VuScript& vu);
  TaskSet(const TaskSet&) = delete;
  TaskSet& operator=(const TaskSet&) = delete;
  /// Cancels what is left.
  ~TaskSet();

  Task& main() const { return *main_; }

  /// Runs `task` with `arguments` values on its stack, then every task that became ready. Fails
  /// when the main task or a detached one failed (the others are cancelled then), when all have
  /// ended and nobody saw that one failed, and when all wait for each other.
  Outcome run(Task& task, int arguments);
  /// Adds a task that runs the function whose arguments follow it on the stack of `L`; it takes
  /// `count` values from there. It begins when the running task waits or ends, with its group.
  std::shared_ptr<Task> spawn(lua_State* L, int count);
  /// Cancels a task that is alive.
  void cancel(Task& task);
  /// Cancels everything; the main task is idle again.
  void abandon();

  /// Why run() failed: message and traceback.
  const std::string& error() const { return error_; }
  /// Has the tags of all tasks made anew.
  void retag();

 private:
  void run_ready();
  void end(Task& task);
  void wake_waiters(const Task& ended);
  void fail(std::string error);
  Outcome outcome();
  bool is_stuck() const;
  void cancel_operation(Task& task);
  void cancel_spawned();

  VuScript& vu_;  // owns this
  std::shared_ptr<Task> main_;
  std::vector<std::shared_ptr<Task>> spawned_;  // the living ones
  std::vector<std::shared_ptr<Task>> failed_;   // until the call ends
  std::deque<std::shared_ptr<Task>> ready_;
  bool has_failed_ = false;
  std::string error_;
};

}  // namespace loadrun::script

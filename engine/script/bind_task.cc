#include <memory>
#include <new>

#include "script/bindings.h"
#include "script/runtime.h"
#include "script/vu_script.h"

namespace loadrun::script {
namespace {

constexpr const char* kMetatable = "loadrun.task";
constexpr int kMostArguments = 20;  // what a new coroutine's stack holds without growing

using TaskHandle = std::shared_ptr<Task>;

Task& task_at(lua_State* L, int index) {
  return **static_cast<TaskHandle*>(luaL_checkudata(L, index, kMetatable));
}

/// spawn(detached, fn, ...) -> task
int spawn(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  if (lua_type(L, 2) != LUA_TFUNCTION) {
    return raise_error(L, "spawn: expected a function, got a %s", luaL_typename(L, 2));
  }
  if (runtime.current().stage() == Stage::kInit) {
    return raise_error(L, "spawn is not available in the init context");
  }
  const int count = lua_gettop(L) - 1;
  if (count > kMostArguments) {
    return raise_error(L, "spawn: at most %d arguments can be passed on", kMostArguments - 1);
  }
  auto* handle = new (lua_newuserdata(L, sizeof(TaskHandle))) TaskHandle();
  luaL_getmetatable(L, kMetatable);
  lua_setmetatable(L, -2);
  lua_insert(L, 2);  // below the function, which leaves for the task
  *handle = runtime.current().tasks().spawn(L, count);
  (*handle)->detached = lua_toboolean(L, 1) != 0;
  return 1;
}

/// wait_for(task, ...): suspends the running task until one of the given ones has ended. REQUIRES:
/// none has.
int wait_for(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  check_can_wait(L, runtime, "await");
  Task& waiting = runtime.task();
  const int count = lua_gettop(L);
  for (int i = 1; i <= count; ++i) {
    if (&task_at(L, i) == &waiting) return raise_error(L, "a task cannot await itself");
  }
  waiting.awaited.clear();
  for (int i = 1; i <= count; ++i) {
    waiting.awaited.push_back(*static_cast<TaskHandle*>(lua_touserdata(L, i)));
  }
  return waiting.suspend(L);
}

/// task_state(task) -> "running", "finished", "failed" or "cancelled"
int task_state(lua_State* L) {
  switch (task_at(L, 1).state()) {
    case Task::State::kFinished:
      lua_pushliteral(L, "finished");
      break;
    case Task::State::kFailed:
      lua_pushliteral(L, "failed");
      break;
    case Task::State::kCancelled:
      lua_pushliteral(L, "cancelled");
      break;
    default:
      lua_pushliteral(L, "running");
  }
  return 1;
}

/// task_results(task) -> what its function returned, or its error. REQUIRES: it finished or failed.
/// The traceback of an error goes to the running task, which raises it again.
int task_results(lua_State* L) {
  Task& task = task_at(L, 1);
  task.observed = true;
  if (task.state() == Task::State::kFailed) {
    context_of<Runtime>(L).task().keep_traceback_of(task);
  }
  return task.push_results(L);
}

int is_running_task(lua_State* L) {
  lua_pushboolean(L, &task_at(L, 1) == &context_of<Runtime>(L).task() ? 1 : 0);
  return 1;
}

/// cancel(task) -> whether it was still running
int cancel(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  Task& task = task_at(L, 1);
  if (&task == &runtime.task()) return raise_error(L, "a task cannot cancel itself");
  const bool alive = task.alive();
  if (alive) runtime.current().tasks().cancel(task);
  lua_pushboolean(L, alive ? 1 : 0);
  return 1;
}

int task_gc(lua_State* L) {
  static_cast<TaskHandle*>(lua_touserdata(L, 1))->~TaskHandle();
  return 0;
}

constexpr luaL_Reg kFunctions[] = {{"spawn", spawn},
                                   {"wait_for", wait_for},
                                   {"task_state", task_state},
                                   {"task_results", task_results},
                                   {"is_running_task", is_running_task},
                                   {"cancel_task", cancel},
                                   {nullptr, nullptr}};

}  // namespace

/// The methods of tasks are lua/k6.lua's: it fills the table `task_methods`.
void add_task_bindings(lua_State* L, Runtime& runtime) {
  register_functions(L, kFunctions, &runtime);
  push_locked_metatable(L, kMetatable);
  lua_pushcfunction(L, task_gc);
  lua_setfield(L, -2, "__gc");
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setfield(L, -3, "__index");
  lua_setfield(L, -3, "task_methods");
  lua_pop(L, 1);
}

}  // namespace loadrun::script

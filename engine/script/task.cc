#include "script/task.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "script/runtime.h"
#include "script/vu_script.h"

namespace loadrun::script {

Task::Task(VuScript& vu) : vu_(vu), runtime_(vu.runtime()) { new_thread(); }

/// A coroutine whose globals are the VU's, so that `load` and C functions see them too.
void Task::new_thread() {
  lua_State* L = runtime_.state();
  thread_ = lua_newthread(L);
  thread_ref_ = LuaRef(L);
  vu_.environment().push(thread_);
  lua_replace(thread_, LUA_GLOBALSINDEX);
}

void Task::reset(std::string group) {
  unsuspendable_ = 0;
  kept_traceback_.clear();
  lua_settop(thread_, 0);
  enter_group(std::move(group));
}

void Task::run(int arguments) {
  const TimePoint begin = runtime_.host().now();
  run_on(arguments);
  runtime_.host().ran(*this, runtime_.host().now() - begin);
}

void Task::run_on(int arguments) {
  state_ = State::kRunning;
  suspending_ = false;
  runtime_.set_current(this);
  const int status = lua_resume(thread_, arguments);
  runtime_.set_current(nullptr);
  if (status == LUA_YIELD && suspending_) {
    state_ = State::kWaiting;
    lua_settop(thread_, 0);  // the sentinel
    return;
  }
  state_ = status == 0 ? State::kFinished : State::kFailed;
  if (status == 0) return;
  if (status == LUA_YIELD) {
    lua_pushliteral(thread_, "coroutine.yield was called outside of a coroutine");
  }
  set_error();
  error_value_ = LuaRef(runtime_.state(), thread_);
  new_thread();  // a failed coroutine cannot be resumed
}

void Task::cancel() {
  state_ = State::kCancelled;
  awaited.clear();
  thread_ref_ = LuaRef();
  thread_ = nullptr;
}

void Task::make_idle() {
  if (state_ == State::kWaiting || state_ == State::kReady) new_thread();
  state_ = State::kIdle;
  awaited.clear();
}

int Task::suspend(lua_State* L) {
  suspending_ = true;
  lua_settop(L, 0);
  lua_pushlightuserdata(L, &runtime_);  // the sentinel that prelude.lua knows
  return lua_yield(L, 1);
}

/// The error on top of the thread's stack, with the traceback of where it was raised first.
void Task::set_error() {
  if (lua_isstring(thread_, -1) == 0) {
    lua_pushfstring(thread_, "the error value is not a string (it is a %s)",
                    luaL_typename(thread_, -1));
    lua_insert(thread_, -2);  // the value itself stays on top, for whoever awaits the task
    set_error_text(lua_tostring(thread_, -2));
  } else {
    set_error_text(lua_tostring(thread_, -1));
  }
}

void Task::set_error_text(const char* message) {
  if (!kept_traceback_.empty() && kept_message_ == message) {
    error_ = std::move(kept_traceback_);
  } else {
    luaL_traceback(runtime_.state(), thread_, message, 0);
    error_ = string_at(runtime_.state(), -1);
    lua_pop(runtime_.state(), 1);
    kept_message_ = message;
  }
  kept_traceback_.clear();
}

void Task::keep_traceback(lua_State* L) {
  if (lua_isstring(L, -1) == 0) return;
  const std::string_view message = string_at(L, -1);
  if (!kept_traceback_.empty() && kept_message_ == message) return;  // caught further out as well
  kept_message_ = message;
  luaL_traceback(L, L, lua_tostring(L, -1), 1);
  kept_traceback_ = string_at(L, -1);
  lua_pop(L, 1);
}

void Task::keep_traceback_of(const Task& other) {
  kept_traceback_ = other.error_;
  kept_message_ = other.kept_message_;
}

int Task::push_results(lua_State* L) const {
  if (state_ == State::kFailed) {
    error_value_.push(L);
    return 1;
  }
  const int count = lua_gettop(thread_);
  luaL_checkstack(L, count, "too many results");
  luaL_checkstack(thread_, count, "too many results");
  for (int i = 1; i <= count; ++i) lua_pushvalue(thread_, i);
  lua_xmove(thread_, L, count);
  return count;
}

std::string Task::place() const {
  lua_State* L = runtime_.state();
  if (state_ == State::kFailed) {
    const metrics::RaisedError raised = runtime_.locate(error_);
    return raised.file.empty() ? "" : fmt::format("{}:{}", raised.file, raised.line);
  }
  if (state_ == State::kFinished) return this == &vu_.main_task() ? vu_.place_of_call() : "";
  push_location(thread_, 0);
  lua_xmove(thread_, L, 1);
  std::string_view place = string_at(L, -1);
  place.remove_suffix(std::min<std::size_t>(place.size(), 2));  // ": "
  std::string text(place);
  lua_pop(L, 1);
  return text;
}

std::string Task::enter_group(std::string path) {
  std::string previous = std::exchange(group_, std::move(path));
  retag();
  return previous;
}

/// What is left out of thresholds by its group has that tag always.
void Task::retag() {
  tags_ = runtime_.settings.tag_groups || vu_.stage() == Stage::kPrepare
              ? runtime_.host().tags().with(vu_.base_tags(), "group", group_)
              : vu_.base_tags();
}

}  // namespace loadrun::script

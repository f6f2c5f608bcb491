#include "script/interrupter.h"

#include <ucontext.h>

#include <algorithm>
#include <chrono>

#include "base/check.h"
#include "script/lua_support.h"

namespace loadrun::script {
namespace {

/// How long the thread may take to answer before the signal is sent again.
constexpr Nanoseconds kPause = std::chrono::milliseconds(5);

int signal_number() { return SIGRTMIN + 3; }

// What the calling thread runs: a signal handler has no other way to it.
constinit thread_local std::atomic<Interrupter*> bound{nullptr};
static_assert(std::atomic<Interrupter*>::is_always_lock_free);
static_assert(std::atomic<Interrupter::Action>::is_always_lock_free);
static_assert(std::atomic<const char*>::is_always_lock_free);
static_assert(std::atomic<std::uintptr_t>::is_always_lock_free);

char registry_key;  // its address

std::uintptr_t interrupted_instruction(const void* context) {
  const mcontext_t& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  return static_cast<std::uintptr_t>(machine.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return machine.pc;
#else
#error "where does this machine keep the program counter?"
#endif
}

/// Tells the natives about compiled code; LuaJIT prints errors of the callback to standard error,
/// hence pcall.
constexpr const char* kWatchTraces = R"(
local attach, funcinfo, tracemc, add, drop = ...
local pcall, place = pcall, ""
local function on_trace(what, trace, fn, position)
  if what == "start" then
    place = funcinfo(fn, position).loc
  elseif what == "stop" then
    local code, address = tracemc(trace)
    add(trace, place, address, #code)
  elseif what == "flush" then
    drop()
  end
end
attach(function(...) pcall(on_trace, ...) end, "trace"))";

/// Pushes the table jit.util. The jit library registers its loader where the package library, which
/// is not opened, would look for it.
void push_jit_util(lua_State* L) {
  lua_getfield(L, LUA_REGISTRYINDEX, "_PRELOAD");
  lua_getfield(L, -1, "jit.util");
  lua_call(L, 0, 1);
  lua_remove(L, -2);
}

}  // namespace

Interrupter::Interrupter(lua_State* L) : state_(L) {
  lua_pushlightuserdata(L, &registry_key);
  lua_pushlightuserdata(L, this);
  lua_rawset(L, LUA_REGISTRYINDEX);
  watch_traces();
}

Interrupter& Interrupter::of(lua_State* L) {
  lua_pushlightuserdata(L, &registry_key);
  lua_rawget(L, LUA_REGISTRYINDEX);
  auto* self = static_cast<Interrupter*>(lua_touserdata(L, -1));
  lua_pop(L, 1);
  return *self;
}

Interrupter::~Interrupter() {
  LOADRUN_CHECK(!thread_);
  lua_sethook(state_, nullptr, 0, 0);
}

void Interrupter::watch_traces() {
  lua_State* L = state_;
  const int top = lua_gettop(L);
  LOADRUN_CHECK(luaL_loadbuffer(L, kWatchTraces, std::char_traits<char>::length(kWatchTraces),
                                "=interrupter") == 0);
  lua_getglobal(L, LUA_JITLIBNAME);
  lua_getfield(L, -1, "attach");
  lua_remove(L, -2);
  push_jit_util(L);
  lua_getfield(L, -1, "funcinfo");
  lua_getfield(L, -2, "tracemc");
  lua_remove(L, -3);
  for (const lua_CFunction function : {&add_trace, &drop_traces}) {
    lua_pushlightuserdata(L, this);
    lua_pushcclosure(L, function, 1);
  }
  LOADRUN_CHECK(lua_pcall(L, 5, 0, 0) == 0);
  lua_settop(L, top);
}

/// add(number, place, address, size)
int Interrupter::add_trace(lua_State* L) {
  auto& self = context_of<Interrupter>(L);
  const auto number = static_cast<int>(lua_tointeger(L, 1));
  const auto begin = static_cast<std::uintptr_t>(lua_tonumber(L, 3));
  const auto size = static_cast<std::uintptr_t>(lua_tonumber(L, 4));
  const std::lock_guard lock(self.mutex_);
  // A trace that was flushed alone says nothing: its number comes again.
  std::erase_if(self.traces_, [number](const Trace& trace) { return trace.number == number; });
  self.traces_.push_back({number, begin, begin + size, std::string(string_at(L, 2))});
  return 0;
}

int Interrupter::drop_traces(lua_State* L) {
  auto& self = context_of<Interrupter>(L);
  const std::lock_guard lock(self.mutex_);
  self.traces_.clear();
  return 0;
}

const Interrupter::Trace* Interrupter::trace_at(std::uintptr_t instruction) const {
  const auto found = std::find_if(traces_.begin(), traces_.end(), [instruction](const Trace& t) {
    return t.begin <= instruction && instruction < t.end;
  });
  return found == traces_.end() ? nullptr : &*found;
}

Interrupter::Binding::Binding(Interrupter& interrupter) : interrupter_(interrupter) {
  [[maybe_unused]] static const bool installed = [] {
    struct sigaction action {};
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_RESTART | SA_SIGINFO;
    return sigaction(signal_number(), &action, nullptr) == 0;
  }();
  LOADRUN_CHECK(bound.load() == nullptr);
  bound.store(&interrupter);
  const std::lock_guard lock(interrupter.mutex_);
  LOADRUN_CHECK(!interrupter.thread_);
  interrupter.thread_ = pthread_self();
  if (interrupter.wanted()) interrupter.set_hook();  // asked before there was a thread
}

Interrupter::Binding::~Binding() {
  const std::lock_guard lock(interrupter_.mutex_);
  interrupter_.thread_.reset();
  bound.store(nullptr);  // a signal under way finds nothing to do
}

// Async-signal-safe: atomics, and lua_sethook, which LuaJIT makes for this.
void Interrupter::on_signal(int, siginfo_t*, void* context) {
  Interrupter* self = bound.load();
  if (self == nullptr) return;
  self->instruction_.store(interrupted_instruction(context));
  if (self->wanted()) self->set_hook();
}

void Interrupter::set_hook() {
  // Removed first: where the signal interrupted LuaJIT's own change of its dispatch table, setting
  // it alone would change nothing the next time.
  lua_sethook(state_, nullptr, 0, 0);
  lua_sethook(state_, on_step, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
}

void Interrupter::on_step(lua_State* L, lua_Debug*) {
  Interrupter& self = of(L);
  if (self.locating_.load()) self.note_place(L);
  if (!self.wanted()) {
    lua_sethook(L, nullptr, 0, 0);
    if (self.wanted()) self.set_hook();  // asked again in between
    return;
  }
  const bool is_main = lua_pushthread(L) != 0;
  lua_pop(L, 1);
  if (!is_main) self.act(L);
}

/// May raise.
void Interrupter::act(lua_State* L) {
  if (const char* message = stop_message_.load()) {
    push_location(L, 0);
    lua_pushstring(L, message);
    lua_concat(L, 2);
    lua_error(L);
  }
  if (const Action action = action_.exchange(nullptr)) action(L, action_context_);
}

void Interrupter::at_next_step(Action action, void* context) {
  action_context_ = context;
  action_.store(action);
  set_hook();
}

void Interrupter::note_place(lua_State* L) {
  push_location(L, 0);
  std::string_view place = string_at(L, -1);
  place.remove_suffix(std::min<std::size_t>(place.size(), 2));  // ": "
  {
    const std::lock_guard lock(mutex_);
    place_ = place;
    locating_.store(false);
  }
  noted_.notify_all();
  lua_pop(L, 1);
}

/// REQUIRES: mutex_ is held, so that the thread is not gone yet.
void Interrupter::signal_thread() {
  if (thread_) pthread_kill(*thread_, signal_number());
}

void Interrupter::request_stop(const char* message) {
  const std::lock_guard lock(mutex_);
  stop_message_.store(message);
  signal_thread();
}

std::optional<ScriptSpot> Interrupter::locate(Nanoseconds timeout) {
  std::unique_lock lock(mutex_);
  if (!thread_) return std::nullopt;
  place_.reset();
  instruction_.store(0);
  locating_.store(true);
  std::optional<ScriptSpot> spot;
  for (Nanoseconds waited{0}; waited < timeout && !place_; waited += kPause) {
    signal_thread();
    noted_.wait_for(lock, kPause, [this] { return place_.has_value(); });
    const std::uintptr_t instruction = instruction_.load();
    if (const Trace* trace = trace_at(instruction)) {
      spot = ScriptSpot{ScriptSpot::Kind::kCompiled, trace->place};
    } else if (instruction != 0 && !spot) {
      // Compiled code calls C functions too, so one that was seen in between counts for more.
      spot = ScriptSpot{};
    }
  }
  locating_.store(false);
  if (place_) return ScriptSpot{ScriptSpot::Kind::kInterpreted, *place_};
  return spot;
}

void Interrupter::clear() {
  stop_message_.store(nullptr);
  lua_sethook(state_, nullptr, 0, 0);
  if (wanted()) set_hook();
}

}  // namespace loadrun::script

#include "script/interrupter.h"

#include <ucontext.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>

#include "base/check.h"
#include "script/lua_support.h"

namespace loadrun::script {
namespace {

/// How long the thread may take to answer before the signal is sent again.
constexpr Nanoseconds kPause = std::chrono::milliseconds(2);
/// How long the two threads sleep while one waits for the other.
constexpr Nanoseconds kNap = std::chrono::microseconds(100);
/// How often in a row the thread may be found outside of the code in which it shall be held, such
/// as in a function of LuaJIT that the code calls.
constexpr int kHoldAttempts = 50;

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

}  // namespace

Interrupter::Interrupter(lua_State* L) : state_(L), trace_places_(L) {
  lua_pushlightuserdata(L, &registry_key);
  lua_pushlightuserdata(L, this);
  lua_rawset(L, LUA_REGISTRYINDEX);
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

// Async-signal-safe: atomics, nanosleep, and lua_sethook, which LuaJIT makes for this.
void Interrupter::on_signal(int, siginfo_t*, void* context) {
  Interrupter* self = bound.load();
  if (self == nullptr) return;
  const int error = errno;
  const std::uintptr_t instruction = interrupted_instruction(context);
  self->instruction_.store(instruction);
  if (self->wanted()) self->set_hook();
  self->hold_if_wanted(instruction);
  errno = error;
}

/// Needs no time limit: the thread that wants the hold lets go. The code does not change while this
/// decides.
void Interrupter::hold_if_wanted(std::uintptr_t instruction) {
  Hold wanted = Hold::kWanted;
  if (!hold_.compare_exchange_strong(wanted, Hold::kDeciding)) return;
  const bool inside = hold_begin_.load() <= instruction && instruction < hold_end_.load();
  hold_.store(inside ? Hold::kHeld : Hold::kNone);
  const timespec nap{.tv_sec = 0, .tv_nsec = kNap.count()};
  while (hold_.load() == Hold::kHeld) nanosleep(&nap, nullptr);
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
  const std::lock_guard one_at_a_time(locating_mutex_);
  std::unique_lock lock(mutex_);
  if (!thread_) return std::nullopt;
  place_.reset();
  instruction_.store(0);
  locating_.store(true);
  std::optional<ScriptSpot> spot;
  for (Nanoseconds left = timeout; left > Nanoseconds{0} && !place_; left -= kPause) {
    signal_thread();
    noted_.wait_for(lock, kPause, [this] { return place_.has_value(); });
    const std::uintptr_t instruction = instruction_.load();
    if (place_ || instruction == 0 || (spot && !spot->place.empty())) continue;
    if (const auto code = compiled_code_at(instruction)) {
      spot = ScriptSpot{ScriptSpot::Kind::kCompiled, ""};
      if (!hold(lock, *code, left)) continue;
      spot->place = trace_places_.find(instruction_.load());
      hold_.store(Hold::kNone);
    } else if (!spot) {
      // Compiled code calls C functions too, so one that was seen in between counts for more.
      spot = ScriptSpot{};
    }
  }
  locating_.store(false);
  if (place_) return ScriptSpot{ScriptSpot::Kind::kInterpreted, *place_};
  return spot;
}

/// Has the signal handler hold the thread in `code`; whether it does. Takes the time from `left`,
/// and up to all of it where the thread has to wait for a processor.
bool Interrupter::hold(std::unique_lock<std::mutex>& lock, CodeRange code, Nanoseconds& left) {
  hold_begin_.store(code.begin);
  hold_end_.store(code.end);
  for (int i = 0; left > Nanoseconds{0} && !place_ && hold_.load() != Hold::kHeld; left -= kNap) {
    if (hold_.load() == Hold::kNone) {  // at first, and where the handler declined
      if (++i > kHoldAttempts) return false;
      hold_.store(Hold::kWanted);
      signal_thread();
    }
    noted_.wait_for(lock, kNap);
  }
  Hold wanted = Hold::kWanted;
  if (hold_.compare_exchange_strong(wanted, Hold::kNone)) return false;
  while (hold_.load() == Hold::kDeciding) noted_.wait_for(lock, kNap);
  return hold_.load() == Hold::kHeld;
}

void Interrupter::clear() {
  stop_message_.store(nullptr);
  lua_sethook(state_, nullptr, 0, 0);
  if (wanted()) set_hook();
}

}  // namespace loadrun::script

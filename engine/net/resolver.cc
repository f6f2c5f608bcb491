#include "net/resolver.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace loadrun::net {

/// What the resolver shares with its thread; `mutex` guards all of it.
struct Resolver::State {
  State(DnsOptions::Policy the_policy, const Clock& the_clock)
      : policy(the_policy), clock(the_clock) {}

  void deliver(const std::string& name, Answer answer);

  const DnsOptions::Policy policy;
  const Clock& clock;
  std::mutex mutex;
  std::condition_variable work;
  std::map<std::string, Name, std::less<>> names;
  std::deque<std::string> queue;
  bool asking = false;
  bool closing = false;
};

namespace {

using Policy = DnsOptions::Policy;

void apply_policy(std::vector<IpAddress>& addresses, Policy policy) {
  if (policy == Policy::kAny) return;
  const bool v4 = policy == Policy::kPreferIpv4 || policy == Policy::kOnlyIpv4;
  const bool only = policy == Policy::kOnlyIpv4 || policy == Policy::kOnlyIpv6;
  const auto is_unwanted = [v4](const IpAddress& address) { return address.is_v4() != v4; };
  if (only || !std::ranges::all_of(addresses, is_unwanted)) std::erase_if(addresses, is_unwanted);
}

}  // namespace

Resolver::Mailbox::~Mailbox() {
  const std::scoped_lock lock(resolver_.state_->mutex);
  for (auto& [name, entry] : resolver_.state_->names) std::erase(entry.waiting, this);
}

std::vector<Resolver::Mailbox::Letter> Resolver::Mailbox::take() {
  const std::scoped_lock lock(resolver_.state_->mutex);
  return std::exchange(letters_, {});
}

Resolver::Resolver(const DnsOptions& options, const Clock& clock, Ask ask)
    : options_(options),
      ask_(std::move(ask)),
      state_(std::make_shared<State>(options.policy, clock)) {}

Resolver::~Resolver() {
  if (!thread_.joinable()) return;
  bool asking = false;
  {
    const std::scoped_lock lock(state_->mutex);
    state_->closing = true;
    asking = state_->asking;
  }
  state_->work.notify_one();
  if (asking) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

std::optional<IpAddress> Resolver::cached(const std::string& name, CounterRandom& random) {
  const std::scoped_lock lock(state_->mutex);
  const auto found = state_->names.find(name);
  if (found == state_->names.end() || found->second.answer == nullptr) return std::nullopt;
  Name& entry = found->second;
  if (options_.ttl && state_->clock.now() - entry.answered >= *options_.ttl) return std::nullopt;
  return select_from(entry, *entry.answer, random);
}

void Resolver::look_up(const std::string& name, Mailbox& mailbox) {
  const std::scoped_lock lock(state_->mutex);
  if (!thread_.joinable()) thread_ = std::thread(run, state_, ask_);
  std::vector<Mailbox*>& waiting = state_->names[name].waiting;
  if (waiting.empty()) {
    state_->queue.push_back(name);
    state_->work.notify_one();
  }
  if (std::ranges::find(waiting, &mailbox) == waiting.end()) waiting.push_back(&mailbox);
}

IpAddress Resolver::select(const std::string& name, const Answer& answer, CounterRandom& random) {
  const std::scoped_lock lock(state_->mutex);
  return select_from(state_->names[name], answer, random);
}

IpAddress Resolver::select_from(Name& name, const Answer& answer, CounterRandom& random) const {
  const std::vector<IpAddress>& addresses = answer.addresses;
  LOADRUN_CHECK(!addresses.empty());
  if (options_.select == DnsOptions::Select::kFirst || addresses.size() == 1) return addresses[0];
  if (options_.select == DnsOptions::Select::kRoundRobin) {
    return addresses[name.turn++ % addresses.size()];
  }
  return addresses[random.next() % addresses.size()];
}

void Resolver::run(const std::shared_ptr<State>& state, const Ask& ask) {
  std::unique_lock lock(state->mutex);
  for (;;) {
    state->work.wait(lock, [&] { return state->closing || !state->queue.empty(); });
    if (state->closing) return;
    const std::string name = std::move(state->queue.front());
    state->queue.pop_front();
    state->asking = true;
    lock.unlock();
    Answer answer = ask(name);
    lock.lock();
    state->asking = false;
    if (state->closing) return;
    state->deliver(name, std::move(answer));
  }
}

// A failure is not kept: who dials next asks again.
void Resolver::State::deliver(const std::string& name, Answer answer) {
  apply_policy(answer.addresses, policy);
  if (answer.addresses.empty() && answer.failure.code == 0) {
    answer.failure = {kNoSuchHost, "lookup: no such host"};
  }
  const auto shared = std::make_shared<const Answer>(std::move(answer));
  Name& entry = names[name];
  entry.answer = shared->failure.code == 0 ? shared : nullptr;
  entry.answered = clock.now();
  for (Mailbox* const mailbox : std::exchange(entry.waiting, {})) {
    mailbox->letters_.push_back({name, shared});
    mailbox->loop_.wake();
  }
}

}  // namespace loadrun::net

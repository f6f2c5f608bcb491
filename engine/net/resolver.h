#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/ip_address.h"
#include "base/random.h"
#include "net/event_loop.h"
#include "net/failure.h"

namespace loadrun::net {

/// What a look-up of a name found.
struct Answer {
  std::vector<IpAddress> addresses;
  Failure failure;  ///< Set when there are no addresses.
};

/// k6's option `dns`.
struct DnsOptions {
  enum class Select { kFirst, kRandom, kRoundRobin };
  enum class Policy { kPreferIpv4, kPreferIpv6, kOnlyIpv4, kOnlyIpv6, kAny };

  std::optional<Nanoseconds> ttl = 5min;  ///< Nothing: for ever. 0: every new connection asks anew.
  Select select = Select::kRandom;
  Policy policy = Policy::kPreferIpv4;
};

/// Asks the operating system (getaddrinfo), which may take long.
Answer ask_system(const std::string& name);

/// Resolves host names for all workers of a process, with one cache and one thread, which starts
/// with the first look-up and does one after the other. Who asks for a name that is being looked up
/// already waits for the same answer: ten thousand VUs that start at once on one name cost one
/// look-up.
///
/// Only new connections ask (net/dialer.h), as in k6: a request on a connection that is there does
/// not come by here. Each new connection gets an address of its own by `select`.
///
/// Thread-safe.
class Resolver {
 public:
  using Ask = std::function<Answer(const std::string& name)>;

  /// Where a worker gets its answers. Thread-safe: the resolver guards it.
  class Mailbox {
   public:
    /// `loop` is woken up by every answer; it outlives the mailbox.
    Mailbox(Resolver& resolver, EventLoop& loop) : resolver_(resolver), loop_(loop) {}
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;
    ~Mailbox();

    struct Letter {
      std::string name;
      std::shared_ptr<const Answer> answer;
    };
    /// The answers that have come since the last call.
    std::vector<Letter> take();

   private:
    friend class Resolver;
    Resolver& resolver_;
    EventLoop& loop_;
    std::vector<Letter> letters_;
  };

  /// `clock` outlives the resolver; `ask` is called by its thread only.
  Resolver(const DnsOptions& options, const Clock& clock, Ask ask = ask_system);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  /// Does not wait for a look-up that is going on. REQUIRES: all mailboxes are gone.
  ~Resolver();

  /// An address of `name` when it was looked up within the time to live; `random` is drawn from
  /// when the choice is random.
  std::optional<IpAddress> cached(const std::string& name, CounterRandom& random);
  /// Has `name` looked up; its answer goes to `mailbox`.
  void look_up(const std::string& name, Mailbox& mailbox);
  /// One of the addresses of `answer`. REQUIRES: it has some.
  IpAddress select(const std::string& name, const Answer& answer, CounterRandom& random);

 private:
  struct Name {
    std::shared_ptr<const Answer> answer;  ///< Null: never, or failed.
    TimePoint answered;
    std::uint64_t turn = 0;         ///< Of selecting in turns.
    std::vector<Mailbox*> waiting;  ///< Not empty: it is being looked up.
  };
  struct State;

  static void run(const std::shared_ptr<State>& state, const Ask& ask);
  IpAddress select_from(Name& name, const Answer& answer, CounterRandom& random) const;

  const DnsOptions options_;
  Ask ask_;
  std::shared_ptr<State> state_;  ///< The thread's too: it may be busy for longer than this lives.
  std::thread thread_;
};

}  // namespace loadrun::net

#include "net/resolver.h"

#include <atomic>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"
#include "support/manual_clock.h"

using namespace loadrun;
using namespace loadrun::net;
using test::ManualClock;

namespace {

Answer answer_of(const std::vector<std::string>& texts) {
  Answer answer;
  for (const std::string& text : texts) answer.addresses.push_back(*IpAddress::parse(text));
  return answer;
}

/// A resolver on a virtual clock that asks a table, and one worker's side of it.
class World {
 public:
  explicit World(const DnsOptions& options)
      : loop_(std::move(EventLoop::create(clock)).value()),
        resolver(options, clock,
                 [this](const std::string& name) {
                   ++asked;
                   return names.at(name);
                 }),
        mailbox(resolver, *loop_) {}

  /// The address of `name` for a new connection: cached or looked up. "" and `failure` when none.
  std::string dial(const std::string& name) {
    if (const auto cached = resolver.cached(name, random)) return cached->text();
    resolver.look_up(name, mailbox);
    const Resolver::Mailbox::Letter letter = next_letter();
    CHECK(letter.name == name);
    failure = letter.answer->failure;
    if (failure.code != 0) return "";
    return resolver.select(name, *letter.answer, random).text();
  }

  Resolver::Mailbox::Letter next_letter() {
    for (;;) {
      const auto letters = mailbox.take();
      REQUIRE(letters.size() <= 1);
      if (letters.size() == 1) return letters[0];
      loop_->turn();
    }
  }

  ManualClock clock;
  std::map<std::string, Answer> names{{"v4", answer_of({"10.0.0.1", "10.0.0.2", "10.0.0.3"})},
                                      {"both", answer_of({"::1", "10.0.0.1", "::2", "10.0.0.2"})},
                                      {"gone", {{}, {kNoSuchHost, "lookup: no such host"}}}};
  std::atomic<int> asked{0};
  CounterRandom random{1};
  Failure failure;

 private:
  std::unique_ptr<EventLoop> loop_;

 public:
  Resolver resolver;
  Resolver::Mailbox mailbox;
};

using Select = DnsOptions::Select;
using Policy = DnsOptions::Policy;

}  // namespace

TEST_CASE("an answer is good for the time to live") {
  World world({.ttl = 10s, .select = Select::kFirst});
  CHECK(world.dial("v4") == "10.0.0.1");
  world.clock.advance(10s - 1ns);
  CHECK(world.dial("v4") == "10.0.0.1");
  CHECK(world.asked == 1);
  world.names["v4"] = answer_of({"10.0.0.9"});
  world.clock.advance(1ns);
  CHECK(world.dial("v4") == "10.0.0.9");
  CHECK(world.asked == 2);
}

TEST_CASE("a time to live of 0 asks every time, an infinite one once") {
  World never({.ttl = 0s});
  for (int i = 0; i < 3; ++i) never.dial("v4");
  CHECK(never.asked == 3);
  World always({.ttl = std::nullopt});
  always.dial("v4");
  always.clock.advance(1000h);
  always.dial("v4");
  CHECK(always.asked == 1);
}

TEST_CASE("addresses are taken in turns, at random or the first") {
  World turns({.select = Select::kRoundRobin});
  for (const char* address : {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.1"}) {
    CHECK(turns.dial("v4") == address);
  }

  World random({.select = Select::kRandom});
  std::map<std::string, int> counts;
  std::string sequence;
  for (int i = 0; i < 300; ++i) {
    const std::string address = random.dial("v4");
    ++counts[address];
    sequence += address.back();
  }
  CHECK(counts.size() == 3);
  for (const auto& [address, count] : counts) CHECK(count > 60);
  // The same seed chooses the same.
  random.random = CounterRandom(1);
  std::string again;
  for (int i = 0; i < 300; ++i) again += random.dial("v4").back();
  CHECK(again == sequence);
}

TEST_CASE("the policy chooses the family") {
  const std::map<Policy, std::set<std::string>> expected{
      {Policy::kPreferIpv4, {"10.0.0.1", "10.0.0.2"}},
      {Policy::kOnlyIpv4, {"10.0.0.1", "10.0.0.2"}},
      {Policy::kPreferIpv6, {"::1", "::2"}},
      {Policy::kOnlyIpv6, {"::1", "::2"}},
      {Policy::kAny, {"10.0.0.1", "10.0.0.2", "::1", "::2"}}};
  for (const auto& [policy, addresses] : expected) {
    World world({.select = Select::kRoundRobin, .policy = policy});
    std::set<std::string> got;
    for (int i = 0; i < 4; ++i) got.insert(world.dial("both"));
    CHECK(got == addresses);
  }
  World preferred({.policy = Policy::kPreferIpv6});
  CHECK(preferred.dial("v4").starts_with("10.0.0."));
  World only({.policy = Policy::kOnlyIpv6});
  CHECK(only.dial("v4").empty());
  CHECK(only.failure.code == kNoSuchHost);
}

TEST_CASE("a failure is for those who wait, and not kept") {
  World world({});
  CHECK(world.dial("gone").empty());
  CHECK(world.failure.code == kNoSuchHost);
  world.names["gone"] = answer_of({"10.0.0.7"});
  CHECK(world.dial("gone") == "10.0.0.7");
  CHECK(world.asked == 2);
}

namespace {

/// A name server that answers when it is told to.
struct SlowServer {
  std::atomic<int> asked{0};
  std::promise<void> go;
  std::shared_future<void> gone{go.get_future()};
};

/// The resolver's thread may ask for longer than a test lasts.
Resolver::Ask asking(const std::shared_ptr<SlowServer>& server) {
  return [server](const std::string&) {
    ++server->asked;
    server->gone.wait();
    return answer_of({"10.0.0.1"});
  };
}

std::unique_ptr<EventLoop> new_loop(const Clock& clock) {
  return std::move(EventLoop::create(clock)).value();
}

}  // namespace

TEST_CASE("all workers wait for one look-up of a name") {
  const ManualClock clock;
  const auto server = std::make_shared<SlowServer>();
  Resolver resolver({}, clock, asking(server));
  const auto loop1 = new_loop(clock), loop2 = new_loop(clock);
  Resolver::Mailbox one(resolver, *loop1), two(resolver, *loop2);
  for (int i = 0; i < 1000; ++i) resolver.look_up("name", i % 2 == 0 ? one : two);
  server->go.set_value();
  std::size_t letters = 0;
  while (letters == 0) {
    loop1->turn();
    letters = one.take().size();
  }
  CHECK(letters == 1);
  CHECK(two.take().size() == 1);
  CHECK(server->asked == 1);
}

TEST_CASE("who leaves gets no answer, and nobody waits for a look-up that hangs") {
  const ManualClock clock;
  const auto server = std::make_shared<SlowServer>();
  const auto loop = new_loop(clock);
  auto resolver = std::make_unique<Resolver>(DnsOptions{}, clock, asking(server));
  {
    Resolver::Mailbox mailbox(*resolver, *loop);
    resolver->look_up("name", mailbox);
    while (server->asked == 0) std::this_thread::yield();
  }
  resolver.reset();  // Its thread is still asking.
  server->go.set_value();
}

// What does not exist is a question of a name server: tests/integration/addresses_test.py.
TEST_CASE("the system knows localhost, and whatever it says of others, it is no address") {
  const Answer here = ask_system("localhost");
  CHECK(here.failure.code == 0);
  REQUIRE_FALSE(here.addresses.empty());
  const Answer nowhere = ask_system("no-such-host.invalid");
  CHECK(nowhere.addresses.empty());
  CHECK(nowhere.failure.code / 100 == 11);
}

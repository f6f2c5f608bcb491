#include <thread>

#include "run/mailbox.h"
#include "support/catch.h"
#include "test_run.h"

using namespace loadrun;
using namespace loadrun::test;

// Also run under ThreadSanitizer: what these tests prove is that nothing is lost and nothing races.

TEST_CASE("a mailbox hands objects over, each once and in order") {
  constexpr int kCount = 20000;
  run::Mailbox<std::vector<int>> mailbox;
  std::thread writer([&mailbox] {
    for (int i = 0; i < kCount;) {
      if (mailbox.empty()) {
        mailbox.put(std::make_unique<std::vector<int>>(3, i++));
      } else {
        std::this_thread::yield();
      }
    }
  });
  bool in_order = true;
  for (int expected = 0; expected < kCount;) {
    const auto object = mailbox.take();
    if (object == nullptr) {
      std::this_thread::yield();
      continue;
    }
    in_order = in_order && *object == std::vector<int>(3, expected);
    ++expected;
  }
  writer.join();
  CHECK(in_order);
  CHECK(mailbox.empty());
  CHECK(mailbox.take() == nullptr);
}

TEST_CASE("a mailbox frees what nobody took") {
  const auto watched = std::make_shared<int>(1);
  {
    run::Mailbox<std::shared_ptr<int>> mailbox;
    mailbox.put(std::make_unique<std::shared_ptr<int>>(watched));
    CHECK(watched.use_count() == 2);
  }
  CHECK(watched.use_count() == 1);
}

TEST_CASE("a queue loses nothing and keeps each sender's order") {
  constexpr int kSenders = 3;
  constexpr int kCount = 5000;
  run::Queue<std::pair<int, int>> queue;
  std::vector<std::thread> senders;
  senders.reserve(kSenders);
  for (int sender = 0; sender < kSenders; ++sender) {
    senders.emplace_back([&queue, sender] {
      for (int i = 0; i < kCount; ++i) queue.push({sender, i});
    });
  }
  std::vector<int> next(kSenders, 0);
  bool in_order = true;
  for (int received = 0; received < kSenders * kCount;) {
    for (const auto& [sender, i] : queue.take_all()) {
      in_order = in_order && next[static_cast<std::size_t>(sender)]++ == i;
      ++received;
    }
    std::this_thread::yield();
  }
  for (std::thread& sender : senders) sender.join();
  CHECK(in_order);
  CHECK(queue.take_all().empty());
}

TEST_CASE("two workers run a test together: nothing is lost, nothing is done twice") {
  TestRun test(R"(
    local k6, metrics = require "k6", require "k6/metrics"
    local users = require("k6/data").SharedArray("users", function()
      local t = {}
      for i = 1, 100 do t[i] = { id = i } end
      return t
    end)
    local sum = metrics.Counter("sum")
    return {
      options = { scenarios = {
        shared = { executor = "shared-iterations", vus = 5, iterations = 301 },
        each = { executor = "per-vu-iterations", vus = 4, iterations = 25, exec = "each" },
        late = { executor = "constant-vus", vus = 3, duration = "1s", exec = "each", startTime = "300ms" },
      } },
      setup = function() return { add = 2 } end,
      default = function(data)
        k6.sleep(0.002)
        k6.check(__VU, { known = function(vu) return users[vu].id == vu end, never = false })
        sum:add(data.add)
      end,
      each = function() k6.group("g", function() k6.sleep(0.01) end) end,
      teardown = function(data) sum:add(data.add * 1000) end,
    })",
               2);
  const run::RunResult result = test.run();
  CHECK(result.code == ExitCode::kOk);
  CHECK(result.setup_data == R"({"add":2})");
  CHECK(test.count("sum") == 301 * 2 + 2000);
  const auto iterations = [&test](std::string_view scenario) {
    double sum = 0;
    for (const auto& series : test.totals().series()) {
      const bool is_wanted = series.metric == metrics::id_of(metrics::Builtin::kIterations) &&
                             metrics::tag_value(series.tags, "scenario") == scenario;
      if (is_wanted) sum += std::get<metrics::Counter>(series.sink).sum.value();
    }
    return sum;
  };
  CHECK(iterations("shared") == 301);
  CHECK(iterations("each") == 100);
  CHECK(iterations("late") > 0);
  const auto& checks =
      std::get<metrics::Rate>(test.totals().metric(metrics::id_of(metrics::Builtin::kChecks)));
  CHECK(checks.total == 602);
  CHECK(checks.trues == 301);
  CHECK(test.count("dropped_iterations") == 0);
}

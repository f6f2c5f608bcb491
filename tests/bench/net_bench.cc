// Closed loop of N sessions against a URL: net_bench URL SESSIONS SECONDS. Prints requests per
// second, CPU time per request and resident memory per session. Not part of CTest: its figures mean
// something only on a quiet machine.

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "net/http_client.h"
#include "net/limits.h"

namespace {

using namespace loadrun;
using namespace loadrun::net;

struct Bench {
  HttpClient& client;
  EventLoop& loop;
  std::string url;
  TimePoint deadline;
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  std::size_t running = 0;
};

struct User {
  Bench& bench;
  HttpSession session;

  void request() {
    HttpRequest request;
    request.url = bench.url;
    bench.client.start(session, std::move(request), on_done, this);
  }
  static void on_done(void* self, HttpResult& result) {
    auto& user = *static_cast<User*>(self);
    ++user.bench.done;
    if (result.exchanges.back().status != 200) ++user.bench.failed;
    if (user.bench.loop.now() < user.bench.deadline) {
      user.request();
    } else {
      --user.bench.running;
    }
  }
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double resident_kb() {
  std::ifstream statm("/proc/self/statm");
  long size = 0;
  long resident = 0;
  statm >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1024;
}

int run(const std::string& url, std::size_t sessions, double seconds) {
  raise_fd_limit();
  const SystemClock clock;
  auto loop = EventLoop::create(clock);
  auto client = HttpClient::create(*loop.value(), {.user_agent = "net_bench"});
  loop.value()->set_drive([](void* c) { static_cast<HttpClient*>(c)->drive(); },
                          client.value().get());
  const double memory = resident_kb();
  const TimePoint start = clock.now();
  Bench bench{*client.value(), *loop.value(), url,
              start + Nanoseconds(static_cast<std::int64_t>(seconds * 1e9))};
  std::vector<std::unique_ptr<User>> users;
  for (std::size_t i = 0; i < sessions; ++i) {
    users.push_back(std::make_unique<User>(User{bench, HttpSession(*client.value())}));
    users.back()->request();
    ++bench.running;
  }
  const double cpu = cpu_seconds();
  double peak = 0;
  std::uint64_t turns = 0;
  while (bench.running > 0) {
    loop.value()->turn();
    if (++turns % 4096 == 0) peak = std::max(peak, resident_kb());
  }
  peak = std::max(peak, resident_kb());
  const double elapsed = to_seconds(clock.now() - start);
  const auto done = static_cast<double>(bench.done);
  std::printf(
      "%zu sessions: %.0f requests/s, %.2f us CPU per request, %.1f KB per session, %llu failed\n",
      sessions, done / elapsed, (cpu_seconds() - cpu) * 1e6 / done,
      (peak - memory) / static_cast<double>(sessions),
      static_cast<unsigned long long>(bench.failed));
  return bench.failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: net_bench URL SESSIONS SECONDS\n");
    return 2;
  }
  return run(argv[1], std::strtoul(argv[2], nullptr, 10), std::strtod(argv[3], nullptr));
}

// coupon-target: the server of the coupon demo and of the integration tests.

#include <sys/resource.h>

#include <cstdio>

#include "base/clock.h"
#include "coupon/target/server.h"
#include "coupon/target/target_options.h"

namespace {

constexpr int kUsageError = 2;

/// As many open connections as the system allows this process.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int fail(const loadrun::Error& error, int exit_code) {
  std::fprintf(stderr, "coupon-target: %s\n", error.message.c_str());
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = loadrun::coupon::parse_target_options(argc, argv);
  if (!options.ok()) return fail(options.error(), kUsageError);
  if (!options.value().help.empty()) {
    std::fputs(options.value().help.c_str(), stdout);
    return 0;
  }
  raise_file_limit();
  const loadrun::SystemClock clock;
  auto server = loadrun::coupon::Server::create(options.value(), clock);
  if (!server.ok()) return fail(server.error(), 1);
  std::printf("listening on 127.0.0.1:%d\n", server.value()->port());
  std::fflush(stdout);
  server.value()->run();
  std::printf("%s\n", server.value()->counters().to_json().c_str());
  return 0;
}

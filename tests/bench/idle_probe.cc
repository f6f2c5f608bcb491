// How late an idle machine wakes a sleeper: sleeps 1 ms again and again for the given number of
// milliseconds and prints "p50 p99 max" of the lateness in microseconds. Figures measured while the
// machine itself is late say nothing.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

double lateness_of_one_sleep() {
  constexpr std::chrono::milliseconds kSleep{1};
  const auto due = Clock::now() + kSleep;
  std::this_thread::sleep_until(due);
  return Microseconds(Clock::now() - due).count();
}

}  // namespace

int main(int argc, char** argv) {
  const std::chrono::milliseconds length{argc > 1 ? std::atoi(argv[1]) : 500};
  std::vector<double> lateness;
  const auto end = Clock::now() + length;
  do {
    lateness.push_back(lateness_of_one_sleep());
  } while (Clock::now() < end);

  std::sort(lateness.begin(), lateness.end());
  const auto at = [&](std::size_t percent) {
    return lateness[(lateness.size() - 1) * percent / 100];
  };
  std::printf("%.0f %.0f %.0f\n", at(50), at(99), lateness.back());
}

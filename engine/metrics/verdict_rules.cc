#include "metrics/verdict_rules.h"

#include <fmt/format.h>

#include <array>

#include "metrics/verdict_hits.h"
#include "metrics/verdict_texts.h"

namespace loadrun::metrics {
namespace {

namespace hits = verdict_hits;
namespace texts = verdict_texts;
using enum Validity;
constexpr auto kAbove = VerdictRule::Bound::kAbove;
constexpr auto kFrom = VerdictRule::Bound::kFrom;
constexpr auto kAny = VerdictRule::Extent::kAny;
constexpr auto kMuch = VerdictRule::Extent::kMuch;

// clang-format off
constexpr auto kRules = std::to_array<VerdictRule>({
    {"lost_worker", kInvalid, kAbove, 0, "workers", kAny,
     "workers that were left behind in a script that never came back",
     "Let the script wait or end: the log says where it was.",
     hits::lost_workers, texts::lost_workers},
    {"unbalanced", kInvalid, kAbove, 0, "equations", kAny,
     "of the three equations of iterations and requests (`--summary-mode=full` shows them) those that do not hold",
     "This is an error of loadrun: please report it.",
     hits::imbalances, texts::unbalanced},
    {"stalled", kInvalid, kAbove, to_seconds(hits::kStall), "s", kAny,
     "the longest turn of a worker's loop, and by how much a timer was late",
     "Find what stopped the process (a signal, a quota, a suspended or swapping machine, a script that computes) and run again.",
     hits::stalls, texts::stalled},
    {"overloaded_drops", kInvalid, kAbove, 0, "arrivals", kAny,
     "arrivals that a worker dropped in a second in which it was more than 95 % busy",
     "Lower the rate, make the script cheaper, or give loadrun more CPUs or machines.",
     hits::drops_of_overloaded, texts::overloaded_drops},
    {"overloaded_late", kInvalid, kFrom, 50, "ms", kMuch,
     "by how much a timer or an iteration was late in a second in which its worker was more than 95 % busy",
     "Lower the load, make the script cheaper, or give loadrun more CPUs or machines.",
     hits::lateness_of_overloaded, texts::overloaded_late},
    {"clock_step", kInvalid, kFrom, 0.5, "s", kAny,
     "by how much the time of day moved against the steady clock",
     "See that nothing sets the clock or suspends the machine during a run, and run again.",
     hits::clock_steps, texts::clock_step},
    {"files_exhausted", kInvalid, kFrom, 99, "%", kAny,
     "open files, of those that the process may have",
     "Raise the limit (ulimit -Hn), or use fewer VUs.",
     hits::files, texts::files_exhausted},
    {"dropped", kIncomplete, kAbove, 0, "arrivals", kAny,
     "arrivals that found no free VU while the workers had time",
     "If the server is as slow as it should be, allow more VUs (maxVUs); if not, that is the finding.",
     hits::drops, texts::dropped},
    {"unscheduled", kIncomplete, kAbove, 0, "arrivals", kAny,
     "arrivals that still waited for a VU when their scenario ended (lateStart = \"queue\")",
     "If the server is as slow as it should be, allow more VUs (maxVUs); if not, that is the finding.",
     hits::unscheduled, texts::unscheduled},
    {"busy", kDegraded, kAbove, 90, "%", kMuch,
     "the time that a worker's loop spent outside of its wait for events",
     "Lower the load, make the script cheaper, or give loadrun more CPUs or machines.",
     hits::busy, texts::busy, "overloaded_late"},
    {"slow_script", kDegraded, kFrom, to_milliseconds(hits::kLongSlice), "ms", kAny,
     "the longest time that a script computed without waiting",
     "Move the computation into init code, or do it before the run.",
     hits::slices, texts::slow_script},
    {"slow_turns", kDegraded, kFrom, 100, "ms", kAny,
     "the longest turn of a worker's loop, where neither a stall nor a slow script explains it",
     "Spread the work (fewer VUs start or answer at once), or give loadrun CPUs that others do not use.",
     hits::turns, texts::slow_turns, "overloaded_late"},
    {"late_timers", kDegraded, kFrom, 50, "ms", kAny,
     "by how much a timer was late, or an iteration of a worker that was more than 95 % busy, where nothing above explains it",
     "Give loadrun CPUs that nothing else uses, and see the other reasons.",
     hits::lateness, texts::late_timers, "overloaded_late"},
    {"steal", kDegraded, kFrom, 10, "%", kAny,
     "CPU time of this machine that its host gave to others",
     "Use a machine with CPUs of its own.",
     hits::steal, texts::steal},
    {"throttled", kDegraded, kFrom, 5, "%", kAny,
     "time in which a CPU quota (cgroup) stopped the process",
     "Raise the quota of the container, or lower the load.",
     hits::throttled, texts::throttled},
    {"files", kDegraded, kFrom, 90, "%", kAny,
     "open files, of those that the process may have",
     "Raise the limit (ulimit -Hn), or use fewer VUs.",
     hits::files, texts::files, "files_exhausted"},
    {"ports", kDegraded, kFrom, 90, "%", kAny,
     "local ports in use, of those there are for connections to one address",
     "Let connections be used again, use --local-ips, or widen net.ipv4.ip_local_port_range.",
     hits::ports, texts::ports},
    {"retransmits", kDegraded, kFrom, 1, "%", kAny,
     "TCP segments that this machine sent again, of at least 100 in a second",
     "Look for a lossy or full network between here and the server: latencies include its repairs.",
     hits::retransmits, texts::retransmits},
    {"listen_drops", kDegraded, kAbove, 0, "connections", kAny,
     "connections that servers on this machine turned away because their backlog was full",
     "If the server under test runs here, raise its backlog and net.core.somaxconn.",
     hits::listen_drops, texts::listen_drops},
});
// clang-format on

}  // namespace

std::span<const VerdictRule> verdict_rules() { return kRules; }

std::string threshold_text(const VerdictRule& rule) {
  std::string text =
      fmt::format("{} {} {}", rule.bound == kAbove ? ">" : "≥", rule.threshold, rule.unit);
  if (rule.extent == kMuch) {
    text += fmt::format(" in {} seconds or {} % of the run", kMuchSeconds, 100 * kMuchShare);
  }
  return text;
}

}  // namespace loadrun::metrics

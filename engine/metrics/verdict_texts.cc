#include "metrics/verdict_texts.h"

#include <fmt/format.h>

namespace loadrun::metrics::verdict_texts {
namespace {

constexpr double kPercent = 100;

/// "mm:ss"; minutes go on after 59.
std::string clock_text(std::int64_t second) {
  constexpr std::int64_t kMinute = 60;
  return fmt::format("{:02}:{:02}", second / kMinute, second % kMinute);
}

std::string between(const Span& span) {
  return fmt::format("between {} and {}", clock_text(span.first), clock_text(span.last + 1));
}

std::string at(const Span& span) {
  return span.first == span.last ? "at " + clock_text(span.first) : between(span);
}

std::string percent(double value) {
  constexpr double kCoarse = 10;  // from here on without a fraction
  return value < kCoarse ? fmt::format("{:.1f} %", value) : fmt::format("{:.0f} %", value);
}

/// "14 ms", "1.5 s".
std::string length_text(double ms) {
  constexpr double kSecond = 1000, kCoarse = 10;
  if (ms >= kSecond) return fmt::format("{:.1f} s", ms / kSecond);
  return fmt::format("{:.{}f} ms", ms, ms < kCoarse ? 1 : 0);
}

std::string count_text(double count, std::string_view one, std::string_view many) {
  return fmt::format("{:.0f} {}", count, count == 1 ? one : many);
}

std::string arrivals_text(const Span& span) {
  if (span.whole <= 0) return count_text(span.sum, "arrival", "arrivals");
  return fmt::format("{:.0f} of {:.0f} arrivals ({})", span.sum, span.whole,
                     percent(kPercent * span.sum / span.whole));
}

std::string busy_text(const Span& worst, std::string_view others) {
  return fmt::format("worker {} was busy {} of the time {}{}", worst.worker.value_or(0),
                     percent(worst.busy), between(worst), others);
}

}  // namespace

std::string lost_workers(const Span& worst, std::string_view) {
  return count_text(worst.sum, "worker was", "workers were") +
         " left behind in a script that never came back, with all that its VUs were to do";
}

std::string unbalanced(const Span& worst, std::string_view) {
  return "the counts of the run do not add up in " + count_text(worst.sum, "place", "places") +
         ", which the log names";
}

std::string stalled(const Span& worst, std::string_view others) {
  return fmt::format("worker {} stood still for {} {}{}; all that it was to do meanwhile came late",
                     worst.worker.value_or(0), length_text(1000 * worst.peak), at(worst), others);
}

std::string overloaded_drops(const Span& worst, std::string_view others) {
  return fmt::format("{} and dropped {}, which the percentiles lack", busy_text(worst, others),
                     count_text(worst.sum, "arrival", "arrivals"));
}

std::string overloaded_late(const Span& worst, std::string_view others) {
  return fmt::format("{} and up to {} late; latencies there are partly our own delay",
                     busy_text(worst, others), length_text(worst.peak));
}

std::string clock_step(const Span& worst, std::string_view others) {
  return fmt::format("the time of day moved by {} against the steady clock {}{}",
                     length_text(1000 * worst.peak), at(worst), others);
}

std::string files_exhausted(const Span& worst, std::string_view others) {
  return files(worst, others) + "; connections fail for lack of them";
}

std::string dropped(const Span& worst, std::string_view) {
  return arrivals_text(worst) +
         " found no free VU and never started, while the workers had time; the percentiles lack "
         "them";
}

std::string unscheduled(const Span& worst, std::string_view) {
  return arrivals_text(worst) +
         " still waited for a VU when their scenario ended; the percentiles lack them";
}

std::string busy(const Span& worst, std::string_view others) {
  std::string text = busy_text(worst, others);
  if (worst.delay > 0ns) {
    text += fmt::format("; latencies there include up to {} of our own delay",
                        length_text(to_milliseconds(worst.delay)));
  }
  return text;
}

std::string slow_script(const Span& worst, std::string_view others) {
  const std::string place = worst.place.empty() ? "" : ", up to " + worst.place;
  return fmt::format(
      "the script computed for {} without waiting {}{}{}; all else on worker {} waited",
      length_text(worst.peak), at(worst), others, place, worst.worker.value_or(0));
}

std::string slow_turns(const Span& worst, std::string_view others) {
  return fmt::format("one turn of worker {}'s loop took {} {}{}; what was due meanwhile waited",
                     worst.worker.value_or(0), length_text(worst.peak), at(worst), others);
}

std::string late_timers(const Span& worst, std::string_view others) {
  return fmt::format("worker {} was up to {} late {}{}; pauses and latencies there include that",
                     worst.worker.value_or(0), length_text(worst.peak), at(worst), others);
}

std::string steal(const Span& worst, std::string_view others) {
  return fmt::format("other machines on the same host took up to {} of this one's CPU time {}{}",
                     percent(worst.peak), between(worst), others);
}

std::string throttled(const Span& worst, std::string_view others) {
  return fmt::format("a CPU quota stopped the load generator for up to {} of the time {}{}",
                     percent(worst.peak), between(worst), others);
}

std::string files(const Span& worst, std::string_view others) {
  return fmt::format("up to {} of the files that the process may open were open {}{}",
                     percent(worst.peak), between(worst), others);
}

std::string ports(const Span& worst, std::string_view others) {
  return fmt::format("up to {} of the local ports for connections to one address were in use {}{}",
                     percent(worst.peak), between(worst), others);
}

std::string retransmits(const Span& worst, std::string_view others) {
  return fmt::format("up to {} of this machine's TCP segments were sent again {}{}",
                     percent(worst.peak), between(worst), others);
}

std::string listen_drops(const Span& worst, std::string_view others) {
  return fmt::format("servers on this machine turned {} away {}{}",
                     count_text(worst.sum, "connection", "connections"), between(worst), others);
}

}  // namespace loadrun::metrics::verdict_texts

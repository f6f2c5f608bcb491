#include "commands/calibrator.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/duration.h"
#include "base/version.h"
#include "base/wall_time.h"
#include "commands/calibration_text.h"
#include "commands/timer_probe.h"
#include "net/limits.h"
#include "report/print.h"

namespace loadrun::commands {
namespace {

constexpr Nanoseconds kTimerTime = 1s;
constexpr std::int64_t kLightRate = 200;  // so low that nothing waits for anything
constexpr std::int64_t kLightVus = 10;
constexpr std::int64_t kVusOfWorker = 64;

// The share of the capacity that the first trial asks for. Work that comes at random instants waits
// the longer the busier its server is; at 60 % (M/D/1: rho / (2 * (1 - rho)) = 0.75 times what one
// request takes) that is still less than the work itself.
constexpr double kFirstShare = 0.6;
constexpr double kNextShare = 0.7;  // of the rate before, as far as it was reached
constexpr int kMostTrials = 7;      // the last asks for 7 % of the capacity at most
constexpr double kMostLag = 1.0;    // milliseconds
constexpr Nanoseconds kRamp = 1s;   // in which the VUs of a trial open their connections
// A trial has VUs for this long a pause of the machine.
constexpr Nanoseconds kLongestPause = 20ms;
constexpr std::uint64_t kOtherFiles = 200;  // descriptors of the process that are no connections

bool is_healthy(const ProbeResult& result) {
  return result.dropped == 0 && result.start_lag.percentile(0.99) < kMostLag;
}

}  // namespace

Calibrator::Calibrator(const Clock& clock, int workers, Nanoseconds length)
    : clock_(clock), length_(length), probe_(clock, workers) {
  found_.generator = fmt::format("loadrun {}", kVersion);
  found_.measured = utc_text(clock.wall());
  found_.machine = outputs::this_machine();
  found_.workers = workers;
}

Result<Calibration> Calibrator::run() {
  report::print(about_machine(found_));
  if (Result<void> done = measure_timers(); !done.ok()) return done.error();
  report::print(about_timers(found_.timers));
  if (Result<void> done = measure_latency(); !done.ok()) return done.error();
  report::print(about_latency(found_.latency));
  if (Result<void> done = measure_capacity(); !done.ok()) return done.error();
  report::print(about_capacity(found_.capacity));
  if (Result<void> done = find_trusted_rate(); !done.ok()) return done.error();
  report::print(about_trust(found_));
  return found_;
}

Result<void> Calibrator::measure_timers() {
  const auto lateness = timer_lateness(clock_, kTimerTime);
  if (!lateness.ok()) return lateness.error();
  found_.timers = {.wakeups = static_cast<std::int64_t>(lateness.value().count()),
                   .late_p99 = lateness.value().percentile(0.99),
                   .late_max = lateness.value().max()};
  return {};
}

Result<void> Calibrator::measure_latency() {
  const auto result = probe_.run({{"executor", "constant-arrival-rate"},
                                  {"rate", kLightRate},
                                  {"duration", format_duration(length_)},
                                  {"preAllocatedVUs", kLightVus}});
  if (!result.ok()) return result.error();
  const metrics::Histogram& duration = result.value().duration;
  found_.latency = {.rate = kLightRate,
                    .requests = result.value().requests,
                    .served = result.value().served,
                    .p50 = duration.percentile(0.5),
                    .p99 = duration.percentile(0.99),
                    .max = duration.max()};
  return {};
}

Result<void> Calibrator::measure_capacity() {
  const std::int64_t vus = std::min(kVusOfWorker * found_.workers, most_vus());
  const auto result = probe_.run(
      {{"executor", "constant-vus"}, {"vus", vus}, {"duration", format_duration(length_)}});
  if (!result.ok()) return result.error();
  const double cpu = to_seconds(result.value().cpu);
  found_.capacity = {
      .vus = vus,
      .requests = result.value().requests,
      .served = result.value().served,
      .cpu_seconds = cpu,
      .per_core = static_cast<std::int64_t>(static_cast<double>(result.value().requests) / cpu),
      .cores = std::min<std::int64_t>(found_.workers, found_.machine.cpus)};
  return {};
}

Result<void> Calibrator::find_trusted_rate() {
  double rate = kFirstShare * static_cast<double>(found_.capacity.per_core * found_.capacity.cores);
  for (int i = 0; i < kMostTrials && found_.trusted_rate == 0; ++i) {
    const auto trial = try_rate(std::max<std::int64_t>(static_cast<std::int64_t>(rate), 1));
    if (!trial.ok()) return trial.error();
    report::print(about_trial(trial.value()));
    found_.trials.push_back(trial.value());
    if (trial.value().healthy) found_.trusted_rate = trial.value().rate;
    const double reached =
        static_cast<double>(trial.value().requests) / to_seconds(length_ + kRamp / 2);
    rate = kNextShare * std::min(rate, reached);
  }
  return {};
}

Result<Calibration::Trial> Calibrator::try_rate(std::int64_t rate) {
  const auto paused =
      static_cast<std::int64_t>(to_seconds(kLongestPause) * static_cast<double>(rate));
  const std::int64_t vus = std::min(std::max(paused, kLightVus), most_vus());
  const nlohmann::json ramp{{"duration", format_duration(kRamp)}, {"target", rate}};
  const nlohmann::json hold{{"duration", format_duration(length_)}, {"target", rate}};
  const auto result = probe_.run({{"executor", "ramping-arrival-rate"},
                                  {"startRate", 0},
                                  {"stages", {ramp, hold}},
                                  {"preAllocatedVUs", vus}});
  if (!result.ok()) return result.error();
  return Calibration::Trial{.rate = rate,
                            .requests = result.value().requests,
                            .served = result.value().served,
                            .dropped = result.value().dropped,
                            .start_lag_p99 = result.value().start_lag.percentile(0.99),
                            .healthy = is_healthy(result.value())};
}

/// Both ends of a connection are this process's.
std::int64_t Calibrator::most_vus() const {
  const std::uint64_t files = net::client_limits().descriptors;
  return static_cast<std::int64_t>(std::max<std::uint64_t>(files, kOtherFiles + 2) - kOtherFiles) /
         2;
}

}  // namespace loadrun::commands

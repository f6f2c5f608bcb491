#include "outputs/result_totals.h"

#include <string>
#include <variant>

#include "metrics/histogram_codec.h"
#include "outputs/result_errors.h"
#include "report/check_totals.h"
#include "report/group_tree.h"
#include "report/shown_metrics.h"
#include "report/summary_values.h"

namespace loadrun::outputs {
namespace {

using report::SummaryInput;

void write_end(Database& database, const report::SummaryInput& results) {
  const bool passed = results.end.code == ExitCode::kOk;
  Statement update(database,
                   "UPDATE run SET duration = ?, exit_code = ?, verdict = ?, reason = ?, "
                   "validity = ?");
  update.run(to_seconds(results.elapsed), std::int64_t{static_cast<int>(results.end.code)},
             passed ? "passed" : "failed", results.end.reason,
             metrics::name_of(results.verdict.validity));
}

void write_verdict(Database& database, const metrics::Verdict& verdict) {
  constexpr std::int64_t kNoWorker = -1;
  Statement add(database, "INSERT INTO verdict_reasons VALUES (?, ?, nullif(?, -1), ?, ?, ?, ?)");
  for (const metrics::VerdictReason& one : verdict.reasons) {
    const std::int64_t worker = one.worker ? std::int64_t{*one.worker} : kNoWorker;
    add.run(one.rule, metrics::name_of(one.validity), worker, one.first_second, one.last_second,
            one.text, one.advice);
  }
}

void write_distributions(Database& database, ResultSeries& series, const SummaryInput& results) {
  Statement add(database, "INSERT INTO distributions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const metrics::Totals::Series& one : results.totals.series()) {
    const auto* trend = std::get_if<metrics::Trend>(&one.sink);
    if (trend == nullptr || trend->count() == 0) continue;
    const std::string bytes = metrics::serialise(*trend);
    add.run(series.number_of(results.registry.metric(one.metric), one.tags), trend->count(),
            trend->sum(), trend->min(), trend->max(), trend->percentile(0.5),
            trend->percentile(0.9), trend->percentile(0.95), trend->percentile(0.99), Blob{bytes});
  }
}

/// The values under the names that handleSummary gets, and the count of every trend.
void write_summary(Database& database, const SummaryInput& results) {
  Statement add(database, "INSERT OR IGNORE INTO summary VALUES (?, ?, ?)");
  for (const report::ShownMetric& shown : report::shown_metrics(results)) {
    const report::Json values = report::sink_values(*shown.sink, results, "rate");
    for (const auto& [name, value] : values.items()) add.run(shown.key, name, value.get<double>());
    if (const auto* trend = std::get_if<metrics::Trend>(shown.sink)) {
      add.run(shown.key, "count", static_cast<double>(trend->count()));
    }
  }
}

void write_thresholds(Database& database, const SummaryInput& results) {
  Statement add(database,
                "INSERT INTO thresholds VALUES (?, ?, ?, ?, ?, nullif(?, 0), nullif(?, 0),"
                " iif(? > 0, ?, NULL))");
  for (const metrics::ThresholdOutcome& one : results.thresholds) {
    add.run(one.key, one.source, one.stat_name, one.observed, std::int64_t{one.ok},
            to_seconds(one.window), to_seconds(one.after), one.failed_windows, one.failed_at);
  }
}

void write_checks(Statement& add, const report::GroupNode& group) {
  for (const report::CheckTotal& check : report::check_totals(group.series)) {
    add.run(group.path, check.name, check.passes, check.fails);
  }
  for (const report::GroupNode& inner : group.groups) write_checks(add, inner);
}

}  // namespace

void write_totals(Database& database, ResultSeries& series, const report::SummaryInput& results) {
  write_distributions(database, series, results);
  write_summary(database, results);
  write_thresholds(database, results);
  Statement add_check(database, "INSERT INTO checks VALUES (?, ?, ?, ?)");
  write_checks(add_check, report::group_tree(report::all_series(results.totals)));
  write_errors(database, results.totals.errors());
  write_verdict(database, results.verdict);
  write_end(database, results);
}

}  // namespace loadrun::outputs

#include "outputs/result_parts.h"

#include <variant>

#include "outputs/coarse_histogram.h"
#include "plan/overloaded.h"

namespace loadrun::outputs {
namespace {

std::int64_t whole(std::uint64_t count) { return static_cast<std::int64_t>(count); }

}  // namespace

ResultParts::ResultParts(Database& database)
    : counter_(database, "INSERT INTO counters VALUES (?, ?, ?)"),
      gauge_(database, "INSERT INTO gauges VALUES (?, ?, ?, ?, ?)"),
      rate_(database, "INSERT INTO rates VALUES (?, ?, ?, ?)"),
      trend_(database, "INSERT INTO trends VALUES (?, ?, ?, ?, ?, ?, ?)") {}

void ResultParts::add(std::int64_t series, std::int64_t second, const metrics::Sink& sink) {
  std::visit(plan::Overloaded{
                 [&](const metrics::Counter& c) { counter_.run(series, second, c.sum.value()); },
                 [&](const metrics::Gauge& g) { gauge_.run(series, second, g.last, g.min, g.max); },
                 [&](const metrics::Rate& r) {
                   rate_.run(series, second, whole(r.trues), whole(r.total));
                 },
                 [&](const metrics::Trend& t) {
                   const std::string bytes = coarse_histogram(t);
                   trend_.run(series, second, whole(t.count()), t.sum(), t.min(), t.max(),
                              Blob{bytes});
                 }},
             sink);
}

}  // namespace loadrun::outputs

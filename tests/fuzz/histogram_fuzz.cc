// Bytes as a sink of measurements: whatever they are, they are refused or give a sink that can be
// asked, merged, and comes back from its own bytes.
#include <string>
#include <string_view>
#include <variant>

#include "base/check.h"
#include "fuzz/fuzz_target.h"
#include "metrics/histogram_codec.h"

namespace {

using namespace loadrun::metrics;

void check_trend(const Trend& trend) {
  constexpr int kSteps = 20;
  double before = trend.min();
  for (int i = 0; i <= kSteps; ++i) {
    const double value = trend.percentile(static_cast<double>(i) / kSteps);
    LOADRUN_CHECK(value >= before);
    before = value;
  }
  LOADRUN_CHECK(before <= trend.max());
  Trend twice = trend;
  twice.merge(trend);
  LOADRUN_CHECK(twice.count() == 2 * trend.count());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = parse_sink({reinterpret_cast<const char*>(data), size});
  if (!read.ok()) return 0;
  const std::string bytes = serialise(read.value());
  const auto again = parse_sink(bytes);
  LOADRUN_CHECK(again.ok() && serialise(again.value()) == bytes);
  if (const auto* trend = std::get_if<Trend>(&read.value())) check_trend(*trend);
  return 0;
}

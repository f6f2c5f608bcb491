#include "metrics/second_window.h"

#include "support/catch.h"

namespace loadrun::metrics {
namespace {

Sink counter(double value) {
  Sink sink = make_sink(MetricType::kCounter, ValueKind::kDefault);
  add(sink, value, {});
  return sink;
}

double sum_until(const SecondWindow& window, std::int64_t last) {
  return std::get<Counter>(window.until(last)).sum.value();
}

TEST_CASE("the first whole second at or after an instant") {
  CHECK(first_whole_second(0s) == 0);
  CHECK(first_whole_second(10s) == 10);
  CHECK(first_whole_second(10s + 1ns) == 11);
  CHECK(first_whole_second(2500ms) == 3);
}

TEST_CASE("a window slides over whole seconds") {
  SecondWindow window(make_sink(MetricType::kCounter, ValueKind::kDefault), 3);
  for (int second = 0; second < 10; ++second) window.add(second, counter(1 << second));
  CHECK(sum_until(window, 9) == 512 + 256 + 128);
  CHECK(sum_until(window, 8) == 256 + 128 + 64);
  CHECK(sum_until(window, 12) == 0);
  CHECK(is_empty(window.until(20)));
}

TEST_CASE("what workers hand over late or in parts adds up") {
  SecondWindow window(make_sink(MetricType::kCounter, ValueKind::kDefault), 2);
  window.add(5, counter(1));
  window.add(4, counter(10));
  window.add(5, counter(100));
  CHECK(sum_until(window, 5) == 111);
}

TEST_CASE("without a length everything is in it") {
  SecondWindow window(make_sink(MetricType::kCounter, ValueKind::kDefault), 0);
  for (int second = 0; second < 5000; ++second) window.add(second, counter(1));
  CHECK(sum_until(window, 3) == 5000);
}

}  // namespace
}  // namespace loadrun::metrics

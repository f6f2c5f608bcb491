#include "metrics/verdict_spans.h"

#include <algorithm>

namespace loadrun::metrics {
namespace {

Span begun_with(const Hit& hit) {
  return {.worker = hit.worker,
          .first = hit.first,
          .last = hit.last,
          .sum = hit.figure,
          .peak = hit.figure,
          .whole = hit.whole,
          .busy = hit.busy,
          .delay = hit.delay,
          .place = hit.place};
}

void extend(Span& span, const Hit& hit) {
  const auto seconds = static_cast<double>(span.last - span.first + 1);
  span.busy = (span.busy * seconds + hit.busy) / (seconds + 1);
  span.last = hit.last;
  span.sum += hit.figure;
  span.delay = std::max(span.delay, hit.delay);
  if (hit.figure <= span.peak) return;
  span.peak = hit.figure;
  span.place = hit.place;
}

}  // namespace

std::vector<Span> spans_of(const std::vector<Hit>& hits) {
  std::vector<Span> spans;
  for (const Hit& hit : hits) {
    const auto before = std::find_if(spans.rbegin(), spans.rend(),
                                     [&](const Span& span) { return span.worker == hit.worker; });
    if (before != spans.rend() && before->last + 1 == hit.first) {
      extend(*before, hit);
    } else {
      spans.push_back(begun_with(hit));
    }
  }
  std::ranges::stable_sort(spans, std::greater<>(), &Span::sum);
  return spans;
}

}  // namespace loadrun::metrics

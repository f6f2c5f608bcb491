#include "metrics/delta.h"

namespace loadrun::metrics {

void Delta::clear() {
  for (const SeriesId series : touched) metrics::clear(sinks[series.index]);
  touched.clear();
  new_series.clear();
  samples.clear();
  metadata.clear();
  errors.clear();
}

}  // namespace loadrun::metrics

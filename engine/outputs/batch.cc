#include "outputs/batch.h"

#include <utility>

#include "base/check.h"

namespace loadrun::outputs {

std::uint32_t SeriesTable::add(Series series) {
  const std::scoped_lock lock(mutex_);
  series_.push_back(std::move(series));
  return static_cast<std::uint32_t>(series_.size() - 1);
}

const Series& SeriesTable::at(std::uint32_t index) const {
  const std::scoped_lock lock(mutex_);
  LOADRUN_CHECK(index < series_.size());
  return series_[index];
}

}  // namespace loadrun::outputs

#include "coupon/target/row_locks.h"

#include "base/check.h"

namespace loadrun::coupon {

bool RowLocks::lock(RowId row, QueryId query) {
  auto& queue = queues_[row];
  queue.push_back(query);
  return queue.size() == 1;
}

std::optional<QueryId> RowLocks::unlock(RowId row) {
  const auto found = queues_.find(row);
  LOADRUN_CHECK(found != queues_.end());
  found->second.pop_front();
  if (found->second.empty()) {
    queues_.erase(found);
    return std::nullopt;
  }
  return found->second.front();
}

}  // namespace loadrun::coupon

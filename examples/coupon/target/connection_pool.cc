#include "coupon/target/connection_pool.h"

#include "base/check.h"

namespace loadrun::coupon {

ConnectionPool::ConnectionPool(int size, Nanoseconds acquire_timeout)
    : free_(size), acquire_timeout_(acquire_timeout) {
  LOADRUN_CHECK(size >= 1);
}

bool ConnectionPool::acquire(TimePoint now, QueryId query) {
  if (free_ > 0) {
    --free_;
    return true;
  }
  waiting_.push_back({query, now + acquire_timeout_});
  return false;
}

std::optional<QueryId> ConnectionPool::release() {
  if (waiting_.empty()) {
    ++free_;
    return std::nullopt;
  }
  const QueryId next = waiting_.front().query;
  waiting_.pop_front();
  return next;
}

std::optional<TimePoint> ConnectionPool::next_timeout() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.front().deadline;
}

QueryId ConnectionPool::expire_first() {
  LOADRUN_CHECK(!waiting_.empty());
  const QueryId query = waiting_.front().query;
  waiting_.pop_front();
  return query;
}

}  // namespace loadrun::coupon

#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/clock.h"

namespace loadrun::coupon {

/// Names a query from its submission to its completion.
using QueryId = std::uint64_t;

/// A fixed number of database connections and the queries that wait for one, first come first
/// served. Pure: time comes in as a parameter and nothing happens between two calls.
class ConnectionPool {
 public:
  /// `size` connections (at least 1); who waits longer than `acquire_timeout` is sent away.
  ConnectionPool(int size, Nanoseconds acquire_timeout);

  /// True when `query` has a connection now; otherwise it waits from `now` on.
  bool acquire(TimePoint now, QueryId query);

  /// Gives a connection back. Returns the query that holds it from now on, if one was waiting.
  std::optional<QueryId> release();

  /// When the first waiting query loses patience; none when nobody waits.
  std::optional<TimePoint> next_timeout() const;

  /// Sends the first waiting query away. REQUIRES: next_timeout() is due.
  QueryId expire_first();

 private:
  struct Waiter {
    QueryId query;
    TimePoint deadline;
  };

  int free_;
  Nanoseconds acquire_timeout_;
  std::deque<Waiter> waiting_;  // One timeout for all, so the front is also the first to expire.
};

}  // namespace loadrun::coupon

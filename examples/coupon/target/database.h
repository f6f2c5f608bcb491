#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "coupon/target/connection_pool.h"
#include "coupon/target/row_locks.h"

namespace loadrun::coupon {

/// How the modelled database behaves.
struct DatabaseOptions {
  int pool = 10;
  Nanoseconds hold = 5ms;             ///< How long an update works, its row locked.
  Nanoseconds acquire_timeout = 30s;  ///< The longest wait for a connection.
  bool row_lock = true;               ///< Off: updates of one row run side by side.
};

/// A query that ended.
struct QueryEnd {
  QueryId query;
  bool done;  ///< False: no connection came free within the acquire timeout.
};

/// A database as its clients see one: a query waits for a connection of the pool, then (an update)
/// for its row while it keeps the connection, works for its hold time, and gives both back. That is
/// how one hot row empties a pool.
///
/// A pure model: nothing sleeps. `run_until` moves it to an instant and handles what is due in the
/// order of its due times, so a late caller changes no duration. One thread.
class Database {
 public:
  explicit Database(const DatabaseOptions& options);

  /// Starts a query at `now` that changes `row`, for the whole hold time.
  void update(TimePoint now, QueryId query, RowId row);

  /// Starts a query at `now` that only reads: no lock, and a fifth of the hold time, since it looks
  /// one key up and has nothing to write or commit.
  void read(TimePoint now, QueryId query);

  /// When something happens next; none while no query is under way.
  std::optional<TimePoint> next_event() const;

  /// Handles everything due up to `now`.
  void run_until(TimePoint now);

  /// The queries that ended since the last call, in order.
  std::vector<QueryEnd> take_ended();

 private:
  struct Query {
    Nanoseconds hold;
    std::optional<RowId> row;
  };
  struct Work {
    TimePoint end;
    std::uint64_t order;  // Of two that end at once, the one that began first.
    QueryId query;
  };
  struct Later {
    bool operator()(const Work& a, const Work& b) const {
      return a.end != b.end ? a.end > b.end : a.order > b.order;
    }
  };

  void submit(TimePoint now, QueryId id, const Query& query);
  void got_connection(TimePoint at, QueryId id);
  void start_work(TimePoint at, QueryId id);
  void finish_first();
  void expire_first();

  DatabaseOptions options_;
  ConnectionPool pool_;
  RowLocks rows_;
  std::unordered_map<QueryId, Query> queries_;
  std::priority_queue<Work, std::vector<Work>, Later> working_;
  std::uint64_t next_order_ = 0;
  std::vector<QueryEnd> ended_;
};

}  // namespace loadrun::coupon

#include "coupon/target/database.h"

#include <algorithm>
#include <utility>

namespace loadrun::coupon {
namespace {

constexpr int kReadShare = 5;

}  // namespace

Database::Database(const DatabaseOptions& options)
    : options_(options), pool_(options.pool, options.acquire_timeout) {}

void Database::update(TimePoint now, QueryId query, RowId row) {
  submit(now, query, {options_.hold, options_.row_lock ? std::optional<RowId>(row) : std::nullopt});
}

void Database::read(TimePoint now, QueryId query) {
  submit(now, query, {options_.hold / kReadShare, std::nullopt});
}

void Database::submit(TimePoint now, QueryId id, const Query& query) {
  run_until(now);  // A connection that came free before `now` belongs to whoever waited for it.
  queries_.emplace(id, query);
  if (pool_.acquire(now, id)) got_connection(now, id);
}

std::optional<TimePoint> Database::next_event() const {
  const auto timeout = pool_.next_timeout();
  if (working_.empty()) return timeout;
  return timeout ? std::min(*timeout, working_.top().end) : working_.top().end;
}

void Database::run_until(TimePoint now) {
  for (auto at = next_event(); at && *at <= now; at = next_event()) {
    // A connection that comes free at the very deadline is still in time.
    if (!working_.empty() && working_.top().end == *at) {
      finish_first();
    } else {
      expire_first();
    }
  }
}

std::vector<QueryEnd> Database::take_ended() { return std::exchange(ended_, {}); }

void Database::got_connection(TimePoint at, QueryId id) {
  const Query& query = queries_.at(id);
  if (!query.row || rows_.lock(*query.row, id)) start_work(at, id);
}

void Database::start_work(TimePoint at, QueryId id) {
  working_.push({at + queries_.at(id).hold, next_order_++, id});
}

void Database::finish_first() {
  const Work work = working_.top();
  working_.pop();
  const auto query = queries_.extract(work.query).mapped();
  ended_.push_back({work.query, true});
  if (query.row) {
    if (const auto next = rows_.unlock(*query.row)) start_work(work.end, *next);
  }
  if (const auto next = pool_.release()) got_connection(work.end, *next);
}

void Database::expire_first() {
  const QueryId id = pool_.expire_first();
  queries_.erase(id);
  ended_.push_back({id, false});
}

}  // namespace loadrun::coupon

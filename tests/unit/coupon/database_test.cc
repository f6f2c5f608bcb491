#include "coupon/target/database.h"

#include <vector>

#include "support/catch.h"

namespace loadrun::coupon {
namespace {

TimePoint at(Nanoseconds since_origin) { return {since_origin}; }

/// What ended by `now`, as ids in order.
std::vector<QueryId> ended_by(Database& database, TimePoint now) {
  database.run_until(now);
  std::vector<QueryId> ids;
  for (const QueryEnd& end : database.take_ended()) ids.push_back(end.query);
  return ids;
}

using Ids = std::vector<QueryId>;

}  // namespace

TEST_CASE("updates of one row run one after another, in order") {
  Database database({.pool = 3, .hold = 5ms});
  for (QueryId id = 1; id <= 3; ++id) database.update(at(0ms), id, 7);
  CHECK(database.next_event() == at(5ms));
  CHECK(ended_by(database, at(4999us)).empty());
  CHECK(ended_by(database, at(5ms)) == Ids{1});
  CHECK(ended_by(database, at(10ms)) == Ids{2});
  CHECK(ended_by(database, at(15ms)) == Ids{3});
  CHECK_FALSE(database.next_event());
}

TEST_CASE("updates of different rows run side by side") {
  Database database({.pool = 2, .hold = 5ms});
  database.update(at(0ms), 1, 7);
  database.update(at(0ms), 2, 8);
  CHECK(ended_by(database, at(5ms)) == Ids{1, 2});
}

TEST_CASE("without the row lock only the pool limits updates of one row") {
  Database database({.pool = 2, .hold = 5ms, .row_lock = false});
  for (QueryId id = 1; id <= 5; ++id) database.update(at(0ms), id, 7);
  CHECK(ended_by(database, at(5ms)) == Ids{1, 2});
  CHECK(ended_by(database, at(10ms)) == Ids{3, 4});
  CHECK(ended_by(database, at(15ms)) == Ids{5});
}

TEST_CASE("who waits for a row keeps a connection, so reads wait too") {
  Database database({.pool = 2, .hold = 5ms});
  database.update(at(0ms), 1, 7);
  database.update(at(0ms), 2, 7);
  database.read(at(0ms), 3);
  CHECK(ended_by(database, at(5ms)) == Ids{1});
  CHECK(database.next_event() == at(6ms));
  CHECK(ended_by(database, at(6ms)) == Ids{3});
  CHECK(ended_by(database, at(10ms)) == Ids{2});
}

TEST_CASE("a read takes a fifth of an update") {
  Database database({.pool = 1, .hold = 5ms});
  database.read(at(0ms), 1);
  CHECK(database.next_event() == at(1ms));
}

TEST_CASE("who waits too long for a connection is sent away") {
  Database database({.pool = 1, .hold = 50ms, .acquire_timeout = 20ms});
  database.update(at(0ms), 1, 7);
  database.update(at(5ms), 2, 7);
  CHECK(database.next_event() == at(25ms));
  database.run_until(at(25ms));
  const auto ended = database.take_ended();
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].query == 2);
  CHECK_FALSE(ended[0].done);

  SECTION("and the connection is free again when its holder ends") {
    CHECK(ended_by(database, at(50ms)) == Ids{1});
    database.update(at(60ms), 3, 7);
    CHECK(database.next_event() == at(110ms));
  }
}

TEST_CASE("a connection that comes free at the deadline is in time") {
  Database database({.pool = 1, .hold = 20ms, .acquire_timeout = 20ms});
  database.update(at(0ms), 1, 7);
  database.update(at(0ms), 2, 7);
  database.run_until(at(40ms));
  const auto ended = database.take_ended();
  REQUIRE(ended.size() == 2);
  CHECK(ended[1].query == 2);
  CHECK(ended[1].done);
}

TEST_CASE("a late caller changes no duration and no order") {
  Database database({.pool = 1, .hold = 5ms});
  database.update(at(0ms), 1, 7);
  database.update(at(0ms), 2, 7);
  database.update(at(12ms), 3, 7);  // 1 ended at 5 ms and 2 at 10 ms, though nobody looked.
  CHECK(database.next_event() == at(17ms));
  CHECK(ended_by(database, at(17ms)) == Ids{1, 2, 3});
}

TEST_CASE("500 users on one row take 2.5 s; on a pool of 100 without the lock 25 ms") {
  const auto last_end = [](const DatabaseOptions& options) {
    Database database(options);
    for (QueryId id = 0; id < 500; ++id) database.update(at(0ms), id, 3);
    TimePoint last;
    while (const auto next = database.next_event()) {
      last = *next;
      database.run_until(last);
    }
    CHECK(database.take_ended().size() == 500);
    return last;
  };
  CHECK(last_end({.pool = 10, .hold = 5ms}) == at(2500ms));
  CHECK(last_end({.pool = 100, .hold = 5ms, .row_lock = false}) == at(25ms));
}

}  // namespace loadrun::coupon

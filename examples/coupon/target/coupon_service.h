#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "coupon/target/api.h"
#include "coupon/target/api_parse.h"
#include "coupon/target/coupon_store.h"
#include "coupon/target/database.h"

namespace loadrun::coupon {

/// The coupon API over the modelled database. Pure like the database: requests and time go in,
/// answers come out; it knows no sockets. One thread.
class CouponService {
 public:
  /// The answer to a request that had to wait for the database.
  struct Answer {
    QueryId request;
    ApiReply reply;
  };

  CouponService(const DatabaseOptions& database, std::uint64_t stock);

  /// Takes a request at `now` under a name of the caller's choice. Returns the answer when the
  /// database is not needed (health, bad input, unknown route); otherwise it comes from `answers`.
  std::optional<ApiReply> start(TimePoint now, QueryId request, const ApiRequest& content);

  /// When `answers` has something new to do; none while the database is idle.
  std::optional<TimePoint> next_event() const { return database_.next_event(); }

  /// Moves the database to `now` and returns what it has answered since the last call. A change
  /// takes effect when its query ends, as at a commit.
  std::vector<Answer> answers(TimePoint now);

 private:
  using DatabaseCall = std::variant<IssueCall, ListCall>;

  ApiReply execute(const DatabaseCall& call);
  ApiReply issue(const IssueCall& call);
  ApiReply list(const ListCall& call) const;

  Database database_;
  CouponStore store_;
  std::unordered_map<QueryId, DatabaseCall> waiting_;
};

}  // namespace loadrun::coupon

#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "coupon/target/row_locks.h"

namespace loadrun::coupon {

using UserId = std::uint64_t;

/// A coupon that a user has.
struct IssuedCoupon {
  RowId coupon;
  std::string issued_at;  ///< As the client sent it.
};

enum class IssueOutcome { kIssued, kSoldOut, kDuplicate };

/// Who has which coupon. Each coupon starts with the same stock.
class CouponStore {
 public:
  explicit CouponStore(std::uint64_t stock) : stock_(stock) {}

  /// Gives `user` one of `coupon`, unless it is sold out or the user has one already.
  IssueOutcome issue(UserId user, const IssuedCoupon& coupon);

  /// In the order of issue; empty for a user nobody has heard of.
  const std::vector<IssuedCoupon>& coupons_of(UserId user) const;

 private:
  std::uint64_t stock_;
  std::unordered_map<RowId, std::uint64_t> issued_;
  std::unordered_map<UserId, std::vector<IssuedCoupon>> owned_;
};

}  // namespace loadrun::coupon

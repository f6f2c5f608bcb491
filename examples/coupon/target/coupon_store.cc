#include "coupon/target/coupon_store.h"

#include <algorithm>

namespace loadrun::coupon {

IssueOutcome CouponStore::issue(UserId user, const IssuedCoupon& coupon) {
  const auto& has = coupons_of(user);
  const auto same = [&](const IssuedCoupon& other) { return other.coupon == coupon.coupon; };
  if (std::any_of(has.begin(), has.end(), same)) return IssueOutcome::kDuplicate;
  std::uint64_t& issued = issued_[coupon.coupon];
  if (issued >= stock_) return IssueOutcome::kSoldOut;
  ++issued;
  owned_[user].push_back(coupon);
  return IssueOutcome::kIssued;
}

const std::vector<IssuedCoupon>& CouponStore::coupons_of(UserId user) const {
  static const std::vector<IssuedCoupon> kNone;
  const auto found = owned_.find(user);
  return found == owned_.end() ? kNone : found->second;
}

}  // namespace loadrun::coupon

#pragma once

#include <string_view>
#include <variant>

#include "base/result.h"
#include "coupon/target/api.h"
#include "coupon/target/coupon_store.h"

namespace loadrun::coupon {

/// What a request asks for.
struct IssueCall {
  UserId user;
  IssuedCoupon coupon;
};
struct ListCall {
  UserId user;
};
struct HealthCall {};
struct UnknownCall {};
using Call = std::variant<IssueCall, ListCall, HealthCall, UnknownCall>;

/// The names under which requests are counted.
inline constexpr std::string_view kIssueRoute = "PATCH /api/commerce/coupon";
inline constexpr std::string_view kListRoute = "GET /api/commerce/mycoupon/{userId}";
inline constexpr std::string_view kHealthRoute = "GET /actuator/health";
inline constexpr std::string_view kOtherRoute = "other";

/// The route of a request, whatever its arguments are worth.
std::string_view route_of(const ApiRequest& request);

/// Reads a request. Fails, saying what is wrong, when a known route has bad arguments: ids are
/// whole numbers from 1, issueAt is an ISO 8601 date and time.
Result<Call> parse_call(const ApiRequest& request);

}  // namespace loadrun::coupon

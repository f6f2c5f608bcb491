#include "coupon/target/coupon_service.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace loadrun::coupon {
namespace {

using Json = nlohmann::json;

ApiReply failure(int status, std::string_view message) {
  return {status, Json{{"error", message}}.dump()};
}

Json to_json(const IssuedCoupon& coupon) {
  return {{"couponId", coupon.coupon}, {"issueAt", coupon.issued_at}};
}

}  // namespace

CouponService::CouponService(const DatabaseOptions& database, std::uint64_t stock)
    : database_(database), store_(stock) {}

std::optional<ApiReply> CouponService::start(TimePoint now, QueryId request,
                                             const ApiRequest& content) {
  auto call = parse_call(content);
  if (!call.ok()) return failure(400, call.error().message);
  if (auto* const issue_call = std::get_if<IssueCall>(&call.value())) {
    database_.update(now, request, issue_call->coupon.coupon);
    waiting_.emplace(request, std::move(*issue_call));
    return std::nullopt;
  }
  if (const auto* const list_call = std::get_if<ListCall>(&call.value())) {
    database_.read(now, request);
    waiting_.emplace(request, *list_call);
    return std::nullopt;
  }
  if (std::holds_alternative<HealthCall>(call.value())) {
    return ApiReply{200, R"({"status":"UP"})"};
  }
  return failure(404, "no such resource");
}

std::vector<CouponService::Answer> CouponService::answers(TimePoint now) {
  database_.run_until(now);
  std::vector<Answer> answers;
  for (const QueryEnd& end : database_.take_ended()) {
    const DatabaseCall call = waiting_.extract(end.query).mapped();
    answers.push_back(
        {end.query, end.done ? execute(call) : failure(500, "no database connection was free")});
  }
  return answers;
}

ApiReply CouponService::execute(const DatabaseCall& call) {
  if (const auto* const issue_call = std::get_if<IssueCall>(&call)) return issue(*issue_call);
  return list(std::get<ListCall>(call));
}

ApiReply CouponService::issue(const IssueCall& call) {
  switch (store_.issue(call.user, call.coupon)) {
    case IssueOutcome::kSoldOut:
      return failure(409, "the coupon is sold out");
    case IssueOutcome::kDuplicate:
      return failure(409, "the user has this coupon already");
    case IssueOutcome::kIssued:
      break;
  }
  Json data = to_json(call.coupon);
  data["userId"] = call.user;
  return {200, Json{{"data", std::move(data)}}.dump()};
}

ApiReply CouponService::list(const ListCall& call) const {
  Json coupons = Json::array();
  for (const IssuedCoupon& coupon : store_.coupons_of(call.user))
    coupons.push_back(to_json(coupon));
  return {200, Json{{"data", {{"userId", call.user}, {"coupons", std::move(coupons)}}}}.dump()};
}

}  // namespace loadrun::coupon

#include <string>

#include "coupon/target/api_parse.h"
#include "coupon/target/coupon_service.h"
#include "support/catch.h"

namespace loadrun::coupon {
namespace {

int status_of(const ApiRequest& request) {
  CouponService service({}, 10);
  const auto reply = service.start({}, 1, request);
  return reply ? reply->status : 0;
}

int issue_status(std::string_view user, std::string_view body) {
  return status_of({"PATCH", "/api/commerce/coupon", user, body});
}

constexpr std::string_view kGood = R"({"couponId":3,"issueAt":"2026-01-31T09:00:00.123+09:00"})";
constexpr int kAccepted = 0;

}  // namespace

TEST_CASE("a good issue request reaches the database") {
  CHECK(issue_status("1", kGood) == kAccepted);
}

TEST_CASE("a bad user id is refused") {
  for (const std::string_view user : {"", "0", "-1", "abc", "1x", " 1", "99999999999999999999"}) {
    INFO("X-User-Id: " << std::string(user));
    CHECK(issue_status(user, kGood) == 400);
  }
}

TEST_CASE("a bad body is refused") {
  for (const std::string_view body :
       {"", "{", "[]", "null", "{}", R"({"couponId":3})", R"({"issueAt":"2026-01-31T09:00:00"})",
        R"({"couponId":0,"issueAt":"2026-01-31T09:00:00"})",
        R"({"couponId":-3,"issueAt":"2026-01-31T09:00:00"})",
        R"({"couponId":"3","issueAt":"2026-01-31T09:00:00"})",
        R"({"couponId":3.5,"issueAt":"2026-01-31T09:00:00"})", R"({"couponId":3,"issueAt":5})",
        R"({"couponId":3,"issueAt":"31.01.2026 09:00"})",
        R"({"couponId":3,"issueAt":"2026-01-31"})"}) {
    INFO("body: " << std::string(body));
    CHECK(issue_status("1", body) == 400);
  }
}

TEST_CASE("a bad user id in the path is refused") {
  CHECK(status_of({"GET", "/api/commerce/mycoupon/", "", ""}) == 400);
  CHECK(status_of({"GET", "/api/commerce/mycoupon/me", "", ""}) == 400);
  CHECK(status_of({"GET", "/api/commerce/mycoupon/1/2", "", ""}) == 400);
}

TEST_CASE("anything else is not found") {
  CHECK(status_of({"GET", "/", "", ""}) == 404);
  CHECK(status_of({"GET", "/api/commerce/coupon", "1", kGood}) == 404);
  CHECK(status_of({"POST", "/actuator/health", "", ""}) == 404);
  CHECK(status_of({"GET", "/api/commerce/mycoupon", "", ""}) == 404);
}

TEST_CASE("a request is counted under its route, not under its path") {
  CHECK(route_of({"GET", "/api/commerce/mycoupon/1", "", ""}) == kListRoute);
  CHECK(route_of({"GET", "/api/commerce/mycoupon/x", "", ""}) == kListRoute);
  CHECK(route_of({"PATCH", "/api/commerce/coupon?x=1", "", ""}) == kIssueRoute);
  CHECK(route_of({"GET", "/actuator/health", "", ""}) == kHealthRoute);
  CHECK(route_of({"GET", "/secret/1", "", ""}) == kOtherRoute);
}

}  // namespace loadrun::coupon

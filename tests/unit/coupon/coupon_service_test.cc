#include "coupon/target/coupon_service.h"

#include <nlohmann/json.hpp>
#include <string>

#include "support/catch.h"

namespace loadrun::coupon {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kBody = R"({"couponId":3,"issueAt":"2026-01-31T09:00:00"})";

ApiRequest issue(std::string_view user) { return {"PATCH", "/api/commerce/coupon", user, kBody}; }

/// A service and its virtual time; every request is waited for.
class Client {
 public:
  explicit Client(std::uint64_t stock, DatabaseOptions options = {}) : service_(options, stock) {}

  ApiReply send(const ApiRequest& request) {
    if (auto reply = service_.start(now_, ++id_, request)) return *reply;
    now_ = *service_.next_event();
    const auto answers = service_.answers(now_);
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].request == id_);
    return answers[0].reply;
  }

 private:
  CouponService service_;
  TimePoint now_;
  QueryId id_ = 0;
};

}  // namespace

TEST_CASE("an issued coupon is described and can be read back") {
  Client client(10);
  const ApiReply issued = client.send(issue("17"));
  CHECK(issued.status == 200);
  CHECK(Json::parse(issued.body) ==
        Json::parse(R"({"data":{"couponId":3,"userId":17,"issueAt":"2026-01-31T09:00:00"}})"));

  const ApiReply list = client.send({"GET", "/api/commerce/mycoupon/17", "", ""});
  CHECK(list.status == 200);
  CHECK(
      Json::parse(list.body) ==
      Json::parse(
          R"({"data":{"userId":17,"coupons":[{"couponId":3,"issueAt":"2026-01-31T09:00:00"}]}})"));
}

TEST_CASE("a user without coupons has an empty list") {
  Client client(10);
  const ApiReply list = client.send({"GET", "/api/commerce/mycoupon/99?page=1", "", ""});
  CHECK(list.status == 200);
  CHECK(Json::parse(list.body) == Json::parse(R"({"data":{"userId":99,"coupons":[]}})"));
}

TEST_CASE("a user gets a coupon once") {
  Client client(10);
  CHECK(client.send(issue("17")).status == 200);
  const ApiReply again = client.send(issue("17"));
  CHECK(again.status == 409);
  CHECK(again.body == R"({"error":"the user has this coupon already"})");
  CHECK(client
            .send({"PATCH", "/api/commerce/coupon", "17",
                   R"({"couponId":4,"issueAt":"2026-01-31T09:00:00"})"})
            .status == 200);
}

TEST_CASE("a coupon sells out") {
  Client client(2);
  CHECK(client.send(issue("1")).status == 200);
  CHECK(client.send(issue("2")).status == 200);
  const ApiReply late = client.send(issue("3"));
  CHECK(late.status == 409);
  CHECK(late.body == R"({"error":"the coupon is sold out"})");
  const ApiReply list = client.send({"GET", "/api/commerce/mycoupon/3", "", ""});
  CHECK(Json::parse(list.body)["data"]["coupons"].empty());
}

TEST_CASE("no free connection in time is a 500 and issues nothing") {
  CouponService service({.pool = 1, .hold = 100ms, .acquire_timeout = 10ms}, 10);
  CHECK_FALSE(service.start({}, 1, issue("1")));
  CHECK_FALSE(service.start({}, 2, issue("2")));
  const auto answers = service.answers({10ms});
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].request == 2);
  CHECK(answers[0].reply.status == 500);

  CHECK_FALSE(service.start({200ms}, 3, {"GET", "/api/commerce/mycoupon/2", "", ""}));
  const auto later = service.answers({300ms});
  REQUIRE(later.size() == 2);
  CHECK(Json::parse(later[1].reply.body)["data"]["coupons"].empty());
}

TEST_CASE("health does not need the database") {
  Client client(10);
  const ApiReply health = client.send({"GET", "/actuator/health", "", ""});
  CHECK(health.status == 200);
  CHECK(health.body == R"({"status":"UP"})");
}

}  // namespace loadrun::coupon

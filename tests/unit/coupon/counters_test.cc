#include "coupon/target/counters.h"

#include "support/catch.h"

namespace loadrun::coupon {

TEST_CASE("counters tell requests by route and status, and the peaks") {
  Counters counters;
  for (int i = 0; i < 3; ++i) counters.connection_opened();
  counters.connection_closed();
  counters.connection_opened();
  counters.request_started();
  counters.request_started();
  counters.request_finished("GET /b", 200);
  counters.request_finished("GET /b", 500);
  counters.request_started();
  counters.request_finished("GET /a", 200);
  CHECK(counters.to_json() ==
        R"({"requests":{"GET /a":{"200":1},"GET /b":{"200":1,"500":1}},)"
        R"("connections_accepted":4,"peak_connections":3,"peak_concurrent_requests":2})");
}

TEST_CASE("a server that saw nothing says so") {
  CHECK(
      Counters().to_json() ==
      R"({"requests":{},"connections_accepted":0,"peak_connections":0,"peak_concurrent_requests":0})");
}

}  // namespace loadrun::coupon

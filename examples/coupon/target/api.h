#pragma once

#include <string>
#include <string_view>

namespace loadrun::coupon {

/// What the service needs of an HTTP request. Views into the session's request.
struct ApiRequest {
  std::string_view method;
  std::string_view target;   ///< Path and query.
  std::string_view user_id;  ///< The header X-User-Id; empty when absent.
  std::string_view body;
};

/// The answer: a status and a JSON text.
struct ApiReply {
  int status;
  std::string body;
};

}  // namespace loadrun::coupon

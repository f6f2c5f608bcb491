#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace loadrun::coupon {

/// What the server saw: the truth that a load generator's own figures are compared with.
class Counters {
 public:
  void connection_opened();
  void connection_closed() { --connections_; }

  void request_started();
  /// Ends a request of `route` that is answered with `status`, whether or not the client still
  /// listens.
  void request_finished(std::string_view route, int status);

  /// One line of JSON: requests by route and status, connections_accepted, peak_connections,
  /// peak_concurrent_requests.
  std::string to_json() const;

 private:
  std::map<std::string, std::map<int, std::uint64_t>, std::less<>> requests_;
  std::uint64_t accepted_ = 0;
  std::uint64_t connections_ = 0;
  std::uint64_t peak_connections_ = 0;
  std::uint64_t concurrent_ = 0;
  std::uint64_t peak_concurrent_ = 0;
};

}  // namespace loadrun::coupon

#include "coupon/target/counters.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace loadrun::coupon {

void Counters::connection_opened() {
  ++accepted_;
  peak_connections_ = std::max(peak_connections_, ++connections_);
}

void Counters::request_started() { peak_concurrent_ = std::max(peak_concurrent_, ++concurrent_); }

void Counters::request_finished(std::string_view route, int status) {
  --concurrent_;
  auto found = requests_.find(route);
  if (found == requests_.end()) found = requests_.try_emplace(std::string(route)).first;
  ++found->second[status];
}

std::string Counters::to_json() const {
  nlohmann::ordered_json requests = nlohmann::ordered_json::object();
  for (const auto& [route, statuses] : requests_) {
    for (const auto& [status, count] : statuses) requests[route][std::to_string(status)] = count;
  }
  const nlohmann::ordered_json all = {
      {"requests", std::move(requests)},
      {"connections_accepted", accepted_},
      {"peak_connections", peak_connections_},
      {"peak_concurrent_requests", peak_concurrent_},
  };
  return all.dump();
}

}  // namespace loadrun::coupon

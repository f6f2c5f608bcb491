#include "net/connection_gate.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "net/session_state.h"
#include "net/tls_info.h"
#include "net/transfer.h"

namespace loadrun::net {
namespace {

std::string_view origin_of(const Transfer& transfer) {
  constexpr std::size_t kAfterScheme = 8;  // "https://"; of "http://", a character of the host
  const std::string_view url = transfer.request.url;
  return url.substr(0, url.find_first_of("/?#", kAfterScheme));
}

bool is_opening(const Transfer& transfer) {
  return transfer.state == Transfer::State::kRunning && transfer.added &&
         transfer.may_multiplex() && !transfer.ready_to_send();
}

}  // namespace

bool ConnectionGate::holds(Transfer& transfer) {
  SessionState& session = transfer.session;
  const bool alone = session.transfers.size() - session.idle.size() <= 1;
  if (alone || !transfer.may_multiplex()) return false;
  const std::string_view origin = origin_of(transfer);
  const bool opening = std::any_of(
      session.transfers.begin(), session.transfers.end(),
      [&](const auto& other) { return is_opening(*other) && origin_of(*other) == origin; });
  if (!opening || serial_origins_.contains(std::string(origin))) return false;
  session.waiting.push_back(&transfer);
  return true;
}

void ConnectionGate::opened(Transfer& transfer) {
  if (transfer.session.waiting.empty()) return;
  if (transfer.tls() && !speaks_http2(transfer.easy())) {
    serial_origins_.emplace(origin_of(transfer));
  }
  release(transfer, true);
}

// One that never got its connection leaves the next one to try.
void ConnectionGate::left(Transfer& transfer) {
  std::vector<Transfer*>& waiting = transfer.session.waiting;
  if (!transfer.added) {
    std::erase(waiting, &transfer);
    std::erase(released_, &transfer);
  } else if (!waiting.empty() && !transfer.ready_to_send()) {
    release(transfer, false);
  }
}

void ConnectionGate::release(Transfer& opener, bool all) {
  std::vector<Transfer*> still_waiting;
  bool more = true;
  for (Transfer* const transfer : opener.session.waiting) {
    const bool goes = more && origin_of(*transfer) == origin_of(opener);
    (goes ? released_ : still_waiting).push_back(transfer);
    if (goes) more = all;
  }
  opener.session.waiting = std::move(still_waiting);
}

std::vector<Transfer*> ConnectionGate::take_released() { return std::exchange(released_, {}); }

}  // namespace loadrun::net

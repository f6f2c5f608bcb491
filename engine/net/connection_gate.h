#pragma once

#include <string>
#include <unordered_set>
#include <vector>

namespace loadrun::net {

class Transfer;

/// Keeps the requests that a session sends side by side to an HTTP/2 server on one connection.
///
/// Until the first connection to an origin is open nobody knows whether it carries several
/// requests; libcurl would open one for each. So they wait for the first one. (CURLOPT_PIPEWAIT
/// does that in one list for all sessions of a multi handle, of which an event wakes the head
/// alone: with many sessions, requests hang.) Confined to its worker's thread.
class ConnectionGate {
 public:
  /// True when `transfer`, about to begin, has to wait; it is handed out by take_released() later.
  bool holds(Transfer& transfer);
  /// `transfer` has a connection: those that wait for it go on. Called from libcurl's callback.
  void opened(Transfer& transfer);
  /// `transfer` ended, or gives up waiting.
  void left(Transfer& transfer);

  bool has_released() const { return !released_.empty(); }
  std::vector<Transfer*> take_released();

 private:
  void release(Transfer& opener, bool all);

  std::vector<Transfer*> released_;
  /// Origins that were found to serve a connection's requests one after the other: nothing to wait
  /// for there.
  std::unordered_set<std::string> serial_origins_;
};

}  // namespace loadrun::net

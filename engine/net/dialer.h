#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ip_address.h"
#include "base/random.h"
#include "net/curl_handles.h"
#include "net/dial_rules.h"
#include "net/resolver.h"

namespace loadrun::net {

class Transfer;

/// How a session connects.
struct Origin {
  std::optional<IpAddress> local;  ///< The address its connections come from; nothing: any.
  CounterRandom random;            ///< Chooses among the addresses of a name.
};

/// The new connection of a transfer's hop, if it needs one.
struct Dial {
  /// What libcurl was stopped for, because it can be had.
  enum class Pause : std::uint8_t { kNone, kPort, kName };

  Pause pause = Pause::kNone;
  bool begun = false;     ///< libcurl wanted a connection.
  bool waiting = false;   ///< For the answer of a look-up.
  std::size_t place = 0;  ///< Among those that wait for the same name.
  HostPort target;
  std::optional<IpAddress> answer;
  Failure failure;  ///< Why there will be no connection.
  TimePoint asked;
  Nanoseconds looking_up{0};
};

/// Decides where the new connections of one HttpClient go, and opens their sockets. Confined to its
/// worker.
///
/// libcurl resolves nothing. To every name it knows one address that is no place to go (an entry of
/// CURLOPT_RESOLVE for any name, one for each port that occurs), and when it wants a socket for a
/// connection to it, open() replaces the address by the real one. So a connection is still found by
/// the name and port of the URL, a request that finds one costs nothing here, and every new
/// connection chooses an address, like k6's dialer. While the name is being looked up, or a port
/// has no entry yet, open() refuses; libcurl then gives the transfer back, and it starts again when
/// pass() or answered() say so.
class Dialer {
 public:
  /// `rules` and `loop` outlive the dialer.
  Dialer(const DialRules& rules, std::shared_ptr<Resolver> resolver, EventLoop& loop);

  /// Makes `easy`, a transfer's, connect through this.
  void adopt(CURL* easy, Transfer& transfer);
  /// A socket for the connection that `transfer` needs, and where to connect it to. -1: not now,
  /// or not at all, see Transfer::dial.
  int open(Transfer& transfer, curl_sockaddr& address);
  /// Sees to what `transfer` was stopped for; true when it can start again at once. REQUIRES: it
  /// was stopped.
  bool pass(Transfer& transfer);
  /// The transfer does not wait any longer. REQUIRES: it waited.
  void forget(Transfer& transfer);
  bool has_waiting() const { return !waiting_.empty(); }
  /// Those whose names were looked up since the last call: with their answers, or failures.
  std::vector<Transfer*> answered();

  /// Some connection goes to another port than the URL's.
  bool changes_ports() const { return changes_ports_; }

 private:
  static int on_resolve(void* resolver_state, void* reserved, void* transfer);
  std::optional<Endpoint> endpoint_of(Transfer& transfer);
  curl_slist* entry_of(std::uint16_t port);
  void answer(Transfer& transfer, const Resolver::Mailbox::Letter& letter);

  const DialRules& rules_;
  const bool changes_ports_;
  EventLoop& loop_;
  std::shared_ptr<Resolver> resolver_;
  Resolver::Mailbox mailbox_;
  std::map<std::uint16_t, CurlList> entries_;  ///< Of CURLOPT_RESOLVE, by port.
  /// By name. Null: has left.
  std::map<std::string, std::vector<Transfer*>, std::less<>> waiting_;
};

}  // namespace loadrun::net

#include "net/dialer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "net/dial_socket.h"
#include "net/session_state.h"
#include "net/transfer.h"

namespace loadrun::net {
namespace {

// One of the entries must be there from the beginning: it is what makes libcurl look for others.
constexpr std::uint16_t kFirstPort = 80;

bool any_port(const HostTable& hosts) {
  return std::ranges::any_of(hosts.entries(),
                             [](const auto& entry) { return entry.second.port != 0; });
}

}  // namespace

Dialer::Dialer(const DialRules& rules, std::shared_ptr<Resolver> resolver, EventLoop& loop)
    : rules_(rules),
      changes_ports_(any_port(rules.hosts)),
      loop_(loop),
      resolver_(std::move(resolver)),
      mailbox_(*resolver_, loop) {}

void Dialer::adopt(CURL* easy, Transfer& transfer) {
  curl_easy_setopt(easy, CURLOPT_RESOLVE, entry_of(kFirstPort));
  curl_easy_setopt(easy, CURLOPT_RESOLVER_START_FUNCTION, on_resolve);
  curl_easy_setopt(easy, CURLOPT_RESOLVER_START_DATA, &transfer);
}

curl_slist* Dialer::entry_of(std::uint16_t port) {
  CurlList& entry = entries_[port];
  if (!entry) entry.reset(curl_slist_append(nullptr, fmt::format("*:{}:0.0.0.0", port).c_str()));
  LOADRUN_CHECK(entry != nullptr);
  return entry.get();
}

// libcurl has no address for the name, so there is no entry for its port.
int Dialer::on_resolve(void*, void*, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.dial.begun = true;
  transfer.dial.pause = Dial::Pause::kPort;
  return 1;
}

int Dialer::open(Transfer& transfer, curl_sockaddr& address) {
  Dial& dial = transfer.dial;
  dial.begun = true;
  dial.target = dial_target(transfer.peer_url());
  const std::optional<Endpoint> endpoint = endpoint_of(transfer);
  if (!endpoint) return -1;
  dial.failure = rules_.check(endpoint->address);
  if (dial.failure.code != 0) return -1;
  return open_socket(*endpoint, transfer.session.origin.local, address, dial.failure);
}

std::optional<Endpoint> Dialer::endpoint_of(Transfer& transfer) {
  Dial& dial = transfer.dial;
  DialRules::Known known = rules_.find(dial.target);
  dial.failure = std::move(known.failure);
  if (known.endpoint || dial.failure.code != 0) return known.endpoint;
  std::optional<IpAddress> address = std::exchange(dial.answer, std::nullopt);
  if (!address) address = resolver_->cached(dial.target.host, transfer.session.origin.random);
  if (address) return Endpoint{*address, dial.target.port};
  dial.pause = Dial::Pause::kName;
  return std::nullopt;
}

bool Dialer::pass(Transfer& transfer) {
  Dial& dial = transfer.dial;
  const Dial::Pause pause = std::exchange(dial.pause, Dial::Pause::kNone);
  LOADRUN_CHECK(pause != Dial::Pause::kNone);
  if (pause == Dial::Pause::kPort) {
    const std::uint16_t port = dial_target(transfer.peer_url()).port;
    curl_easy_setopt(transfer.easy(), CURLOPT_RESOLVE, entry_of(port));
    return true;
  }
  std::vector<Transfer*>& others = waiting_[dial.target.host];
  if (others.empty()) resolver_->look_up(dial.target.host, mailbox_);
  dial.waiting = true;
  dial.place = others.size();
  dial.asked = loop_.clock().now();
  others.push_back(&transfer);
  return false;
}

void Dialer::forget(Transfer& transfer) {
  transfer.dial.waiting = false;
  waiting_.find(transfer.dial.target.host)->second[transfer.dial.place] = nullptr;
}

std::vector<Transfer*> Dialer::answered() {
  std::vector<Transfer*> ready;
  for (const Resolver::Mailbox::Letter& letter : mailbox_.take()) {
    const auto entry = waiting_.extract(letter.name);
    for (Transfer* const transfer : entry.mapped()) {
      if (transfer == nullptr) continue;
      answer(*transfer, letter);
      ready.push_back(transfer);
    }
  }
  return ready;
}

void Dialer::answer(Transfer& transfer, const Resolver::Mailbox::Letter& letter) {
  Dial& dial = transfer.dial;
  dial.waiting = false;
  dial.looking_up += loop_.clock().now() - dial.asked;
  dial.failure = letter.answer->failure;
  if (dial.failure.code != 0) return;
  dial.answer = resolver_->select(letter.name, *letter.answer, transfer.session.origin.random);
}

}  // namespace loadrun::net

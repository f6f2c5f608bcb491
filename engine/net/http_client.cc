#include "net/http_client.h"

#include <utility>

#include "net/curl_driver.h"
#include "net/dialer.h"
#include "net/redirect.h"
#include "net/request_cookies.h"
#include "net/session_state.h"
#include "net/transfer.h"

namespace loadrun::net {
namespace {

// Few users have memory to spare; with thousands, that of each counts.
constexpr std::size_t kRoomyTransfers = 256;

std::shared_ptr<Resolver> resolver_of(const HttpOptions& options, const Clock& clock) {
  return options.resolver ? options.resolver : std::make_shared<Resolver>(DnsOptions{}, clock);
}

// What a VU chooses does not depend on the others, nor on who runs it.
Origin origin_of(const HttpOptions& options, std::uint64_t user, std::uint64_t count) {
  Origin origin{.local = {}, .random = CounterRandom::for_iteration(options.seed, user, count)};
  if (!options.local_addresses.empty()) {
    origin.local = options.local_addresses.at(user == 0 ? 0 : user - 1);
  }
  return origin;
}

}  // namespace

HttpSession::HttpSession(HttpClient& client, std::uint64_t user, std::uint64_t count)
    : state_(client.new_session(user, count)) {}
HttpSession::HttpSession(HttpSession&&) noexcept = default;
HttpSession::~HttpSession() {
  if (state_) state_->client.abandon_all(*state_);
}

Result<std::unique_ptr<HttpClient>> HttpClient::create(EventLoop& loop,
                                                       const HttpOptions& options) {
  Result<std::unique_ptr<CurlDriver>> driver = CurlDriver::create(loop);
  if (!driver.ok()) return driver.error();
  return std::make_unique<HttpClient>(loop, options, std::move(driver).value());
}

HttpClient::HttpClient(EventLoop& loop, const HttpOptions& options,
                       std::unique_ptr<CurlDriver> driver)
    : loop_(loop),
      options_(options),
      driver_(std::move(driver)),
      dialer_(std::make_unique<Dialer>(options_.dial, resolver_of(options, loop.clock()), loop)) {}

HttpClient::~HttpClient() = default;

std::unique_ptr<SessionState> HttpClient::new_session(std::uint64_t user, std::uint64_t count) {
  return std::make_unique<SessionState>(*this, *driver_, *dialer_, origin_of(options_, user, count),
                                        options_.tls.session_resumption);
}

void HttpClient::start(HttpSession& session, HttpRequest&& request, HttpDone done, void* context) {
  Transfer& transfer = idle_transfer(*session.state_);
  const TimePoint now = driver_->clock_now();
  transfer.begin(std::move(request), done, context, now);
  transfer.timeout = loop_.run_at_coarse(now + transfer.request.timeout, on_timeout, &transfer);
  start_hop(transfer);
  transfer.result.sent_cookies = cookie_header(transfer.request);
  if (!driving_) driver_->schedule();
}

void HttpClient::cancel(HttpSession& session, const void* context) {
  for (const auto& transfer : session.state_->transfers) {
    if (transfer->context == context) abandon(*transfer);
  }
}

// A second run() lets libcurl send at once what the completed requests' scripts have started.
// Results of that wait for the next turn, so that a script whose requests fail immediately cannot
// keep the loop in here.
void HttpClient::drive() {
  driving_ = true;
  if (dialer_->has_waiting()) resume_answered();
  do {
    run_driver();
    while (Transfer* const transfer = driver_->next_finished()) end_hop(*transfer);
  } while (driver_->has_ready());
  if (driver_->has_work()) run_driver();
  driving_ = false;
  driver_->schedule();
}

// Client certificates are those of one host: its connections need contexts of their own.
void HttpClient::run_driver() {
  const bool alike = options_.tls.client_certificates.empty();
  const SharedTlsContext::Use use(alike ? &tls_context_ : nullptr);
  driver_->run();
}

Transfer& HttpClient::idle_transfer(SessionState& session) {
  if (session.idle.empty()) {
    session.transfers.push_back(
        std::make_unique<Transfer>(session, *driver_, options_, transfers_++ < kRoomyTransfers));
    return *session.transfers.back();
  }
  Transfer& transfer = *session.idle.back();
  session.idle.pop_back();
  return transfer;
}

void HttpClient::start_hop(Transfer& transfer) {
  add_cookies(transfer.request, loop_.clock());
  send(transfer);
}

void HttpClient::send(Transfer& transfer) {
  ++counts_.sent;
  if (transfer.prepare_hop()) {
    driver_->add(transfer);
  } else {
    transfer.finish(CURLE_OK, driver_->clock_now());
    driver_->finished(transfer);
  }
}

// The transfer was stopped because something was missing for its new connection.
void HttpClient::go_on(Transfer& transfer) {
  driver_->pause(transfer);
  loop_.cancel(transfer.dial_timeout);
  transfer.restart();
  if (dialer_->pass(transfer)) driver_->resume(transfer);
}

void HttpClient::resume_answered() {
  for (Transfer* const transfer : dialer_->answered()) {
    if (transfer->dial.failure.code == 0) {
      driver_->resume(*transfer);
    } else {
      transfer->fail(transfer->dial_failure(), driver_->clock_now());
      driver_->finished(*transfer);
    }
  }
}

void HttpClient::end_hop(Transfer& transfer) {
  if (transfer.dial.pause != Dial::Pause::kNone) return go_on(transfer);
  if (transfer.dial.waiting) dialer_->forget(transfer);
  HttpExchange exchange = transfer.take_exchange();
  driver_->remove(transfer);
  if (transfer.answer_challenge()) {
    exchange.challenge = true;
    transfer.result.exchanges.push_back(std::move(exchange));
    return send(transfer);
  }
  if (exchange.status != 0) keep_cookies(transfer.request, transfer.head.headers(), loop_.clock());
  const bool redirected = is_redirect(exchange.status, transfer.head.find("Location"));
  const bool allowed = transfer.may_follow();
  transfer.result.too_many_redirects = redirected && !allowed;
  const bool follow = redirected && allowed && prepare_redirect(transfer, exchange);
  transfer.result.exchanges.push_back(std::move(exchange));
  if (follow) {
    ++transfer.redirects;
    start_hop(transfer);
  } else {
    deliver(transfer);
  }
}

// The answer to a challenge is not for the next hop, which may ask for one of its own. A Location
// that is no URL makes this exchange the failed one: there is none that could follow.
bool HttpClient::prepare_redirect(Transfer& transfer, HttpExchange& exchange) {
  transfer.forget_answer();
  transfer.keep_request();
  Failure failure =
      follow_redirect(transfer.request, exchange.status, transfer.head.find("Location"));
  if (failure.code == 0) return true;
  exchange.status = 0;
  exchange.status_text.clear();
  exchange.error_code = failure.code;
  exchange.error = failure.text;
  transfer.fail(std::move(failure), exchange.end);
  return false;
}

// The transfer is free before the callback runs: it may start the next request on it, or destroy
// it.
void HttpClient::deliver(Transfer& transfer) {
  const HttpDone done = transfer.done;
  void* const context = transfer.context;
  HttpResult result = transfer.take_result();
  release(transfer);
  done(context, result);
}

void HttpClient::release(Transfer& transfer) {
  loop_.cancel(transfer.timeout);
  loop_.cancel(transfer.dial_timeout);
  transfer.request.jar.reset();
  transfer.session.idle.push_back(&transfer);
}

void HttpClient::abandon(Transfer& transfer) {
  if (transfer.state == Transfer::State::kIdle) return;
  counts_.cancelled += transfer.result.exchanges.size() + 1;
  driver_->forget_finished(transfer);
  driver_->remove(transfer);
  if (transfer.dial.waiting) dialer_->forget(transfer);
  transfer.abandon();
  release(transfer);
}

void HttpClient::abandon_all(SessionState& session) {
  for (const auto& transfer : session.transfers) abandon(*transfer);
}

void HttpClient::on_timeout(void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const bool stopped = std::exchange(transfer.dial.pause, Dial::Pause::kNone) != Dial::Pause::kNone;
  if (transfer.state != Transfer::State::kRunning && !stopped) return;
  HttpClient& client = transfer.session.client;
  const bool queued = transfer.state == Transfer::State::kFinished;
  transfer.fail({kRequestTimeout, "request timeout"}, client.driver_->clock_now());
  if (!queued) client.driver_->finished(transfer);
}

}  // namespace loadrun::net

#include "net/transfer.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"
#include "net/curl_driver.h"
#include "net/dial_socket.h"
#include "net/redirect.h"
#include "net/session_state.h"
#include "net/tls_info.h"
#include "net/transport_error.h"
#include "net/upload.h"

namespace loadrun::net {
namespace {

// For a handle that has met a body larger than kLargeBody: half the time of a download.
constexpr long kLargeReceiveBuffer = 64 * 1024;
constexpr std::uint64_t kLargeBody = 256 * 1024;
// k6's dialer gives up after 30 s.
constexpr Nanoseconds kDialPatience{30s};
// A server may announce any length: beyond this the body grows as it arrives. What is reserved is
// address space; memory is what has arrived.
constexpr std::uint64_t kMaxReserve = 128 << 20;
// Those who read a body fast read beyond its end: they find room without moving it.
constexpr std::uint64_t kReadAhead = 64;

template <typename T>
void set(CURL* easy, CURLoption option, T value) {
  LOADRUN_CHECK(curl_easy_setopt(easy, option, value) == CURLE_OK);
}

Nanoseconds info_time(CURL* easy, CURLINFO which) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(easy, which, &microseconds);
  return std::chrono::microseconds(microseconds);
}

long info_long(CURL* easy, CURLINFO which) {
  long value = 0;
  curl_easy_getinfo(easy, which, &value);
  return value;
}

}  // namespace

void Transfer::begin(HttpRequest&& call, HttpDone on_done, void* done_context, TimePoint now) {
  request = std::move(call);
  done = on_done;
  context = done_context;
  end_ = now;
  redirects = 0;
  answered_ = false;
  credentials_.reset();
  if (request.auth != Auth::kBasic) credentials_ = take_credentials(request.url);
}

bool Transfer::prepare_hop() {
  hop_start_ = end_;  // A redirect's time starts where the hop before ended.
  ready_to_send_ = sent_ = first_byte_ = end_ = tunnel_end_ = TimePoint{};
  tunnel_reply_.clear();
  open_errno_ = 0;
  const bool last_was_http1 = head.proto() == "HTTP/1.1";
  head.clear();
  result.body.clear();
  code_ = CURLE_OK;
  error_text_[0] = '\0';
  read_offset_ = 0;
  body_started_ = false;
  decoder_.reset();
  if (dial.begun) dial = {};
  state = State::kRunning;
  added = stopped_ = sent_again_ = false;
  failure_ = options_.apply(easy_.get(), request);
  if (failure_.code == 0) route_.apply(easy_.get(), request);
  join_connections();
  log_.begin(may_multiplex() && !last_was_http1);  // Who speaks HTTP/1.1 sends no GOAWAY.
  apply_credentials();
  return failure_.code == 0;
}

void Transfer::restart() {
  ready_to_send_ = sent_ = first_byte_ = end_ = TimePoint{};
  read_offset_ = 0;
  state = State::kRunning;
}

void Transfer::join_connections() {
  CURLSH* const connections = session.connections(options_.usual_version());
  if (connections == connections_) return;
  set(easy_.get(), CURLOPT_SHARE, connections);
  connections_ = connections;
}

void Transfer::apply_credentials() {
  const bool ntlm = credentials_.has_value() && request.auth == Auth::kNtlm;
  if (!ntlm && !has_ntlm_) return;
  has_ntlm_ = ntlm;
  set(easy_.get(), CURLOPT_HTTPAUTH, ntlm ? CURLAUTH_NTLM : CURLAUTH_BASIC);
  set(easy_.get(), CURLOPT_USERNAME, ntlm ? credentials_->user.c_str() : nullptr);
  set(easy_.get(), CURLOPT_PASSWORD, ntlm ? credentials_->password.c_str() : nullptr);
}

bool Transfer::answer_challenge() {
  const bool can_answer = credentials_ && request.auth == Auth::kDigest && !answered_;
  if (!can_answer || failure_.code != 0 || head.status() != 401) return false;
  const std::string nonce = fmt::format("{:016x}", random_seed());
  const DigestRequest facts{request.method, request_target(request.url), request.body};
  for (const Header& header : head.headers()) {
    if (header.name != "Www-Authenticate") continue;
    auto answer = answer_digest(header.value, facts, *credentials_, nonce);
    if (!answer) continue;
    request.headers.push_back({"Authorization", std::move(*answer)});
    answered_ = true;
    return true;
  }
  return false;
}

void Transfer::forget_answer() {
  if (std::exchange(answered_, false)) request.headers.pop_back();
}

void Transfer::finish(CURLcode code, TimePoint now) {
  code_ = code;
  end_ = now;
  state = State::kFinished;
}

void Transfer::fail(Failure failure, TimePoint now) {
  failure_ = std::move(failure);
  end_ = now;
  state = State::kFinished;
}

// libcurl 7.88 does not see that a server has closed an idle HTTP/2 connection over TLS, it does
// not send again what a GOAWAY left out, and what one connection refuses because of its limit of
// streams it sends to the next full one until it gives up. Such a request is sent once more.
bool Transfer::needs_connection(CURLcode code) const {
  if (stopped_) return true;
  if (sent_again_ || !may_multiplex() || first_byte_ != TimePoint{}) return false;
  if (session.go_away) return code == CURLE_HTTP2 || code == CURLE_GOT_NOTHING;
  if (code == CURLE_RECV_ERROR) return std::strstr(error_text_.data(), "giving up") != nullptr;
  return code == CURLE_PARTIAL_FILE && info_long(easy(), CURLINFO_NUM_CONNECTS) == 0;
}

void Transfer::open_connection() {
  sent_again_ = !stopped_;
  stopped_ = false;
  options_.open_connection(easy_.get());
  ready_to_send_ = sent_ = TimePoint{};
  read_offset_ = 0;
  log_.begin(true);
}

bool Transfer::may_follow() const { return redirects < request.max_redirects; }

bool Transfer::connected() const {
  return ready_to_send_ != TimePoint{} ||
         info_time(easy(), CURLINFO_CONNECT_TIME_T) > Nanoseconds(0);
}

HttpExchange Transfer::take_exchange() {
  HttpExchange exchange;
  exchange.method = request.method;
  exchange.url = request.url;
  exchange.timings = timings();
  exchange.end = end_;
  if (added) describe_connection(exchange);
  log_.move_into(exchange);
  if (failure_.code == 0 && code_ != CURLE_OK) failure_ = failure_of_curl();
  note_size_of_body();
  // libcurl takes a connection that ends inside the head for a response without body.
  if (failure_.code == 0 && !head.complete()) failure_ = {kUnknown, "unexpected EOF"};
  if (failure_.code == 0 && decoder_) fail_decoding(decoder_->finish());
  if (failure_.code != 0) {
    exchange.error_code = failure_.code;
    exchange.error = failure_.text;
    exchange.reason = failure_.reason;
    return exchange;
  }
  exchange.status = head.status();
  exchange.status_text = head.status_text();
  exchange.proto = head.proto();
  if (exchange.status >= 400 && exchange.status < 600)
    exchange.error_code = kUnknown + exchange.status;
  return exchange;
}

// libcurl takes another buffer only between transfers: it is the next one that has it.
void Transfer::note_size_of_body() {
  if (large_bodies_) return;
  curl_off_t size = 0;
  curl_easy_getinfo(easy(), CURLINFO_SIZE_DOWNLOAD_T, &size);
  if (std::cmp_less_equal(size, kLargeBody)) return;
  large_bodies_ = curl_easy_setopt(easy(), CURLOPT_BUFFERSIZE, kLargeReceiveBuffer) == CURLE_OK;
}

void Transfer::describe_connection(HttpExchange& exchange) {
  CURL* const easy = easy_.get();
  const char* address = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address);
  if (address != nullptr && !route_.is_unix_socket()) {
    exchange.remote_ip = address;
    exchange.remote_port = static_cast<int>(info_long(easy, CURLINFO_PRIMARY_PORT));
  }
  exchange.tls_version = std::move(tls_.version);
  exchange.tls_cipher_suite = std::move(tls_.cipher_suite);
  exchange.ocsp = std::move(tls_.ocsp);
  tls_ = {};

  curl_socket_t fd = session.traffic.only_connection();
  if (fd < 0) curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &fd);
  if (fd >= 0 && session.dialer.changes_ports()) exchange.remote_port = peer_port(fd);
  const ByteCount moved =
      sizes_are_exact() ? session.traffic.claim_known(fd, sizes()) : session.traffic.claim(fd);
  exchange.bytes_sent = moved.sent;
  exchange.bytes_received = moved.received;
}

/// On Unix sockets there is nothing better than libcurl's own sizes. On others, they are what went
/// over the wire when there is no TLS, no HTTP/2, no chunk framing and no request body, and nothing
/// went wrong: most load. Asking the kernel costs 4 % of a small request.
bool Transfer::sizes_are_exact() const {
  if (route_.is_unix_socket()) return true;
  return !options_.tls() && !options_.may_multiplex() && code_ == CURLE_OK && failure_.code == 0 &&
         !request.has_body && head.complete() && head.content_length().has_value();
}

ByteCount Transfer::sizes() const {
  curl_off_t body = 0;
  curl_easy_getinfo(easy(), CURLINFO_SIZE_DOWNLOAD_T, &body);
  return {static_cast<std::uint64_t>(info_long(easy(), CURLINFO_REQUEST_SIZE)) + read_offset_,
          static_cast<std::uint64_t>(info_long(easy(), CURLINFO_HEADER_SIZE) + body)};
}

Failure Transfer::dial_failure() const {
  return route_.has_proxy() ? proxy_failure(dial.failure) : dial.failure;
}

Failure Transfer::failure_of_curl() const {
  if (dial.failure.code != 0) return dial_failure();
  const auto os_errno = static_cast<int>(info_long(easy(), CURLINFO_OS_ERRNO));
  // The handle keeps the errno of earlier requests. Only connecting always sets it; elsewhere the
  // text tells.
  const std::string_view text(error_text_.data());
  const bool current = code_ == CURLE_COULDNT_CONNECT ||
                       text.find(std::strerror(os_errno)) != std::string_view::npos;
  return classify({.curl_code = code_,
                   .os_errno = open_errno_ != 0 ? open_errno_
                               : current        ? os_errno
                                                : 0,
                   .verify_result = std::max(info_long(easy(), CURLINFO_SSL_VERIFYRESULT),
                                             info_long(easy(), CURLINFO_PROXY_SSL_VERIFYRESULT)),
                   .connected = connected(),
                   .has_proxy = route_.has_proxy(),
                   .tunnel_reply = tunnel_reply_,
                   .unix_socket = route_.unix_socket(),
                   .http2 = may_multiplex() && (!tls() || head.proto() == "HTTP/2.0"),
                   .go_away = may_multiplex() ? session.go_away : std::nullopt,
                   .message = text});
}

// libcurl's own times are cumulative, per transfer, and stale or tiny on a reused connection; they
// start when libcurl first looks at the handle. Only differences of them are used, inside phases
// bounded by our own stamps.
HttpTimings Transfer::timings() const {
  HttpTimings timings;
  const auto positive = [](Nanoseconds d) { return std::max(d, Nanoseconds(0)); };
  timings.looking_up = dial.looking_up;
  if (added && info_long(easy(), CURLINFO_NUM_CONNECTS) > 0) {
    const Nanoseconds looked_up = info_time(easy(), CURLINFO_NAMELOOKUP_TIME_T);
    const Nanoseconds connect = info_time(easy(), CURLINFO_CONNECT_TIME_T);
    const Nanoseconds handshake = info_time(easy(), CURLINFO_APPCONNECT_TIME_T);
    timings.connecting = positive(connect - looked_up);
    if (handshake > Nanoseconds(0)) timings.tls_handshaking = positive(handshake - connect);
    // As in k6, what it took to make a tunnel is blocked time only.
    if (tunnel_end_ != TimePoint{} && ready_to_send_ != TimePoint{}) {
      timings.tls_handshaking = ready_to_send_ - tunnel_end_;
    }
  }
  if (ready_to_send_ == TimePoint{}) {
    timings.blocked = positive(end_ - hop_start_);
    return timings;
  }
  const TimePoint response = first_byte_ == TimePoint{} ? end_ : first_byte_;
  const TimePoint sent =
      std::clamp(end_of_sending(), ready_to_send_, std::max(ready_to_send_, response));
  timings.blocked = positive(ready_to_send_ - hop_start_);
  timings.sending = sent - ready_to_send_;
  timings.waiting = positive(response - sent);
  timings.receiving = positive(end_ - response);
  return timings;
}

// A body that libcurl reads piece by piece is sent with its last piece. Everything else leaves with
// the first send, after which libcurl notes PRETRANSFER; its distance to STARTTRANSFER is taken
// back from our stamp of the first byte.
TimePoint Transfer::end_of_sending() const {
  if (sent_ != TimePoint{}) return sent_;
  if (first_byte_ == TimePoint{}) return ready_to_send_;
  return first_byte_ - (info_time(easy(), CURLINFO_STARTTRANSFER_TIME_T) -
                        info_time(easy(), CURLINFO_PRETRANSFER_TIME_T));
}

void Transfer::keep_request() {
  if (redirects > 0) return;
  result.request_headers = request.headers;
  result.request_body = request.body;
}

HttpResult Transfer::take_result() {
  state = State::kIdle;
  if (failure_.code != 0) {
    result.body.clear();
  } else {
    result.headers = head.take_headers();
  }
  if (redirects == 0) {
    result.request_headers = std::move(request.headers);
    result.request_body = std::move(request.body);
  }
  return std::exchange(result, {});
}

void Transfer::abandon() {
  state = State::kIdle;
  result = {};
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (transfer.ready_to_send_ == TimePoint{}) {
    transfer.add_tunnel_line({data, size * count});
    return size * count;
  }
  if (transfer.first_byte_ == TimePoint{}) {
    transfer.first_byte_ = transfer.driver_.clock_now();
    if (transfer.options_.tls()) transfer.tls_ = tls_info(transfer.easy());
  }
  transfer.head.add_line({data, size * count});
  return size * count;
}

// What arrives before the request can be sent is a proxy's answer to CONNECT.
void Transfer::add_tunnel_line(std::string_view line) {
  tunnel_end_ = driver_.clock_now();
  if (!line.starts_with("HTTP/")) return;
  const std::string_view status = trimmed(line.substr(std::min(line.find(' '), line.size())));
  tunnel_reply_ = status.starts_with('2') ? "" : status;
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::size_t length = size * count;
  if (!transfer.request.discard_body) transfer.take_body({data, length});
  return length;
}

// The rest of a body that cannot be decoded is dropped, so that the connection stays usable.
void Transfer::take_body(std::string_view piece) {
  if (!body_started_) start_body();
  if (!decoder_) {
    result.body.append(piece);
  } else if (failure_.code == 0) {
    fail_decoding(decoder_->write(piece, result.body));
  }
}

// As in k6, the body of a redirect that is followed is not looked at.
void Transfer::start_body() {
  body_started_ = true;
  const std::string_view encoding = head.find("Content-Encoding");
  const std::vector<Coding> codings =
      encoding.empty() ? std::vector<Coding>() : codings_in(encoding);
  if (codings.empty()) {
    result.body.reserve(std::min(head.content_length().value_or(0), kMaxReserve) + kReadAhead);
    prefer_large_pages(result.body.data(), result.body.capacity());
  } else if (!may_follow() || !is_redirect(head.status(), head.find("Location"))) {
    decoder_ = std::make_unique<BodyDecoder>(codings, max_decompressed_body_);
  }
}

void Transfer::fail_decoding(const std::string& problem) {
  if (problem.empty()) return;
  failure_ = {kDecompression, "error decompressing response body (" + problem + ")"};
  result.body = {};
}

std::size_t Transfer::on_read(char* buffer, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.driver_.took_data();
  if (transfer.request.streamed_body) return transfer.read_streamed(buffer, size * count);
  const std::size_t length =
      std::min(size * count, transfer.request.body.size() - transfer.read_offset_);
  std::memcpy(buffer, transfer.request.body.data() + transfer.read_offset_, length);
  transfer.read_offset_ += length;
  transfer.sent_ = transfer.driver_.clock_now();
  return length;
}

std::size_t Transfer::read_streamed(char* buffer, std::size_t length) {
  const Result<std::size_t> got = request.streamed_body->read(read_offset_, buffer, length);
  if (!got.ok()) {
    failure_ = {kUnknown, got.error().message};
    return CURL_READFUNC_ABORT;
  }
  read_offset_ += got.value();
  sent_ = driver_.clock_now();
  return got.value();
}

// libcurl starts over when a connection it reused turns out to be dead.
int Transfer::on_seek(void* self, curl_off_t offset, int) {
  static_cast<Transfer*>(self)->read_offset_ = static_cast<std::size_t>(offset);
  return CURL_SEEKFUNC_OK;
}

int Transfer::on_ready_to_send(void* self, char*, char*, int, int) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.ready_to_send_ = transfer.driver_.clock_now();
  transfer.log_.request_leaves();
  transfer.driver_.connection_opened(transfer);
  return CURL_PREREQFUNC_OK;
}

curl_socket_t Transfer::on_open(void* self, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.stopped_ = transfer.options_.must_not_open();
  if (transfer.stopped_) return CURL_SOCKET_BAD;
  const int fd = address->family == AF_UNIX ? transfer.open_unix_socket(*address)
                                            : transfer.session.dialer.open(transfer, *address);
  if (fd < 0) return CURL_SOCKET_BAD;
  transfer.driver_.opened(fd);
  transfer.session.traffic.opened(fd);
  transfer.session.go_away.reset();
  EventLoop& loop = transfer.driver_.loop();
  loop.cancel(transfer.dial_timeout);
  transfer.dial_timeout = loop.run_at_coarse(
      transfer.hop_start_ + transfer.dial.looking_up + kDialPatience, on_dial_timeout, self);
  return fd;
}

int Transfer::open_unix_socket(const curl_sockaddr& address) {
  const int fd = ::socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
  if (fd < 0) open_errno_ = errno;
  return fd;
}

void Transfer::on_dial_timeout(void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (transfer.state != State::kRunning || transfer.connected()) return;
  transfer.fail(
      classify({.curl_code = CURLE_OPERATION_TIMEDOUT, .has_proxy = transfer.route_.has_proxy()}),
      transfer.driver_.clock_now());
  transfer.driver_.finished(transfer);
}

}  // namespace loadrun::net

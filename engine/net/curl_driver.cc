#include "net/curl_driver.h"

#include <algorithm>
#include <csignal>
#include <string>
#include <utility>

#include "base/check.h"
#include "net/transfer.h"

namespace loadrun::net {
namespace {

constexpr std::size_t kBatch = 32;

// Bounds every session's own cache, too. libcurl's default, 4 x the handles at work, shrinks while
// users sleep and would close their warm connections.
constexpr long kMaxCachedConnections = 1'000'000;

// Of one connection: so many as the server allows. libcurl's default, 100, would open a second one.
constexpr long kMaxStreams = 10'000;

// TLS libraries write to closed connections: that must be an error, not a signal.
CURLcode initialise_once() {
  static const CURLcode code = [] {
    std::signal(SIGPIPE, SIG_IGN);
    return curl_global_init(CURL_GLOBAL_DEFAULT);
  }();
  return code;
}

std::uint32_t epoll_events(int what) {
  return (what == CURL_POLL_IN || what == CURL_POLL_INOUT ? std::uint32_t{EPOLLIN} : 0U) |
         (what == CURL_POLL_OUT || what == CURL_POLL_INOUT ? std::uint32_t{EPOLLOUT} : 0U);
}

int select_mask(std::uint32_t events) {
  return ((events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
         ((events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
         ((events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
}

}  // namespace

Result<std::unique_ptr<CurlDriver>> CurlDriver::create(EventLoop& loop) {
  if (const CURLcode code = initialise_once(); code != CURLE_OK) {
    return Error{ExitCode::kInternalError,
                 std::string("cannot initialise libcurl: ") + curl_easy_strerror(code)};
  }
  CurlMulti multi(curl_multi_init());
  if (!multi) return Error{ExitCode::kInternalError, "cannot create a libcurl multi handle"};
  return std::make_unique<CurlDriver>(loop, std::move(multi));
}

CurlDriver::CurlDriver(EventLoop& loop, CurlMulti multi)
    : loop_(loop), multi_(std::move(multi)), sockets_(loop, on_ready, this) {
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, kMaxCachedConnections);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_CONCURRENT_STREAMS, kMaxStreams);
}

CurlDriver::~CurlDriver() {
  loop_.cancel(wake_up_);
  multi_.reset();  // Its callbacks use the other members.
}

void CurlDriver::add(Transfer& transfer) {
  if (!gate_.holds(transfer)) begin(transfer);
}

void CurlDriver::begin(Transfer& transfer) {
  transfer.added = true;
  LOADRUN_CHECK(curl_multi_add_handle(multi_.get(), transfer.easy()) == CURLM_OK);
}

void CurlDriver::pause(Transfer& transfer) {
  LOADRUN_CHECK(curl_multi_remove_handle(multi_.get(), transfer.easy()) == CURLM_OK);
}

void CurlDriver::remove(Transfer& transfer) {
  gate_.left(transfer);
  pause(transfer);
}

void CurlDriver::finished(Transfer& transfer) { finished_.push_back(&transfer); }

void CurlDriver::forget_finished(Transfer& transfer) {
  for (Transfer*& entry : finished_) {
    if (entry == &transfer) entry = nullptr;
  }
}

// First libcurl's work, then (by the owner) the scripts': what a script does between two sockets
// would count as waiting time of the second one. In batches, because a generator that is this busy
// gains more from the memory of a request being in the cache when its script goes on.
void CurlDriver::run() {
  if (gate_.has_released()) {
    for (Transfer* const transfer : gate_.take_released()) {
      if (transfer->state == Transfer::State::kRunning) begin(*transfer);
    }
  }
  const std::size_t end = std::min(acted_ + kBatch, ready_.size());
  while (acted_ < end) {
    const Ready ready = ready_[acted_++];
    const std::uint64_t taken = taken_;
    act(ready.fd, ready.mask);
    sockets_.acted(ready.fd, ready.mask == CURL_CSELECT_OUT, taken_ != taken);
  }
  if (!has_ready()) {
    ready_.clear();
    acted_ = 0;
  }
  if (deadline_is_due()) {
    has_deadline_ = false;
    act(CURL_SOCKET_TIMEOUT, 0);
  }
  batch_end_ = finished_.size();
}

Transfer* CurlDriver::next_finished() {
  while (next_ < batch_end_) {
    if (Transfer* const transfer = finished_[next_++]; transfer != nullptr) return transfer;
  }
  finished_.erase(finished_.begin(), finished_.begin() + static_cast<std::ptrdiff_t>(next_));
  next_ = batch_end_ = 0;
  return nullptr;
}

void CurlDriver::schedule() {
  const bool at_once = has_work();
  const TimePoint when = at_once ? loop_.now() : deadline_;
  // A wake-up for work that is done by now would make the loop turn for nothing; a later one costs
  // less than moving it.
  const bool stale = wake_up_armed_ && wake_up_at_ <= loop_.now() && !at_once;
  if (stale) {
    loop_.cancel(wake_up_);
    wake_up_armed_ = false;
  }
  const bool nothing_to_do = !at_once && !has_deadline_;
  if (nothing_to_do || (wake_up_armed_ && wake_up_at_ <= when)) return;
  loop_.cancel(wake_up_);
  wake_up_ = loop_.run_at(when, on_wake_up, this);
  wake_up_at_ = when;
  wake_up_armed_ = true;
}

int CurlDriver::on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) {
  static_cast<CurlDriver*>(self)->sockets_.want(fd, epoll_events(what));
  return 0;
}

int CurlDriver::on_timer(CURLM*, long timeout_ms, void* self) {
  auto& driver = *static_cast<CurlDriver*>(self);
  driver.has_deadline_ = timeout_ms >= 0;
  // libcurl 7.88 rounds down to milliseconds: without one more it would be asked too early, again
  // and again.
  driver.deadline_ =
      timeout_ms > 0 ? driver.clock_now() + std::chrono::milliseconds(timeout_ms + 1) : TimePoint{};
  return 0;
}

void CurlDriver::on_ready(void* self, int fd, std::uint32_t events) {
  static_cast<CurlDriver*>(self)->ready_.push_back({fd, select_mask(events)});
}

void CurlDriver::on_wake_up(void* self) { static_cast<CurlDriver*>(self)->wake_up_armed_ = false; }

bool CurlDriver::deadline_is_due() const { return has_deadline_ && deadline_ <= loop_.now(); }

void CurlDriver::act(curl_socket_t fd, int mask) {
  int running = 0;
  LOADRUN_CHECK(curl_multi_socket_action(multi_.get(), fd, mask, &running) == CURLM_OK);
  collect();
}

void CurlDriver::end(Transfer& transfer, CURLcode code) {
  if (transfer.needs_connection(code)) {
    pause(transfer);
    transfer.open_connection();
    resume(transfer);
  } else {
    transfer.finish(code, clock_now());
    finished_.push_back(&transfer);
  }
}

void CurlDriver::collect() {
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
    Transfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    if (transfer->state != Transfer::State::kRunning) continue;
    end(*transfer, message->data.result);
  }
}

}  // namespace loadrun::net

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ip_pool.h"
#include "base/result.h"
#include "net/dial_rules.h"
#include "net/event_loop.h"
#include "net/http_types.h"
#include "net/shared_tls_context.h"
#include "net/tls_settings.h"

namespace loadrun::net {

class CurlDriver;
class Dialer;
class EnvironmentProxies;
class HttpClient;
class Resolver;
class Transfer;
struct SessionState;

struct HttpOptions {
  std::string user_agent = {};  ///< "" sends none.
  bool insecure_skip_tls_verify = false;
  TlsSettings tls = {};
  bool no_connection_reuse = false;
  /// Exchanges keep what was sent and received.
  enum class Trace { kNothing, kHeaders, kBodies };
  Trace trace = Trace::kNothing;
  std::shared_ptr<const EnvironmentProxies> proxies = nullptr;  ///< Null: there are none.
  std::uint64_t max_decompressed_body = 100 << 20;  ///< Bytes; a body that gives more fails.
  DialRules dial = {};
  std::shared_ptr<Resolver> resolver = nullptr;  ///< Null: one of its own, as by default.
  IpPool local_addresses = {};  ///< User n connects from number n - 1; none: from any.
  std::uint64_t seed = 0;       ///< Of the choices among the addresses of a name.
};

/// Called once per started request, from HttpClient::drive(), never from start() or cancel().
/// `result` may be moved from. May start and cancel requests, and destroy sessions.
using HttpDone = void (*)(void* context, HttpResult& result);

/// A VU's connections and handles (decision 10). Outlived by its HttpClient; destroying it cancels
/// what is in flight without a callback.
class HttpSession {
 public:
  /// `user` is the number of the VU; `count` tells the random choices of its sessions apart.
  explicit HttpSession(HttpClient& client, std::uint64_t user = 0, std::uint64_t count = 0);
  HttpSession(HttpSession&&) noexcept;
  HttpSession& operator=(HttpSession&&) = delete;
  ~HttpSession();

 private:
  friend class HttpClient;
  std::unique_ptr<SessionState> state_;
};

/// libcurl behind "request in, exchanges out" (decision 11). Confined to its worker; driven by its
/// EventLoop.
class HttpClient {
 public:
  /// `loop` outlives the client and its sessions; its drive hook stays the caller's to set. Fails
  /// when libcurl does.
  static Result<std::unique_ptr<HttpClient>> create(EventLoop& loop, const HttpOptions& options);

  HttpClient(EventLoop& loop, const HttpOptions& options, std::unique_ptr<CurlDriver> driver);
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  /// Starts a request; `request` is taken over. Timings start now. A request that must not be sent
  /// (see request_check.h) completes like any other, with an error.
  void start(HttpSession& session, HttpRequest&& request, HttpDone done, void* context);
  /// Drops the request that `session` started with this `context`, if it is in flight: no callback,
  /// its connection is closed.
  void cancel(HttpSession& session, const void* context);
  /// How many requests it sent, each redirect and answer to a challenge being one, and how many of
  /// them were cancelled.
  struct Counts {
    std::uint64_t sent = 0;
    std::uint64_t cancelled = 0;
  };
  const Counts& counts() const { return counts_; }

  /// Lets curl act on ready sockets and due timers, and completes what is done. Part of the
  /// worker's turn.
  void drive();

 private:
  friend class HttpSession;

  std::unique_ptr<SessionState> new_session(std::uint64_t user, std::uint64_t count);
  void run_driver();
  Transfer& idle_transfer(SessionState& session);
  void start_hop(Transfer& transfer);
  void send(Transfer& transfer);
  void go_on(Transfer& transfer);
  void resume_answered();
  void end_hop(Transfer& transfer);
  bool prepare_redirect(Transfer& transfer, HttpExchange& exchange);
  void deliver(Transfer& transfer);
  void release(Transfer& transfer);
  void abandon(Transfer& transfer);
  void abandon_all(SessionState& session);
  static void on_timeout(void* transfer);

  EventLoop& loop_;
  const HttpOptions options_;
  SharedTlsContext tls_context_;
  std::unique_ptr<CurlDriver> driver_;
  std::unique_ptr<Dialer> dialer_;
  Counts counts_;
  std::size_t transfers_ = 0;  ///< Made so far.
  bool driving_ = false;       ///< In drive(), which schedules once at its end.
};

}  // namespace loadrun::net

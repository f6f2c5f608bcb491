#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "net/event_loop.h"
#include "net/http_types.h"

namespace loadrun::net {

struct HttpOptions {
  std::string user_agent;          ///< "" sends none.
  bool insecure_skip_tls_verify = false;
  bool no_connection_reuse = false;
};

/// Called once per started request, from HttpClient::drive(), never from start() or cancel(). `result` may be moved from.
using HttpDone = void (*)(void* context, HttpResult& result);

class HttpClient;

/// A VU's connections and handles (decision 10). Outlived by its HttpClient; destroying it cancels what is in flight without a callback.
class HttpSession {
 public:
  explicit HttpSession(HttpClient& client);
  ~HttpSession();
};

/// libcurl behind "request in, exchanges out" (decision 11). Confined to its worker; driven by its EventLoop.
class HttpClient {
 public:
  static Result<std::unique_ptr<HttpClient>> create(EventLoop& loop, const HttpOptions& options);

  /// Starts a request; `request` is taken over. Timings start now.
  void start(HttpSession& session, HttpRequest&& request, HttpDone done, void* context);
  /// Drops what `session` has in flight: no callback, its connections are closed.
  void cancel(HttpSession& session);
  /// Lets curl act on ready sockets and due timers, and completes what is done. Part of the worker's turn.
  void drive();
};

}  // namespace loadrun::net

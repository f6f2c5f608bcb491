#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "net/event_loop.h"
#include "net/http_client.h"
#include "support/catch.h"

namespace loadrun::test {

/// A client on a real loop, and one session.
class HttpFixture {
 public:
  explicit HttpFixture(const net::HttpOptions& options = {.user_agent = "test/1"})
      : loop_(std::move(net::EventLoop::create(clock)).value()),
        client_(std::move(net::HttpClient::create(*loop_, options)).value()),
        session(*client_) {
    loop_->set_drive([](void* c) { static_cast<net::HttpClient*>(c)->drive(); }, client_.get());
  }

  net::EventLoop& loop() { return *loop_; }
  net::HttpClient& client() { return *client_; }

  /// A call in progress; its address must not change.
  struct Call {
    bool done = false;
    net::HttpResult result{};

    static void on_done(void* self, net::HttpResult& result) {
      auto& call = *static_cast<Call*>(self);
      call.result = std::move(result);
      call.done = true;
    }
    const net::HttpExchange& last() const { return result.exchanges.back(); }
  };

  void start(Call& call, net::HttpRequest request) { start(session, call, std::move(request)); }
  void start(net::HttpSession& with, Call& call, net::HttpRequest request) {
    client_->start(with, std::move(request), Call::on_done, &call);
  }
  void wait(const Call& call) {
    while (!call.done) loop_->turn();
  }
  /// Turns for `d` of real time.
  void turn_for(Nanoseconds d) {
    bool over = false;
    loop_->run_at(
        clock.now() + d, [](void* flag) { *static_cast<bool*>(flag) = true; }, &over);
    while (!over) loop_->turn();
  }

  net::HttpResult send(net::HttpRequest request) {
    Call call;
    start(call, std::move(request));
    wait(call);
    return std::move(call.result);
  }
  net::HttpResult get(const std::string& url) { return send({.url = url}); }

  const SystemClock clock{};

 private:
  std::unique_ptr<net::EventLoop> loop_;
  std::unique_ptr<net::HttpClient> client_;

 public:
  net::HttpSession session;
};

}  // namespace loadrun::test

#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/result.h"
#include "coupon/target/api.h"
#include "coupon/target/counters.h"
#include "coupon/target/coupon_service.h"
#include "coupon/target/target_options.h"

namespace loadrun::coupon {

class HttpSession;

/// The event loop of the target: accepts connections, feeds requests to the service, and delivers
/// its answers when one timer, set to the model's next event, says so. One thread runs everything.
class Server {
 public:
  /// Listens on 127.0.0.1. Fails when the port is taken. `clock` outlives the server.
  static Result<std::unique_ptr<Server>> create(const TargetOptions& options, const Clock& clock);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const { return port_; }
  Counters& counters() { return counters_; }

  /// Serves until SIGTERM or SIGINT.
  void run();

  /// Takes a request of `session`, which is answered now or when the database is done.
  void handle(std::shared_ptr<HttpSession> session, const ApiRequest& request);

  /// Refuses what could not be read as HTTP.
  void handle_malformed(const std::shared_ptr<HttpSession>& session);

 private:
  /// A request that waits for the database.
  struct Waiting {
    std::shared_ptr<HttpSession> session;
    std::string_view route;
  };

  Server(const TargetOptions& options, const Clock& clock);

  Result<void> listen(std::uint16_t port);
  void wait_for_clients();
  void accept_clients();
  void deliver_answers();
  void arm_timer();
  void finish(const Waiting& request, ApiReply reply);

  const Clock& clock_;
  Counters counters_;  // Outlives everything that holds sessions: their destructors count.
  CouponService service_;
  QueryId next_id_ = 0;
  std::uint16_t port_ = 0;
  boost::asio::io_context context_{1};
  boost::asio::ip::tcp::acceptor acceptor_{context_};
  boost::asio::steady_timer accept_retry_{context_};
  boost::asio::steady_timer model_timer_{context_};
  std::optional<TimePoint> armed_for_;
  boost::asio::signal_set signals_{context_};
  std::unordered_map<QueryId, Waiting> waiting_;  // Its sessions' sockets need the context.
};

}  // namespace loadrun::coupon

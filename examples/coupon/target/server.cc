#include "coupon/target/server.h"

#include <csignal>
#include <string>
#include <utility>

#include "coupon/target/http_session.h"

namespace loadrun::coupon {
namespace {

using boost::asio::ip::tcp;

constexpr int kBacklog = 8192;
constexpr auto kAcceptRetry = 10ms;

}  // namespace

Server::Server(const TargetOptions& options, const Clock& clock)
    : clock_(clock), service_(options.database, options.stock) {}

Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::create(const TargetOptions& options, const Clock& clock) {
  std::unique_ptr<Server> server(new Server(options, clock));
  if (auto listening = server->listen(options.port); !listening.ok()) return listening.error();
  return server;
}

Result<void> Server::listen(std::uint16_t port) {
  const tcp::endpoint endpoint(boost::asio::ip::address_v4::loopback(), port);
  boost::system::error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(kBacklog, error);
  if (!error) acceptor_.non_blocking(true, error);
  if (!error) port_ = acceptor_.local_endpoint(error).port();
  if (!error) signals_.add(SIGTERM, error);
  if (!error) signals_.add(SIGINT, error);
  if (!error) return {};
  return Error{ExitCode::kGeneric,
               "cannot listen on 127.0.0.1:" + std::to_string(port) + ": " + error.message()};
}

void Server::run() {
  signals_.async_wait([this](const boost::system::error_code&, int) { context_.stop(); });
  wait_for_clients();
  context_.run();
}

void Server::wait_for_clients() {
  acceptor_.async_wait(tcp::acceptor::wait_read,
                       [this](const boost::system::error_code&) { accept_clients(); });
}

/// Takes all who knock: one a turn would leave a stampede in the backlog while others are served.
void Server::accept_clients() {
  for (;;) {
    boost::system::error_code error;
    tcp::socket socket = acceptor_.accept(error);
    if (error == boost::asio::error::would_block) return wait_for_clients();
    if (error) {
      // Out of file descriptors: clients stay in the backlog, and asking again at once would spin
      // until one of them leaves.
      accept_retry_.expires_after(kAcceptRetry);
      accept_retry_.async_wait([this](const boost::system::error_code&) { accept_clients(); });
      return;
    }
    boost::system::error_code ignored;  // Slower without, not wrong.
    socket.set_option(tcp::no_delay(true), ignored);
    std::make_shared<HttpSession>(std::move(socket), *this)->read();
  }
}

void Server::handle(std::shared_ptr<HttpSession> session, const ApiRequest& request) {
  counters_.request_started();
  const QueryId id = next_id_++;
  Waiting waiting{std::move(session), route_of(request)};
  if (auto reply = service_.start(clock_.now(), id, request)) {
    finish(waiting, std::move(*reply));
  } else {
    waiting_.emplace(id, std::move(waiting));
    deliver_answers();
  }
}

void Server::handle_malformed(const std::shared_ptr<HttpSession>& session) {
  counters_.request_started();
  finish({session, "malformed"}, {400, R"({"error":"the request could not be read"})"});
}

void Server::deliver_answers() {
  for (auto& answer : service_.answers(clock_.now())) {
    finish(waiting_.extract(answer.request).mapped(), std::move(answer.reply));
  }
  arm_timer();
}

void Server::arm_timer() {
  const auto next = service_.next_event();
  if (next == armed_for_) return;
  armed_for_ = next;
  if (!next) return;
  model_timer_.expires_after(*next - clock_.now());
  model_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;  // Set to another instant meanwhile.
    armed_for_.reset();
    deliver_answers();
  });
}

void Server::finish(const Waiting& request, ApiReply reply) {
  counters_.request_finished(request.route, reply.status);
  request.session->reply(std::move(reply));
}

}  // namespace loadrun::coupon

#include "coupon/target/http_session.h"

#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <cstdint>
#include <string_view>
#include <utility>

#include "coupon/target/server.h"

namespace loadrun::coupon {
namespace {

namespace http = boost::beast::http;

constexpr std::uint64_t kBodyLimit = 16 * 1024;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

/// Whether the client sent something that is not HTTP, rather than going away.
bool is_malformed(const boost::system::error_code& error) {
  return error.category() == make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

}  // namespace

HttpSession::HttpSession(boost::asio::ip::tcp::socket socket, Server& server)
    : socket_(std::move(socket)), server_(server) {
  server_.counters().connection_opened();
}

HttpSession::~HttpSession() { server_.counters().connection_closed(); }

void HttpSession::read() {
  parser_.emplace();
  parser_->body_limit(kBodyLimit);
  http::async_read(socket_, buffer_, *parser_,
                   [self = shared_from_this()](const boost::system::error_code& error,
                                               std::size_t) { self->on_request(error); });
}

void HttpSession::on_request(const boost::system::error_code& error) {
  if (is_malformed(error)) return server_.handle_malformed(shared_from_this());
  if (error) return;
  const auto& request = parser_->get();
  server_.handle(shared_from_this(), {.method = view(request.method_string()),
                                      .target = view(request.target()),
                                      .user_id = view(request["X-User-Id"]),
                                      .body = request.body()});
}

void HttpSession::reply(ApiReply reply) {
  const bool complete = parser_->is_done();
  response_ = {};
  response_.result(static_cast<unsigned>(reply.status));
  response_.set(http::field::content_type, "application/json");
  response_.keep_alive(complete && parser_->get().keep_alive());
  if (parser_->get().method() != http::verb::head) response_.body() = std::move(reply.body);
  response_.prepare_payload();
  http::async_write(socket_, response_,
                    [self = shared_from_this()](const boost::system::error_code& error,
                                                std::size_t) { self->on_written(error); });
}

void HttpSession::on_written(const boost::system::error_code& error) {
  if (error) return;
  if (response_.keep_alive()) return read();
  boost::system::error_code ignored;  // The client may have closed first.
  socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
}

}  // namespace loadrun::coupon

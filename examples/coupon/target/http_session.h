#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <optional>

#include "coupon/target/api.h"

namespace loadrun::coupon {

class Server;

/// One client connection: reads a request, hands it to the server, writes the answer, and again
/// while the client keeps the connection. Lives as long as an operation on its socket or a request
/// at the server refers to it.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  /// `server` outlives every session: it owns the context that the sessions run on.
  HttpSession(boost::asio::ip::tcp::socket socket, Server& server);
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;
  ~HttpSession();

  /// Waits for the next request.
  void read();

  /// Answers the request that was handed to the server.
  void reply(ApiReply reply);

 private:
  void on_request(const boost::system::error_code& error);
  void on_written(const boost::system::error_code& error);

  boost::asio::ip::tcp::socket socket_;
  Server& server_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  boost::beast::http::response<boost::beast::http::string_body> response_;
};

}  // namespace loadrun::coupon

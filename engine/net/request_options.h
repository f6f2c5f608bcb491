#pragma once

#include <string>
#include <vector>

#include "net/curl_handles.h"
#include "net/failure.h"
#include "net/http_types.h"

namespace loadrun::net {

/// The request-scoped options of one easy handle. apply() determines every one of them for each
/// request, so nothing of an earlier request can leak into the next, but calls libcurl only for
/// those that differ from what is set: that is ten times cheaper than setting all (pitfalls: reuse
/// of handles).
class RequestOptions {
 public:
  /// Larger bodies are read by libcurl piece by piece, so that the end of sending can be observed.
  static constexpr std::size_t kSentAtOnce = 16 * 1024;

  /// `user_agent`, which outlives this, is for requests that bring none; "" sends none. With
  /// `always_fresh` every request opens a connection.
  RequestOptions(const std::string& user_agent, bool always_fresh)
      : user_agent_(user_agent), always_fresh_(always_fresh) {}

  /// Makes `easy` send `request`, whose body must stay where it is until the transfer ended. Fails,
  /// with `easy` in an unspecified but reusable state, when the request must not reach the wire.
  /// Rewrites `request.url` as it is sent.
  Failure apply(CURL* easy, HttpRequest& request);

  /// The last request's URL is https.
  bool tls() const { return tls_; }
  /// HTTP/2 in plain text needs a new connection to be opened in a certain way, and reused ones not
  /// to be: libcurl 7.88 would begin HTTP/2 on them a second time. So a request first looks for a
  /// connection; when libcurl is about to open one although it must not, it is stopped and, after
  /// open_connection(), begins again.
  bool must_not_open() const { return !tls_ && version_ == CURL_HTTP_VERSION_2TLS; }
  /// The last request opens a connection of its own, whatever there is to be reused.
  void open_connection(CURL* easy);

  /// The last request may share its connection with others (HTTP/2).
  bool may_multiplex() const { return version_ != CURL_HTTP_VERSION_1_1; }
  /// The version of the last request is what its scheme implies.
  bool usual_version() const { return may_multiplex() == tls_; }

 private:
  enum class Shape { kUnset, kGet, kHead, kWithBody };

  Failure apply_url(CURL* easy, HttpRequest& request);
  void keep_parsed(CURL* easy);
  void apply_version(CURL* easy, HttpVersion version);
  Failure apply_method(CURL* easy, const HttpRequest& request, Shape shape);
  Failure apply_headers(CURL* easy, const HttpRequest& request, Shape shape);
  void apply_shape(CURL* easy, Shape shape);
  static void apply_body(CURL* easy, const HttpRequest& request);

  const std::string& user_agent_;
  const bool always_fresh_;
  bool fresh_ = false;  ///< After open_connection().
  std::string url_;
  CurlUrl parsed_;  ///< url_, from its second request on.
  bool tls_ = false;
  long version_ = CURL_HTTP_VERSION_1_1;  ///< CURLOPT_HTTP_VERSION.
  std::string method_ = "GET";
  Shape shape_ = Shape::kUnset;
  std::vector<Header> headers_;
  bool headers_for_body_ = false;
  CurlList list_;
};

}  // namespace loadrun::net

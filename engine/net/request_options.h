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

  /// `user_agent`, which outlives this, is for requests that bring none; "" sends none.
  explicit RequestOptions(const std::string& user_agent) : user_agent_(user_agent) {}

  /// Makes `easy` send `request`, whose body must stay where it is until the transfer ended. Fails,
  /// with `easy` in an unspecified but reusable state, when the request must not reach the wire.
  /// Rewrites `request.url` as it is sent.
  Failure apply(CURL* easy, HttpRequest& request);

  /// The last request's URL is https.
  bool tls() const { return tls_; }

 private:
  enum class Shape { kUnset, kGet, kHead, kWithBody };

  Failure apply_url(CURL* easy, HttpRequest& request);
  void keep_parsed(CURL* easy);
  Failure apply_method(CURL* easy, const HttpRequest& request, Shape shape);
  Failure apply_headers(CURL* easy, const HttpRequest& request, Shape shape);
  void apply_shape(CURL* easy, Shape shape);
  static void apply_body(CURL* easy, const HttpRequest& request);

  const std::string& user_agent_;
  std::string url_;
  CurlUrl parsed_;  ///< url_, from its second request on.
  bool tls_ = false;
  std::string method_ = "GET";
  Shape shape_ = Shape::kUnset;
  std::vector<Header> headers_;
  bool headers_for_body_ = false;
  CurlList list_;
};

}  // namespace loadrun::net

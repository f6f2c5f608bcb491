#include "net/request_options.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "net/curl_url.h"
#include "net/request_check.h"
#include "net/upload.h"
#include "net/url_check.h"

namespace loadrun::net {
namespace {

// Go's client sends a Content-Length of 0 for these even without a body.
bool always_sends_length(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

// Framing is the transport's: Go ignores these in a request's headers, too.
bool belongs_to_transport(std::string_view name) {
  static constexpr std::array<std::string_view, 3> kNames = {"Content-Length", "Transfer-Encoding",
                                                             "Trailer"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [name](std::string_view own) { return equals_ignoring_case(own, name); });
}

// Header lines for libcurl, which itself would look for the end of the list at every line.
class HeaderLines {
 public:
  void append(const std::string& line) {
    curl_slist* const longer = curl_slist_append(last_, line.c_str());
    LOADRUN_CHECK(longer != nullptr);
    if (last_ == nullptr) lines_.reset(longer);
    last_ = last_ == nullptr ? longer : last_->next;
  }
  CurlList take() { return std::move(lines_); }

 private:
  CurlList lines_;
  curl_slist* last_ = nullptr;
};

// libcurl's notation: "Name:" removes its own header, "Name;" sends one without a value.
std::string header_line(const Header& header) {
  return header.value.empty() ? header.name + ";" : header.name + ": " + header.value;
}

bool is_sent(const Header& header) {
  const bool removes = header.value.empty() && equals_ignoring_case(header.name, "User-Agent");
  return !removes && !belongs_to_transport(header.name);
}

bool has_header(const std::vector<Header>& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [name](const Header& h) { return equals_ignoring_case(h.name, name); });
}

// k6 sends no headers of its own besides User-Agent, Host and Content-Length: libcurl's are
// removed. User-Agent is one of the list, because libcurl would format its own for each request.
CurlList build_list(const std::vector<Header>& headers, const std::string& user_agent,
                    bool with_body) {
  HeaderLines list;
  if (!user_agent.empty() && !has_header(headers, "User-Agent"))
    list.append("User-Agent: " + user_agent);
  if (!has_header(headers, "Accept")) list.append("Accept:");
  if (with_body && !has_header(headers, "Content-Type")) list.append("Content-Type:");
  if (with_body && !has_header(headers, "Expect")) list.append("Expect:");
  for (const Header& header : headers) {
    if (is_sent(header)) list.append(header_line(header));
  }
  return list.take();
}

}  // namespace

Failure RequestOptions::apply(CURL* easy, HttpRequest& request) {
  if (Failure failure = apply_url(easy, request); failure.code != 0) return failure;
  apply_version(easy, request.version);
  const bool with_body = request.has_body || always_sends_length(request.method);
  const Shape shape = request.method == "HEAD" ? Shape::kHead
                      : with_body              ? Shape::kWithBody
                                               : Shape::kGet;
  if (Failure failure = apply_method(easy, request, shape); failure.code != 0) return failure;
  if (Failure failure = apply_headers(easy, request, shape); failure.code != 0) return failure;
  if (shape == Shape::kWithBody) apply_body(easy, request);
  return {};
}

Failure RequestOptions::apply_url(CURL* easy, HttpRequest& request) {
  if (!url_.empty() && request.url == url_) {
    keep_parsed(easy);
    return {};
  }
  if (Failure failure = check_url(request.url); failure.code != 0) return failure;
  request.url = encode_url(std::move(request.url));
  url_ = request.url;
  if (parsed_) curl_easy_setopt(easy, CURLOPT_CURLU, nullptr);
  parsed_.reset();
  curl_easy_setopt(easy, CURLOPT_URL, url_.c_str());
  tls_ = is_https(url_);
  return {};
}

// libcurl parses the text of a URL for every request, which is a tenth of its work for a small one.
void RequestOptions::keep_parsed(CURL* easy) {
  if (parsed_) return;
  parsed_ = parse_url(url_);
  if (parsed_) curl_easy_setopt(easy, CURLOPT_CURLU, parsed_.get());
}

// One fixed version where there is no ALPN: negotiating is for TLS.
void RequestOptions::apply_version(CURL* easy, HttpVersion version) {
  const long https = version == HttpVersion::k1 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS;
  const long http = version == HttpVersion::k2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1;
  const long wanted = tls_ ? https : http;
  if (fresh_) curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, always_fresh_ ? 1L : 0L);
  fresh_ = false;
  if (wanted == version_) return;
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, wanted);
  version_ = wanted;
}

void RequestOptions::open_connection(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  fresh_ = true;
  if (!must_not_open()) return;
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE);
  version_ = CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
}

Failure RequestOptions::apply_method(CURL* easy, const HttpRequest& request, Shape shape) {
  if (request.method == method_ && shape == shape_) return {};
  if (Failure failure = check_method(request.method); failure.code != 0) return failure;
  apply_shape(easy, shape);
  method_ = request.method;
  const bool implied = shape == Shape::kHead || (shape == Shape::kGet && method_ == "GET");
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, implied ? nullptr : method_.c_str());
  return {};
}

void RequestOptions::apply_shape(CURL* easy, Shape shape) {
  // The body's pointer belongs to the request before; setting it selects POST, so it goes first.
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, nullptr);
  if (shape == Shape::kGet) curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  if (shape == Shape::kHead) curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  if (shape == Shape::kWithBody) curl_easy_setopt(easy, CURLOPT_POST, 1L);
  shape_ = shape;
}

Failure RequestOptions::apply_headers(CURL* easy, const HttpRequest& request, Shape shape) {
  const bool with_body = shape == Shape::kWithBody;
  if (list_ && with_body == headers_for_body_ && request.headers == headers_) return {};
  if (Failure failure = check_headers(request.headers); failure.code != 0) return failure;
  CurlList list = build_list(request.headers, user_agent_, with_body);
  // libcurl keeps the pointer only: the old list goes after the new one is set. It is null without
  // any line.
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list.get());
  list_ = std::move(list);
  headers_ = request.headers;
  headers_for_body_ = with_body;
  return {};
}

void RequestOptions::apply_body(CURL* easy, const HttpRequest& request) {
  const std::uint64_t size =
      request.streamed_body ? request.streamed_body->size() : request.body.size();
  const bool at_once = !request.streamed_body && size <= kSentAtOnce;
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(size));
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, at_once ? request.body.data() : nullptr);
}

}  // namespace loadrun::net

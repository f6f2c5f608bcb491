#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/http_version.h"
#include "net/cookie.h"
#include "net/ocsp.h"

namespace loadrun::net {

class CookieJar;
class StreamedBody;
struct Route;

struct Header {
  std::string name;
  std::string value;

  bool operator==(const Header&) const = default;
};

/// How credentials in a URL ("user:password@") are used. Digest takes an exchange a leg; the legs
/// of NTLM are libcurl's and count as one exchange.
enum class Auth : std::uint8_t { kBasic, kDigest, kNtlm };

/// A request as the script asked for it.
struct HttpRequest {
  std::string method = "GET";
  std::string url = {};
  std::vector<Header> headers = {};  ///< An empty User-Agent removes it; Host sets the authority.
  std::string body = {};
  std::shared_ptr<const StreamedBody> streamed_body = {};  ///< Instead of `body` when it has files.
  bool has_body = false;
  Nanoseconds timeout{60s};  ///< For the whole call, redirects included.
  int max_redirects = 10;
  Auth auth = Auth::kBasic;
  HttpVersion version = HttpVersion::kAuto;
  bool discard_body = false;                     ///< The response's body is read and dropped.
  std::vector<RequestCookie> cookies = {};       ///< Sent besides the jar's, to every hop.
  std::shared_ptr<const Route> route = nullptr;  ///< Null: through the environment's proxies.
  std::shared_ptr<CookieJar> jar = nullptr;      ///< Sends and stores cookies at every hop.
};

/// k6's phases of one request on the wire; all >= 0. A reused connection has no connecting and TLS
/// time.
struct HttpTimings {
  Nanoseconds blocked{
      0};  ///< From the script's call (or the previous hop's end) until the request could be sent.
  Nanoseconds looking_up{0};
  Nanoseconds connecting{0};
  Nanoseconds tls_handshaking{0};
  Nanoseconds sending{0};
  Nanoseconds waiting{0};  ///< From the last byte sent to the first one received.
  Nanoseconds receiving{0};

  Nanoseconds duration() const { return sending + waiting + receiving; }
};

/// One request and its response on the wire: a redirect makes several.
struct HttpExchange {
  std::string method;
  std::string url;          ///< As sent, userinfo included: masking is the caller's.
  int status = 0;           ///< 0 when there was no complete response.
  std::string status_text;  ///< "200 OK".
  std::string proto;        ///< "HTTP/1.1", "HTTP/2.0"; "" when none.
  std::string remote_ip;
  int remote_port = 0;
  std::string tls_version;  ///< "tls1.3"; "" without TLS.
  std::string tls_cipher_suite;
  std::shared_ptr<const OcspStatus> ocsp;  ///< What the server stapled; mostly nothing.
  bool challenge = false;  ///< Asks for the credentials that the next exchange brings.
  int error_code = 0;  ///< k6's table (k6-surface 3.3); 1000 + status for 4xx and 5xx; 0 when fine.
  std::string error;   ///< k6's text, "" for mere 4xx/5xx.
  std::string reason;  ///< What the log says instead, where there is more to say.
  HttpTimings timings;
  std::uint64_t bytes_sent = 0;  ///< TCP payload, TLS and handshake included.
  std::uint64_t bytes_received = 0;
  TimePoint end{};
  std::string sent_text;      ///< What was sent, when HttpOptions::trace says so.
  std::string received_text;  ///< What came back, headers and, when asked for, the body.
};

/// k6's `ocsp.status` of an exchange: "unknown" when nothing was stapled, "" without TLS.
inline std::string_view ocsp_status(const HttpExchange& exchange) {
  if (exchange.ocsp) return exchange.ocsp->status;
  return exchange.tls_version.empty() ? "" : "unknown";
}

/// What a call of the script got: all exchanges in order; body and headers are the last one's.
struct HttpResult {
  std::vector<HttpExchange> exchanges;  ///< At least one.
  std::string body;
  std::vector<Header> headers;  ///< Canonical names, in order of arrival, repeated ones kept.
  std::vector<Header> request_headers;  ///< The script's, of the first request.
  std::string request_body;             ///< Of the first request.
  bool too_many_redirects = false;
  std::string sent_cookies;  ///< The Cookie header of the first request.
};

}  // namespace loadrun::net

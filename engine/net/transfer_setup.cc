// How a transfer's handle is made: what stays the same for all its requests.
#include <string>

#include "base/check.h"
#include "net/curl_driver.h"
#include "net/curl_url.h"
#include "net/session_state.h"
#include "net/transfer.h"

namespace loadrun::net {
namespace {

// Allocated per active transfer: small, because users are many and bodies mostly small.
constexpr long kReceiveBuffer = 2 * 1024;
// Reads of this size cost a download a third less.
constexpr long kRoomyReceiveBuffer = 16 * 1024;
constexpr long kUploadBuffer = 16 * 1024;
// k6 keeps idle connections as long as the server does; libcurl's default is 118 s.
constexpr long kMaxIdleSeconds = 10L * 365 * 24 * 3600;

template <typename T>
void set(CURL* easy, CURLoption option, T value) {
  LOADRUN_CHECK(curl_easy_setopt(easy, option, value) == CURLE_OK);
}

}  // namespace

Transfer::Transfer(SessionState& owner, CurlDriver& driver, const HttpOptions& options, bool roomy)
    : session(owner),
      driver_(driver),
      easy_(curl_easy_init()),
      options_(options.user_agent, options.no_connection_reuse),
      route_(options.proxies, owner.tunnel_owners, !options.no_connection_reuse),
      tls_settings_(options.tls),
      max_decompressed_body_(options.max_decompressed_body),
      log_(easy_.get(), options.trace, owner.go_away) {
  LOADRUN_CHECK(easy_ != nullptr);
  set_callbacks();
  set_defaults(options);
  if (roomy) set(easy_.get(), CURLOPT_BUFFERSIZE, kRoomyReceiveBuffer);
}

Transfer::~Transfer() = default;

void Transfer::set_callbacks() {
  CURL* const easy = easy_.get();
  set(easy, CURLOPT_PRIVATE, this);
  set(easy, CURLOPT_ERRORBUFFER, error_text_.data());
  set(easy, CURLOPT_HEADERFUNCTION, on_header);
  set(easy, CURLOPT_HEADERDATA, this);
  set(easy, CURLOPT_WRITEFUNCTION, on_body);
  set(easy, CURLOPT_WRITEDATA, this);
  set(easy, CURLOPT_READFUNCTION, on_read);
  set(easy, CURLOPT_READDATA, this);
  set(easy, CURLOPT_SEEKFUNCTION, on_seek);
  set(easy, CURLOPT_SEEKDATA, this);
  set(easy, CURLOPT_PREREQFUNCTION, on_ready_to_send);
  set(easy, CURLOPT_PREREQDATA, this);
  set(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
  set(easy, CURLOPT_OPENSOCKETDATA, this);
  set(easy, CURLOPT_CLOSESOCKETFUNCTION, SessionState::on_close);
  set(easy, CURLOPT_CLOSESOCKETDATA, &session);
  session.dialer.adopt(easy, *this);
}

void Transfer::set_defaults(const HttpOptions& options) {
  CURL* const easy = easy_.get();
  set(easy, CURLOPT_NOSIGNAL, 1L);
  // Without these two the environment is searched for every request.
  set(easy, CURLOPT_PROXY, "");
  set(easy, CURLOPT_NOPROXY, "");
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(easy, CURLOPT_PATH_AS_IS, 1L);
  set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set_tls(options);
  set(easy, CURLOPT_BUFFERSIZE, kReceiveBuffer);
  set(easy, CURLOPT_UPLOAD_BUFFERSIZE, kUploadBuffer);
  set(easy, CURLOPT_MAXAGE_CONN, kMaxIdleSeconds);
  set(easy, CURLOPT_FRESH_CONNECT, options.no_connection_reuse ? 1L : 0L);
  set(easy, CURLOPT_FORBID_REUSE, options.no_connection_reuse ? 1L : 0L);
}

void Transfer::set_tls(const HttpOptions& options) {
  CURL* const easy = easy_.get();
  const bool verify = !options.insecure_skip_tls_verify;
  // With Debian's default, a directory, the certificates are parsed anew for every connection.
  set(easy, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  set(easy, CURLOPT_PROXY_CAPATH, static_cast<const char*>(nullptr));
  if (!options.tls.ca_file.empty()) {
    set(easy, CURLOPT_CAINFO, options.tls.ca_file.c_str());
    set(easy, CURLOPT_PROXY_CAINFO, options.tls.ca_file.c_str());
  }
  set(easy, CURLOPT_SSL_SESSIONID_CACHE, options.tls.session_resumption ? 1L : 0L);
  set(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
  set(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
  set(easy, CURLOPT_PROXY_SSL_VERIFYPEER, verify ? 1L : 0L);
  set(easy, CURLOPT_PROXY_SSL_VERIFYHOST, verify ? 2L : 0L);
  set(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls_context);
  set(easy, CURLOPT_SSL_CTX_DATA, this);
}

CURLcode Transfer::on_tls_context(CURL*, void* context, void* self) {
  const auto& transfer = *static_cast<Transfer*>(self);
  const TlsSettings& settings = transfer.tls_settings_;
  std::string host;
  if (!settings.client_certificates.empty()) {
    host = url_part(parse_url(transfer.request.url).get(), CURLUPART_HOST);
  }
  const bool configured = configure_tls(static_cast<SSL_CTX*>(context), settings, host);
  return configured ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
}

}  // namespace loadrun::net

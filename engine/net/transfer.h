#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "net/body_decoder.h"
#include "net/curl_handles.h"
#include "net/dialer.h"
#include "net/digest_auth.h"
#include "net/http_client.h"
#include "net/request_options.h"
#include "net/response_head.h"
#include "net/route_options.h"
#include "net/tls_info.h"
#include "net/traffic.h"
#include "net/wire_log.h"

namespace loadrun::net {

class CurlDriver;
struct SessionState;

/// One easy handle of a session and the call it works on, one hop after the other. libcurl's
/// callbacks end here: they only copy bytes and stamp times. Its address is known to libcurl and
/// never changes.
class Transfer {
 public:
  enum class State { kIdle, kRunning, kFinished };

  /// A `roomy` one has a receive buffer for large bodies from the beginning.
  Transfer(SessionState& session, CurlDriver& driver, const HttpOptions& options, bool roomy);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  /// Takes over a call of the script made at `now`.
  void begin(HttpRequest&& request, HttpDone done, void* context, TimePoint now);
  /// Prepares the handle for `request`, the first hop or a redirect. Returns false, with the
  /// failure noted, when it must not be sent.
  bool prepare_hop();
  /// The hop, which libcurl gave back before it sent anything, begins once more.
  void restart();
  /// libcurl ended the hop with `code` because there was no connection that it could use: after
  /// open_connection() it can be added again.
  bool needs_connection(CURLcode code) const;
  void open_connection();
  /// Notes how the hop ended, at `now`.
  void finish(CURLcode code, TimePoint now);
  void fail(Failure failure, TimePoint now);

  /// The exchange of the hop that ended. REQUIRES: the handle is still the hop's (nothing was set
  /// since).
  HttpExchange take_exchange();
  /// Answers the challenge of the hop that ended with the request's credentials. False when there
  /// is none to be answered, or it was answered before.
  bool answer_challenge();
  /// The next hop goes somewhere else: it is asked for credentials anew.
  void forget_answer();
  /// The call's request is about to become that of a redirect: keeps what the script asked for.
  void keep_request();
  /// Hands the finished call over and is idle again.
  HttpResult take_result();
  /// Gives up: idle again, nothing is kept.
  void abandon();

  CURL* easy() const { return easy_.get(); }
  /// Another hop is allowed to follow this one.
  bool may_follow() const;
  /// Names whom the hop's connection is made to: its URL, or a proxy's.
  const std::string& peer_url() const { return route_.has_proxy() ? route_.proxy() : request.url; }
  /// Why the hop got no connection. REQUIRES: the dial failed.
  Failure dial_failure() const;
  /// The hop has a TCP connection.
  bool connected() const;
  /// The hop's connection is open: the request leaves.
  bool ready_to_send() const { return ready_to_send_ != TimePoint{}; }
  bool tls() const { return options_.tls(); }
  bool may_multiplex() const { return options_.may_multiplex(); }

  SessionState& session;
  State state = State::kIdle;
  bool added = false;  ///< libcurl has begun with the hop.
  HttpRequest request;
  HttpResult result;
  ResponseHead head;
  Dial dial;
  HttpDone done = nullptr;
  void* context = nullptr;
  TimerId timeout, dial_timeout;
  int redirects = 0;  ///< Followed so far.

 private:
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* self);
  static int on_seek(void* self, curl_off_t offset, int origin);
  static int on_ready_to_send(void* self, char*, char*, int, int);
  static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address);
  static void on_dial_timeout(void* self);
  static CURLcode on_tls_context(CURL*, void* context, void* self);

  void add_tunnel_line(std::string_view line);
  int open_unix_socket(const curl_sockaddr& address);
  void set_callbacks();
  void set_defaults(const HttpOptions& options);
  void set_tls(const HttpOptions& options);
  void note_size_of_body();
  void start_body();
  void take_body(std::string_view piece);
  void fail_decoding(const std::string& problem);
  std::size_t read_streamed(char* buffer, std::size_t length);
  void describe_connection(HttpExchange& exchange);
  bool sizes_are_exact() const;
  ByteCount sizes() const;
  Failure failure_of_curl() const;
  HttpTimings timings() const;
  TimePoint end_of_sending() const;
  void apply_credentials();
  void join_connections();

  CurlDriver& driver_;
  CurlEasy easy_;
  RequestOptions options_;
  RouteOptions route_;
  bool sent_again_ = false;        // the hop, on a connection of its own
  bool stopped_ = false;           // in on_open
  CURLSH* connections_ = nullptr;  // the handle's cache, one of the session's
  CURLcode code_ = CURLE_OK;
  Failure failure_;
  std::size_t read_offset_ = 0;
  const TlsSettings& tls_settings_;         // the client's, which outlives its sessions
  std::optional<Credentials> credentials_;  // of the URL, for digest and NTLM
  bool answered_ = false;                   // the request's last header answers a challenge
  bool has_ntlm_ = false;                   // the handle is set to NTLM
  const std::uint64_t max_decompressed_body_;
  bool body_started_ = false;
  bool large_bodies_ = false;             ///< The handle has met one.
  std::unique_ptr<BodyDecoder> decoder_;  ///< Null for a body without a known content coding.
  TlsInfo tls_;
  int open_errno_ = 0;                                             // why there was no socket
  TimePoint tunnel_end_;                                           // zero: no tunnel was made
  std::string tunnel_reply_;                                       // of a proxy that made none
  TimePoint hop_start_, ready_to_send_, sent_, first_byte_, end_;  ///< Zero: has not happened.
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  WireLog log_;
};

}  // namespace loadrun::net

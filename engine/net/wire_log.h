#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <optional>
#include <string>

#include "net/http_client.h"

namespace loadrun::net {

/// What libcurl logs of the hops of one handle: the texts for HttpOptions::trace, and the code of a
/// GOAWAY, which libcurl 7.88 tells nowhere else. What passes between the client and a proxy alone
/// is left out of the texts: the making of a tunnel, and the credentials. For the GOAWAY it logs
/// from the moment when a request that may be HTTP/2 has left: the lines about what is sent would
/// cost a tenth of a request. Its address is known to libcurl and never changes.
class WireLog {
 public:
  /// `go_away` gets the code of a GOAWAY that is received. It outlives the log.
  WireLog(CURL* easy, HttpOptions::Trace trace, std::optional<std::uint32_t>& go_away);
  WireLog(const WireLog&) = delete;
  WireLog& operator=(const WireLog&) = delete;

  /// Before each hop.
  void begin(bool may_be_http2);
  /// The hop's connection is open, and the request leaves.
  void request_leaves() { leaving_ = true; }

  /// Moves the texts that were kept since the last call into `exchange`.
  void move_into(HttpExchange& exchange);

 private:
  static int on_debug(CURL*, curl_infotype type, char* data, std::size_t size, void* self);
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
  void add(curl_infotype type, std::string_view text);
  void add_sent_head(std::string_view head);

  CURL* easy_;
  const HttpOptions::Trace trace_;
  std::optional<std::uint32_t>& go_away_;
  bool observes_ = false;  ///< libcurl calls on_progress.
  bool leaving_ = false;
  bool listens_ = false;  ///< libcurl logs although there is no trace.
  bool makes_tunnel_ = false;
  std::string sent_, received_;
};

}  // namespace loadrun::net

#pragma once

#include <string>
#include <string_view>

#include "net/curl_handles.h"
#include "net/http_client.h"

namespace loadrun::net {

/// Keeps what a handle sends and receives, as HttpOptions::trace says. What passes between the
/// client and a proxy alone is left out: the making of a tunnel, and the credentials.
class ExchangeTrace {
 public:
  explicit ExchangeTrace(HttpOptions::Trace kind) : kind_(kind) {}
  ExchangeTrace(const ExchangeTrace&) = delete;
  ExchangeTrace& operator=(const ExchangeTrace&) = delete;

  /// Has libcurl report to this, which must stay where it is, if there is anything to keep.
  void attach(CURL* easy);
  /// Moves what was kept since the last call into `exchange`.
  void move_into(HttpExchange& exchange);

 private:
  static int on_debug(CURL*, curl_infotype type, char* data, std::size_t size, void* self);
  void add_sent_head(std::string_view head);

  const HttpOptions::Trace kind_;
  bool makes_tunnel_ = false;
  std::string sent_, received_;
};

}  // namespace loadrun::net

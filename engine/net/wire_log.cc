#include "net/wire_log.h"

#include <string_view>
#include <utility>

#include "net/http2_error.h"
#include "net/proxy_url.h"

namespace loadrun::net {

WireLog::WireLog(CURL* easy, HttpOptions::Trace trace, std::optional<std::uint32_t>& go_away)
    : easy_(easy), trace_(trace), go_away_(go_away) {
  curl_easy_setopt(easy_, CURLOPT_DEBUGFUNCTION, on_debug);
  curl_easy_setopt(easy_, CURLOPT_DEBUGDATA, this);
  curl_easy_setopt(easy_, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(easy_, CURLOPT_XFERINFODATA, this);
  if (trace_ != HttpOptions::Trace::kNothing) curl_easy_setopt(easy_, CURLOPT_VERBOSE, 1L);
}

void WireLog::begin(bool may_be_http2) {
  leaving_ = false;
  if (trace_ != HttpOptions::Trace::kNothing) return;
  if (std::exchange(listens_, false)) curl_easy_setopt(easy_, CURLOPT_VERBOSE, 0L);
  if (may_be_http2 == observes_) return;
  curl_easy_setopt(easy_, CURLOPT_NOPROGRESS, may_be_http2 ? 0L : 1L);
  observes_ = may_be_http2;
}

void WireLog::move_into(HttpExchange& exchange) {
  exchange.sent_text = std::exchange(sent_, {});
  exchange.received_text = std::exchange(received_, {});
}

int WireLog::on_debug(CURL*, curl_infotype type, char* data, std::size_t size, void* self) {
  static_cast<WireLog*>(self)->add(type, {data, size});
  return 0;
}

// libcurl calls it next when the request's head, and what of its body goes with that, is sent.
int WireLog::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& log = *static_cast<WireLog*>(self);
  if (!log.leaving_ || log.listens_) return 0;
  log.listens_ = true;
  curl_easy_setopt(log.easy_, CURLOPT_VERBOSE, 1L);
  return 0;
}

void WireLog::add(curl_infotype type, std::string_view text) {
  if (type == CURLINFO_TEXT) {
    if (const auto code = number_after(text, "GOAWAY, error=")) go_away_ = code;
    return;
  }
  if (trace_ == HttpOptions::Trace::kNothing) return;
  const bool bodies = trace_ == HttpOptions::Trace::kBodies;
  if (type == CURLINFO_HEADER_OUT) add_sent_head(text);
  if (type == CURLINFO_DATA_OUT && bodies) sent_.append(text);
  if (makes_tunnel_) return;
  if (type == CURLINFO_HEADER_IN || (type == CURLINFO_DATA_IN && bodies)) received_.append(text);
}

void WireLog::add_sent_head(std::string_view head) {
  makes_tunnel_ = head.starts_with("CONNECT ");
  if (!makes_tunnel_) sent_ += without_proxy_credentials(head);
}

}  // namespace loadrun::net

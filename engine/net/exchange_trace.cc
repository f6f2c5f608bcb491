#include "net/exchange_trace.h"

#include <utility>

#include "net/proxy_url.h"

namespace loadrun::net {

void ExchangeTrace::attach(CURL* easy) {
  if (kind_ == HttpOptions::Trace::kNothing) return;
  curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
  curl_easy_setopt(easy, CURLOPT_DEBUGDATA, this);
}

void ExchangeTrace::move_into(HttpExchange& exchange) {
  exchange.sent_text = std::exchange(sent_, {});
  exchange.received_text = std::exchange(received_, {});
}

int ExchangeTrace::on_debug(CURL*, curl_infotype type, char* data, std::size_t size, void* self) {
  auto& trace = *static_cast<ExchangeTrace*>(self);
  const bool bodies = trace.kind_ == HttpOptions::Trace::kBodies;
  if (type == CURLINFO_HEADER_OUT) trace.add_sent_head({data, size});
  if (type == CURLINFO_DATA_OUT && bodies) trace.sent_.append(data, size);
  if (trace.makes_tunnel_) return 0;
  if (type == CURLINFO_HEADER_IN || (type == CURLINFO_DATA_IN && bodies)) {
    trace.received_.append(data, size);
  }
  return 0;
}

void ExchangeTrace::add_sent_head(std::string_view head) {
  makes_tunnel_ = head.starts_with("CONNECT ");
  if (!makes_tunnel_) sent_ += without_proxy_credentials(head);
}

}  // namespace loadrun::net

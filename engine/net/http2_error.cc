#include "net/http2_error.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string>

namespace loadrun::net {
namespace {

constexpr std::array<std::string_view, 14> kCodes = {"NO_ERROR",
                                                     "PROTOCOL_ERROR",
                                                     "INTERNAL_ERROR",
                                                     "FLOW_CONTROL_ERROR",
                                                     "SETTINGS_TIMEOUT",
                                                     "STREAM_CLOSED",
                                                     "FRAME_SIZE_ERROR",
                                                     "REFUSED_STREAM",
                                                     "CANCEL",
                                                     "COMPRESSION_ERROR",
                                                     "CONNECT_ERROR",
                                                     "ENHANCE_YOUR_CALM",
                                                     "INADEQUATE_SECURITY",
                                                     "HTTP_1_1_REQUIRED"};

struct Kind {
  int base;  ///< k6's code when the HTTP/2 code is unknown; its codes follow.
  std::string_view text;
};

Kind kind_of(Http2Fault fault) {
  switch (fault) {
    case Http2Fault::kStream:
      return {kHttp2Stream, "http2: stream error"};
    case Http2Fault::kConnection:
      return {kHttp2Connection, "http2: connection error"};
    case Http2Fault::kGoAway:
      break;
  }
  return {kHttp2GoAway, "http2: received GoAway"};
}

}  // namespace

Failure http2_failure(Http2Fault fault, std::optional<std::uint32_t> code) {
  const Kind kind = kind_of(fault);
  if (!code) return {kind.base, std::string(kind.text)};
  if (*code >= kCodes.size()) {
    return {kind.base,
            fmt::format("{} with http2 ErrCode unknown error code {:#x}", kind.text, *code)};
  }
  return {kind.base + 1 + static_cast<int>(*code),
          fmt::format("{} with http2 ErrCode {}", kind.text, kCodes[*code])};
}

std::optional<std::uint32_t> number_after(std::string_view text, std::string_view sign) {
  const std::size_t at = text.rfind(sign);
  if (at == std::string_view::npos) return std::nullopt;
  std::uint32_t number = 0;
  const char* const begin = text.data() + at + sign.size();
  const auto [end, problem] = std::from_chars(begin, text.data() + text.size(), number);
  if (problem != std::errc{}) return std::nullopt;
  return number;
}

}  // namespace loadrun::net

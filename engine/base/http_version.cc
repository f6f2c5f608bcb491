#include "base/http_version.h"

#include <fmt/format.h>

#include <array>

namespace loadrun {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"auto", "1.1", "2"};

}  // namespace

Result<HttpVersion> parse_http_version(std::string_view text) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (text == kNames[i]) return static_cast<HttpVersion>(i);
  }
  return Error{ExitCode::kInvalidConfig,
               fmt::format("\"{}\" is none of \"auto\", \"1.1\" and \"2\"", text)};
}

std::string_view http_version_name(HttpVersion version) {
  return kNames[static_cast<std::size_t>(version)];
}

}  // namespace loadrun

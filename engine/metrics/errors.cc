#include "metrics/errors.h"

namespace loadrun::metrics {

namespace {

constexpr std::size_t kMaxBytes = 300;

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

std::string kept_text(std::string_view text) {
  constexpr std::string_view kEllipsis = "…";
  if (text.size() <= kMaxBytes) return std::string(text);
  std::size_t end = kMaxBytes - kEllipsis.size();
  while (end > 0 && continues_character(text[end])) --end;
  return std::string(text.substr(0, end)).append(kEllipsis);
}

}  // namespace loadrun::metrics

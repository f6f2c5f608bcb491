#include "report/short_text.h"

#include "report/display_width.h"

namespace loadrun::report {
namespace {

constexpr std::string_view kEllipsis = "…";

/// The longest end of `text` that fits into `columns`.
std::string_view fit_end(std::string_view text, std::size_t columns) {
  const std::size_t width = display_width(text);
  if (width > columns) text.remove_prefix(fit(text, width - columns).size());
  // A wide character across the border is still there.
  if (display_width(text) > columns) text.remove_prefix(fit(text, 2).size());
  return text;
}

}  // namespace

std::string on_one_line(std::string_view text) {
  std::string line(text);
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    if (byte < 0x20 || byte == 0x7F) line[i] = ' ';
    // U+0080 to U+009F
    const bool is_c1 =
        byte == 0xC2 && i + 1 < line.size() && static_cast<unsigned char>(line[i + 1]) < 0xA0;
    if (is_c1) line.replace(i, 2, 2, ' ');
  }
  return line;
}

std::string shortened(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  return std::string(fit(text, columns - 1)).append(kEllipsis);
}

std::string shortened_in_the_middle(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  const std::string_view start = fit(text, columns / 2);
  return std::string(start).append(kEllipsis).append(
      fit_end(text, columns - 1 - display_width(start)));
}

}  // namespace loadrun::report

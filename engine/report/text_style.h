#pragma once

#include <string>
#include <string_view>

namespace loadrun::report {

/// How text is rendered: with ANSI colours for a terminal, or plain.
struct TextStyle {
  bool color = false;
};

enum class Ink { kBold, kFaint, kRed, kGreen, kYellow, kCyan, kFaintCyan };

/// `text` in `ink`; unchanged when `style` has no colours.
std::string paint(TextStyle style, Ink ink, std::string_view text);

/// The mark of a passed ("✓", green) or failed ("✗", red) check or threshold.
std::string mark(TextStyle style, bool passed);

}  // namespace loadrun::report

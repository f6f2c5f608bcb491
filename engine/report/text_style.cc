#include "report/text_style.h"

#include <fmt/format.h>

namespace loadrun::report {
namespace {

std::string_view ansi_code(Ink ink) {
  switch (ink) {
    case Ink::kBold:
      return "1";
    case Ink::kFaint:
      return "2";
    case Ink::kRed:
      return "31";
    case Ink::kGreen:
      return "32";
    case Ink::kYellow:
      return "33";
    case Ink::kCyan:
      return "36";
    case Ink::kFaintCyan:
      return "36;2";
  }
  return "0";
}

}  // namespace

std::string paint(TextStyle style, Ink ink, std::string_view text) {
  if (!style.color) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", ansi_code(ink), text);
}

std::string mark(TextStyle style, bool passed) {
  return passed ? paint(style, Ink::kGreen, "✓") : paint(style, Ink::kRed, "✗");
}

}  // namespace loadrun::report

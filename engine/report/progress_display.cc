#include "report/progress_display.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace loadrun::report {
namespace {

constexpr std::string_view kClearToLineEnd = "\x1b[K";
constexpr std::string_view kClearToScreenEnd = "\x1b[J";

struct TerminalSize {
  int columns = 80;
  int rows = 24;
};

TerminalSize terminal_size(std::FILE* out) {
  winsize size{};
  if (::ioctl(::fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {};
  return {size.ws_col, size.ws_row == 0 ? TerminalSize{}.rows : size.ws_row};
}

// To the start of the first of `lines` lines that were drawn before.
std::string back_over(int lines) { return lines == 0 ? "" : fmt::format("\x1b[{}A\r", lines); }

}  // namespace

ProgressDisplay::ProgressDisplay(std::FILE* out, bool is_terminal, bool quiet, TextStyle style)
    : out_(out), is_terminal_(is_terminal), quiet_(quiet), style_(style) {}

void ProgressDisplay::update(const Progress& progress) {
  if (quiet_) return;
  if (is_terminal_) {
    redraw(progress);
  } else {
    print_once_a_second(progress);
  }
}

void ProgressDisplay::clear() {
  if (drawn_lines_ == 0) return;
  write(back_over(drawn_lines_) + std::string(kClearToScreenEnd));
  drawn_lines_ = 0;
}

void ProgressDisplay::finish(const Progress& progress) {
  if (quiet_) return;
  clear();
  const int width = is_terminal_ ? terminal_size(out_).columns : 0;
  write("\n" + render_progress(progress, style_, width));
}

void ProgressDisplay::redraw(const Progress& progress) {
  const TerminalSize size = terminal_size(out_);
  std::string frame = render_progress(progress, style_, size.columns);
  std::string text = back_over(drawn_lines_);
  drawn_lines_ = 0;
  // Lines that have scrolled off cannot be redrawn, so no more are drawn than the screen holds.
  while (!frame.empty() && drawn_lines_ + 1 < std::max(size.rows, 2)) {
    const std::size_t end = frame.find('\n');
    text += frame.substr(0, end) + std::string(kClearToLineEnd) + "\n";
    frame.erase(0, end + 1);
    ++drawn_lines_;
  }
  write(text + std::string(kClearToScreenEnd));
}

void ProgressDisplay::print_once_a_second(const Progress& progress) {
  const std::int64_t second =
      std::chrono::duration_cast<std::chrono::seconds>(progress.elapsed).count();
  if (second <= last_second_) return;
  last_second_ = second;
  write(render_progress_line(progress) + "\n");
}

void ProgressDisplay::write(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), out_);
  std::fflush(out_);
}

}  // namespace loadrun::report

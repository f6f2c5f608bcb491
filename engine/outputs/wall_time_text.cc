#include "outputs/wall_time_text.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <ctime>

namespace loadrun::outputs {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

/// ".678901234", or nothing.
void append_fraction(std::string& out, std::int64_t nanoseconds) {
  if (nanoseconds == 0) return;
  std::array<char, 10> text{'.'};
  for (std::size_t i = text.size() - 1; i > 0; --i, nanoseconds /= 10) {
    text[i] = static_cast<char>('0' + nanoseconds % 10);
  }
  std::size_t length = text.size();
  while (text[length - 1] == '0') --length;
  out.append(text.data(), length);
}

}  // namespace

void WallTimeText::append_seconds(std::string& out, Nanoseconds wall) {
  render(floor<seconds>(wall).count());
  out += date_;
  out += zone_;
}

void WallTimeText::append_nanoseconds(std::string& out, Nanoseconds wall) {
  const seconds second = floor<seconds>(wall);
  render(second.count());
  out += date_;
  append_fraction(out, (wall - second).count());
  out += zone_;
}

void WallTimeText::render(std::int64_t second) {
  if (second == second_) return;
  second_ = second;
  const std::time_t time = second;
  std::tm local{};
  localtime_r(&time, &local);
  date_ = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", local.tm_year + 1900, local.tm_mon + 1,
                      local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec);
  const std::int64_t minutes = local.tm_gmtoff / 60;
  zone_ = minutes == 0 ? "Z"
                       : fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+',
                                     std::abs(minutes) / 60, std::abs(minutes) % 60);
}

}  // namespace loadrun::outputs

#include "outputs/wall_time_text.h"

#include <array>

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
  out += text_.date;
  out += text_.zone;
}

void WallTimeText::append_nanoseconds(std::string& out, Nanoseconds wall) {
  const seconds second = floor<seconds>(wall);
  render(second.count());
  out += text_.date;
  append_fraction(out, (wall - second).count());
  out += text_.zone;
}

void WallTimeText::render(std::int64_t second) {
  if (second == second_) return;
  second_ = second;
  text_ = local_time(second);
}

}  // namespace loadrun::outputs

#include "net/cookie_date.h"

#include <array>
#include <cstddef>
#include <span>

#include "base/text.h"

namespace loadrun::net {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

std::size_t leading(std::string_view text, bool (*is)(char)) {
  std::size_t count = 0;
  while (count < text.size() && is(text[count])) ++count;
  return count;
}

// The length of "+3", "-12" and the like at the start of `text`, up to 23; 0 when there is none.
std::size_t offset_length(std::string_view text) {
  if (!text.starts_with('+') && !text.starts_with('-')) return 0;
  const std::size_t digits = leading(text.substr(1), is_digit);
  int value = 0;
  for (const char c : text.substr(1, digits)) {
    value = value * 10 + (c - '0');
    if (value > 23) return 0;
  }
  return digits == 0 ? 0 : digits + 1;
}

// The length of a zone's name at the start of `text`, by Go's idea of such names; 0 for none.
std::size_t zone_length(std::string_view text) {
  if (text.starts_with("UTC")) return 3;
  if (text.size() < 3) return 0;
  if (text.starts_with("ChST") || text.starts_with("MeST")) return 4;
  if (text.starts_with("GMT")) return 3 + offset_length(text.substr(3));
  if (const std::size_t offset = offset_length(text); offset > 0) return offset;
  const std::size_t letters = leading(text, is_upper);
  if (letters == 3) return 3;
  if (letters == 4) return text[3] == 'T' || text.starts_with("WITA") ? 4 : 0;
  return letters == 5 && text[4] == 'T' ? 5 : 0;
}

// Reads a date piece by piece. The first piece that does not fit fails it for good.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : rest_(text) {}

  bool at_end() const { return ok_ && rest_.empty(); }

  void literal(char c) {
    if (rest_.starts_with(c)) return rest_.remove_prefix(1);
    ok_ = false;
  }

  // One blank or more; none at the end.
  void blanks() {
    if (!rest_.empty() && rest_.front() != ' ') ok_ = false;
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
  }

  void separator(char c) { c == ' ' ? blanks() : literal(c); }

  // The position among three-letter `names`, in any case.
  unsigned name(std::span<const std::string_view> names) {
    const std::string_view text = take(3);
    for (unsigned i = 0; i < names.size(); ++i) {
      if (equals_ignoring_case(text, names[i])) return i;
    }
    ok_ = false;
    return 0;
  }

  // A number below `end` of `least` to `most` digits.
  int number(std::size_t least, std::size_t most, int end) {
    const std::size_t digits = leading(rest_.substr(0, most), is_digit);
    int value = 0;
    for (const char c : take(digits)) value = value * 10 + (c - '0');
    if (digits < least || value >= end) ok_ = false;
    return value;
  }

  // ".5" or ",5" after seconds, in milliseconds.
  int fraction() {
    const bool separated = rest_.starts_with('.') || rest_.starts_with(',');
    if (!separated || rest_.size() < 2 || !is_digit(rest_[1])) return 0;
    rest_.remove_prefix(1);
    const std::string_view digits = take(leading(rest_, is_digit));
    int value = 0;
    for (std::size_t i = 0; i < 3; ++i)
      value = value * 10 + (i < digits.size() ? digits[i] - '0' : 0);
    return value;
  }

  void zone() {
    if (take(zone_length(rest_)).empty()) ok_ = false;
  }

 private:
  std::string_view take(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view rest_;
  bool ok_ = true;
};

// `dash` separates day, month and year.
std::optional<WallTime> parse(std::string_view text, char dash) {
  DateReader reader(text);
  reader.name(kDays);
  reader.literal(',');
  reader.blanks();
  const auto day = static_cast<unsigned>(reader.number(2, 2, 100));
  reader.separator(dash);
  const unsigned month = reader.name(kMonths) + 1;
  reader.separator(dash);
  const int year = reader.number(4, 4, 10000);
  reader.blanks();
  const std::chrono::hours hours(reader.number(1, 2, 24));
  reader.literal(':');
  const std::chrono::minutes minutes(reader.number(2, 2, 60));
  reader.literal(':');
  const std::chrono::seconds seconds(reader.number(2, 2, 60));
  const std::chrono::milliseconds fraction(reader.fraction());
  reader.blanks();
  reader.zone();
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!reader.at_end() || !date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch() + hours + minutes + seconds + fraction;
}

}  // namespace

std::optional<WallTime> parse_cookie_date(std::string_view text) {
  const std::optional<WallTime> date = parse(text, ' ');
  return date ? date : parse(text, '-');
}

}  // namespace loadrun::net

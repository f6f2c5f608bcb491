#include "plan/stampede_parser.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <optional>
#include <string>

#include "base/duration.h"

namespace loadrun::plan {
namespace {

constexpr std::string_view kAfterStart = "T+";
constexpr std::size_t kNanosecondDigits = 9;

/// Takes a text apart from its front.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool skip(char c) {
    const bool found = rest_.starts_with(c);
    if (found) rest_.remove_prefix(1);
    return found;
  }
  /// A number of exactly `digits` digits, at most `most`.
  std::optional<int> number(std::size_t digits, int most) {
    const std::string_view text = rest_.substr(0, digits);
    if (text.size() < digits || text.find_first_not_of("0123456789") != std::string_view::npos) {
      return std::nullopt;
    }
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    if (value > most) return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
  }
  /// One to nine digits, as a fraction of a second.
  std::optional<Nanoseconds> fraction() {
    std::string digits(rest_.substr(0, rest_.find_first_not_of("0123456789")));
    if (digits.empty() || digits.size() > kNanosecondDigits) return std::nullopt;
    rest_.remove_prefix(digits.size());
    digits.resize(kNanosecondDigits, '0');
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return Nanoseconds(value);
  }

 private:
  std::string_view rest_;
};

std::optional<Nanoseconds> read_date(Cursor& text) {
  const auto year = text.number(4, 9999);
  if (!year || !text.skip('-')) return std::nullopt;
  const auto month = text.number(2, 12);
  if (!month || !text.skip('-')) return std::nullopt;
  const auto day = text.number(2, 31);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  // The others do not fit into 64 bits of nanoseconds.
  if (!date.ok() || *year < 1970 || *year > 2261) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch();
}

std::optional<Nanoseconds> read_hours_and_minutes(Cursor& text) {
  const auto hours = text.number(2, 23);
  if (!hours || !text.skip(':')) return std::nullopt;
  const auto minutes = text.number(2, 59);
  if (!minutes) return std::nullopt;
  return std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
}

std::optional<Nanoseconds> read_time(Cursor& text) {
  const auto minutes = read_hours_and_minutes(text);
  if (!minutes || !text.skip(':')) return std::nullopt;
  const auto seconds = text.number(2, 59);
  if (!seconds) return std::nullopt;
  const Nanoseconds whole = *minutes + std::chrono::seconds(*seconds);
  if (!text.skip('.')) return whole;
  const auto fraction = text.fraction();
  if (!fraction) return std::nullopt;
  return whole + *fraction;
}

std::optional<Nanoseconds> read_zone(Cursor& text) {
  if (text.skip('Z') || text.skip('z')) return Nanoseconds(0);
  const bool east = text.skip('+');
  if (!east && !text.skip('-')) return std::nullopt;
  const auto offset = read_hours_and_minutes(text);
  if (!offset) return std::nullopt;
  return east ? *offset : -*offset;
}

std::optional<Nanoseconds> rfc3339(std::string_view text) {
  Cursor cursor(text);
  const auto date = read_date(cursor);
  if (!date || !(cursor.skip('T') || cursor.skip('t') || cursor.skip(' '))) return std::nullopt;
  const auto time = read_time(cursor);
  if (!time) return std::nullopt;
  const auto zone = read_zone(cursor);
  if (!zone || !cursor.at_end()) return std::nullopt;
  return *date + *time - *zone;
}

/// The calendar's rules aside, schedules add up durations that have to fit into 64 bits.
constexpr Nanoseconds kLongestWait = 366 * 24h;

}  // namespace

Result<StartAt> parse_start_at(std::string_view text) {
  if (text.starts_with(kAfterStart)) {
    const auto offset = parse_duration(text.substr(kAfterStart.size()));
    if (offset.ok() && offset.value() >= 0ns) {
      return StartAt{StartAt::Origin::kTestStart, offset.value()};
    }
  } else if (const auto time = rfc3339(text)) {
    return StartAt{StartAt::Origin::kEpoch, *time};
  }
  return Error{ExitCode::kInvalidConfig,
               fmt::format("\"{}\" is not an instant (expected e.g. \"2026-05-01T12:00:00+02:00\" "
                           "or \"T+30s\", a time after the test's start)",
                           text)};
}

std::string start_at_text(const StartAt& start) {
  if (start.origin == StartAt::Origin::kTestStart) {
    return fmt::format("{}{}", kAfterStart, format_duration(start.offset));
  }
  const auto day = std::chrono::floor<std::chrono::days>(start.offset);
  const std::chrono::year_month_day date{std::chrono::sys_days(day)};
  const std::chrono::hh_mm_ss time{start.offset - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", int{date.year()},
                     unsigned{date.month()}, unsigned{date.day()}, time.hours().count(),
                     time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

std::string settle_start(Stampede& stampede, Nanoseconds wall) {
  if (!stampede.start_at || stampede.start_at->origin != StartAt::Origin::kEpoch) return {};
  stampede.longest_wait = stampede.start_at->offset - wall;
  const auto now = [&] { return start_at_text({StartAt::Origin::kEpoch, wall}); };
  if (stampede.longest_wait <= 0ns) return fmt::format("is in the past: it is {} now", now());
  if (stampede.longest_wait > kLongestWait) {
    return fmt::format("is more than a year ahead: it is {} now", now());
  }
  return {};
}

Stampede read_stampede(ObjectReader& fields) {
  Stampede stampede;
  if (const auto prepare = fields.text("prepare")) {
    stampede.prepare = *prepare;
    if (prepare->empty()) fields.error("prepare", "is empty (expected the name of a function)");
  }
  stampede.prepare_timeout = fields.duration("prepareTimeout", 1ms).value_or(60s);
  if (fields.has("prepareTimeout") && !fields.has("prepare")) {
    fields.error("prepareTimeout", "has no effect without prepare");
  }
  const auto text = fields.text("startAt");
  if (!text) return stampede;
  const auto parsed = parse_start_at(*text);
  if (parsed.ok()) {
    stampede.start_at = parsed.value();
    if (parsed.value().origin == StartAt::Origin::kTestStart) {
      stampede.longest_wait = parsed.value().offset;
    }
  } else {
    fields.error("startAt", parsed.error().message);
  }
  if (fields.has("startTime")) {
    fields.error("startAt", "cannot be used together with startTime");
  }
  return stampede;
}

}  // namespace loadrun::plan

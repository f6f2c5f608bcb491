#include "base/log_line.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstddef>

#include "base/wall_time.h"

namespace loadrun {
namespace {

struct LevelStyle {
  std::string_view name;
  std::string_view short_name;
  int ansi_color;
};

constexpr std::array<LevelStyle, 4> kLevels = {{
    {"debug", "DEBU", 37},
    {"info", "INFO", 36},
    {"warning", "WARN", 33},
    {"error", "ERRO", 31},
}};

const LevelStyle& style_of(LogLevel level) { return kLevels.at(static_cast<std::size_t>(level)); }

std::string time_text(Nanoseconds wall) {
  const LocalTime local = local_time(std::chrono::floor<std::chrono::seconds>(wall).count());
  return local.date + local.zone;
}

/// Length of the valid UTF-8 sequence (RFC 3629) that starts `text`, 0 when there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto in = [&](std::size_t i, int low, int high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return in(1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool second = in(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
    return second && in(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool second = in(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
    return second && in(2, 0x80, 0xBF) && in(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

/// What the two quoted forms spell differently.
enum class Quoting { kGo, kJson };

void append_control(std::string& out, unsigned char c, Quoting quoting) {
  switch (c) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  out += quoting == Quoting::kGo ? fmt::format("\\x{:02x}", c) : fmt::format("\\u{:04x}", c);
}

/// `text` in double quotes: Go's %q (invalid bytes as \xNN) or a JSON string (as U+FFFD).
std::string quoted(std::string_view text, Quoting quoting) {
  std::string out = "\"";
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text.front());
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      out += quoting == Quoting::kGo ? fmt::format("\\x{:02x}", c) : "\\ufffd";
    } else if (c < 0x20 || c == 0x7F) {
      append_control(out, c, quoting);
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out + '"';
}

/// A logfmt value: quoted only when it holds something besides these characters.
std::string field_value(std::string_view text) {
  constexpr std::string_view kBare =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/@^+";
  const bool bare = text.find_first_not_of(kBare) == std::string_view::npos;
  return bare ? std::string(text) : quoted(text, Quoting::kGo);
}

std::string text_line(const LogRecord& record) {
  std::string line =
      fmt::format("time=\"{}\" level={}", time_text(record.wall), style_of(record.level).name);
  if (!record.message.empty()) line += " msg=" + field_value(record.message);
  if (!record.source.empty()) line += " source=" + field_value(record.source);
  return line;
}

std::string terminal_line(const LogRecord& record) {
  const LevelStyle& style = style_of(record.level);
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(record.since_start).count();
  std::string line = fmt::format("\x1b[{}m{}\x1b[0m[{:04}] {:<44} ", style.ansi_color,
                                 style.short_name, age, record.message);
  if (!record.source.empty()) {
    line += fmt::format(" \x1b[{}msource\x1b[0m={}", style.ansi_color, field_value(record.source));
  }
  return line;
}

std::string json_line(const LogRecord& record) {
  const std::string source =
      record.source.empty() ? std::string()
                            : fmt::format(R"("source":{},)", quoted(record.source, Quoting::kJson));
  return fmt::format(R"({{"level":"{}","msg":{},{}"time":"{}"}})", style_of(record.level).name,
                     quoted(record.message, Quoting::kJson), source, time_text(record.wall));
}

}  // namespace

std::string render_log_line(const LogRecord& record, LogFormat format, bool color) {
  switch (format) {
    case LogFormat::kJson:
      return json_line(record);
    case LogFormat::kRaw:
      return std::string(record.message);
    case LogFormat::kText:
      break;
  }
  return color ? terminal_line(record) : text_line(record);
}

}  // namespace loadrun

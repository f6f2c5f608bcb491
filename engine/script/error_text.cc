#include "script/error_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "plan/similar_name.h"

namespace loadrun::script {
namespace {

/// Columns of source that are shown; of a longer line, what surrounds the mark.
constexpr std::size_t kWidth = 120;

/// Where a message starts to speak of a place, and what follows it.
struct Place {
  std::string_view path;  ///< Of the source, in full.
  std::string_view source;
  int line = 0;
  std::string_view message;
};

/// A name that a message quotes, and what it says it is.
struct Quoted {
  std::string_view name;
  std::string_view what;  ///< "field", "method", "near", ...; empty when nothing precedes it.
};

/// The part of a line that a mark stands under, in bytes.
struct Span {
  std::size_t begin, size;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// The only source of that path, or whose path ends as a shortened one does; the end if none does.
SourceTexts::const_iterator find_source(const SourceTexts& sources, std::string_view path) {
  const auto exact = sources.find(path);
  if (exact != sources.end() || !path.starts_with("...") || path.size() == 3) return exact;
  auto found = sources.end();
  for (auto source = sources.begin(); source != sources.end(); ++source) {
    if (!std::string_view(source->first).ends_with(path.substr(3))) continue;
    if (found != sources.end()) return sources.end();
    found = source;
  }
  return found;
}

/// The place "path:line: " that `text` starts with.
std::optional<Place> leading_place(std::string_view text, const SourceTexts& sources) {
  for (std::size_t colon = text.find(':'); colon != text.npos; colon = text.find(':', colon + 1)) {
    Place place;
    const char* const end = text.data() + text.size();
    const auto number = std::from_chars(text.data() + colon + 1, end, place.line);
    if (number.ec != std::errc() || number.ptr == end || *number.ptr != ':') continue;
    const auto source = find_source(sources, text.substr(0, colon));
    if (source == sources.end()) continue;
    place.path = source->first;
    place.source = source->second;
    place.message = text.substr(static_cast<std::size_t>(number.ptr - text.data()) + 1);
    place.message.remove_prefix(place.message.starts_with(' ') ? 1 : 0);
    return place;
  }
  return std::nullopt;
}

/// coroutine.wrap puts its caller's place before an error's own: the last one counts.
std::optional<Place> find_place(std::string_view text, const SourceTexts& sources) {
  std::optional<Place> place = leading_place(text, sources);
  while (place) {
    const auto inner = leading_place(place->message, sources);
    if (!inner) break;
    place = inner;
  }
  return place;
}

std::optional<std::string_view> line_of(std::string_view source, int number) {
  if (source.starts_with("\xEF\xBB\xBF")) source.remove_prefix(3);
  for (; number > 1; --number) {
    const std::size_t end = source.find('\n');
    if (end == source.npos) return std::nullopt;
    source.remove_prefix(end + 1);
  }
  if (number < 1) return std::nullopt;
  std::string_view line = source.substr(0, source.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// A syntax error's token may hold quotes itself, and is the last thing it says.
Quoted quoted_name(std::string_view message) {
  constexpr std::string_view kNear = " near '";
  const std::size_t near = message.rfind(kNear);
  const std::size_t open = near == message.npos ? message.find('\'') : near + kNear.size() - 1;
  if (open == message.npos) return {};
  const std::size_t close =
      near == message.npos ? message.find('\'', open + 1) : message.rfind('\'');
  if (close == message.npos || close <= open) return {};
  std::string_view before = message.substr(0, open);
  before.remove_suffix(before.ends_with(' ') ? 1 : 0);
  const std::size_t space = before.rfind(' ');
  return {message.substr(open + 1, close - open - 1),
          before.substr(space == before.npos ? 0 : space + 1)};
}

/// Whether `name` at `at` is a whole word, and a member where the message speaks of one.
bool fits(std::string_view line, std::size_t at, const Quoted& quoted) {
  const std::size_t end = at + quoted.name.size();
  if (is_word(quoted.name.front()) && at > 0 && is_word(line[at - 1])) return false;
  if (is_word(quoted.name.back()) && end < line.size() && is_word(line[end])) return false;
  const bool is_member = at > 0 && (line[at - 1] == '.' || line[at - 1] == ':');
  if (quoted.what == "field" || quoted.what == "method") return is_member;
  return quoted.what != "global" || !is_member;
}

/// The name in the line: where it fits what the message says, else anywhere; without it, the line's
/// first character.
Span marked_part(std::string_view line, const Quoted& quoted) {
  if (!quoted.name.empty()) {
    const std::size_t first = line.find(quoted.name);
    for (std::size_t at = first; at != line.npos; at = line.find(quoted.name, at + 1)) {
      if (fits(line, at, quoted)) return {at, quoted.name.size()};
    }
    if (first != line.npos) return {first, quoted.name.size()};
  }
  return {std::min(line.find_first_not_of(" \t"), line.size()), 1};
}

/// Bytes of the UTF-8 character that `text` starts with; 0 when it is none or must not be printed.
std::size_t printable_size(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return byte(0) >= 0x20 && byte(0) != 0x7F ? 1 : 0;
  const std::size_t size = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC2 || byte(0) > 0xF4 || size > text.size()) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  // C1 control characters can drive a terminal as well.
  return byte(0) == 0xC2 && byte(1) < 0xA0 ? 0 : size;
}

/// A line and its mark in printable columns.
class MarkedLine {
 public:
  MarkedLine(std::string_view line, Span span) {
    for (std::size_t at = 0; at < line.size();) {
      const std::size_t size = line[at] == '\t' ? 1 : printable_size(line.substr(at));
      const bool marked = at >= span.begin && at < span.begin + span.size;
      columns_.push_back(size == 0 ? "?" : line.substr(at, size));
      if (marked && mark_size_ == 0) mark_ = columns_.size() - 1;
      mark_size_ += marked ? 1 : 0;
      at += std::max<std::size_t>(size, 1);
    }
    cut();
  }

  std::string text() const { return fmt::format("{}{}{}", left_, fmt::join(columns_, ""), right_); }

  /// Spaces and tabs as wide as what is before the mark, and the mark.
  std::string mark() const {
    std::string mark(left_.size(), ' ');
    for (std::size_t i = 0; i < mark_; ++i) mark += columns_[i] == "\t" ? '\t' : ' ';
    return mark + std::string(std::max<std::size_t>(mark_size_, 1), '^');
  }

 private:
  void cut() {
    const auto at = [this](std::size_t i) { return columns_.begin() + static_cast<long>(i); };
    const std::size_t begin =
        columns_.size() <= kWidth || mark_ < kWidth / 2 ? 0 : mark_ - kWidth / 2;
    if (columns_.size() > begin + kWidth) {
      columns_.erase(at(begin + kWidth), columns_.end());
      right_ = "...";
    }
    if (begin > 0) {
      columns_.erase(columns_.begin(), at(begin));
      left_ = "...";
    }
    mark_ -= begin;
    mark_size_ = std::min(mark_size_, columns_.size() - mark_);
  }

  std::vector<std::string_view> columns_;
  std::size_t mark_ = 0, mark_size_ = 0;
  std::string_view left_, right_;
};

/// The innermost place of a traceback: "\n\tpath:line: in function ..." and so on.
std::optional<Place> traced_place(std::string_view traceback, const SourceTexts& sources) {
  while (!traceback.empty()) {
    const std::size_t end = std::min(traceback.find('\n'), traceback.size());
    if (auto place = leading_place(trimmed(traceback.substr(0, end)), sources)) return place;
    traceback.remove_prefix(std::min(end + 1, traceback.size()));
  }
  return std::nullopt;
}

/// "\ndid you mean ..." for a member or global that is missing.
std::string hint_for(std::string_view message, const Quoted& quoted,
                     const std::vector<std::string>& known_names) {
  const bool is_missing =
      (message.starts_with("attempt to call ") || message.starts_with("attempt to index ")) &&
      message.ends_with("(a nil value)");
  const bool is_ours = quoted.what == "field" || quoted.what == "method" || quoted.what == "global";
  if (!is_missing || !is_ours) return "";
  const std::string_view similar =
      plan::similar_name(quoted.name, {known_names.begin(), known_names.end()});
  // A name that exists elsewhere is no slip.
  return similar.empty() || similar == quoted.name ? ""
                                                   : fmt::format("\ndid you mean \"{}\"?", similar);
}

}  // namespace

std::string explain_error(std::string_view error, const SourceTexts& sources,
                          const std::vector<std::string>& known_names) {
  const std::string_view head = error.substr(0, error.find('\n'));
  const auto place = find_place(head, sources);
  const auto line = place ? line_of(place->source, place->line) : std::nullopt;
  if (!line) return std::string(error);
  const Quoted quoted = quoted_name(place->message);
  const MarkedLine marked(*line, marked_part(*line, quoted));
  return fmt::format("{}\n{:>5} | {}\n{:>5} | {}{}{}", head, place->line, marked.text(), "",
                     marked.mark(), hint_for(place->message, quoted, known_names),
                     error.substr(head.size()));
}

metrics::RaisedError raised_error(std::string_view error, const SourceTexts& sources) {
  const std::size_t end = std::min(error.rfind("\nstack traceback:"), error.size());
  std::string_view text = error.substr(0, end);
  auto place = find_place(text.substr(0, text.find('\n')), sources);
  if (place) {
    text.remove_prefix(static_cast<std::size_t>(place->message.data() - text.data()));
  } else {
    place = traced_place(error.substr(end), sources);
  }
  if (!place) return {.message = metrics::kept_text(text)};
  return {metrics::kept_text(place->path), place->line, metrics::kept_text(text)};
}

}  // namespace loadrun::script

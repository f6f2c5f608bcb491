#include "script/json_path_syntax.h"

#include <algorithm>
#include <array>

#include "script/json_text.h"

namespace loadrun::script {
namespace {

std::string_view tail(std::string_view text, std::size_t begin) {
  return text.substr(std::min(begin, text.size()));
}

/// Whether what follows a dot works on the whole result, as behind a pipe: a modifier or multipath.
bool acts_as_piped(std::string_view path) {
  if (path.empty()) return false;
  if (path[0] != '@') return path[0] == '[' || path[0] == '{';
  return is_json_modifier(path.substr(1, path.find_first_of(".|:") - 1));
}

/// Sets link and rest of a step that ends at path[end], a dot or pipe.
template <typename Step>
void set_link(Step& step, std::string_view path, std::size_t end, bool may_act_as_piped) {
  step.rest = path.substr(end + 1);
  const bool piped = path[end] == '|' || (may_act_as_piped && acts_as_piped(step.rest));
  step.link = piped ? PathLink::kPipe : PathLink::kDot;
}

/// Reads a key with escapes; returns where it ends.
std::size_t read_escaped_key(std::string_view path, std::string& key, bool& is_pattern) {
  std::size_t at = 0;
  for (; at < path.size() && path[at] != '.' && path[at] != '|'; ++at) {
    if (path[at] == '\\') {
      if (++at == path.size()) break;
    } else if (path[at] == '*' || path[at] == '?') {
      is_pattern = true;
    }
    key += path[at];
  }
  return at;
}

bool starts_operator(char c) { return std::string_view("!=<>%").find(c) != std::string_view::npos; }

bool starts_query(std::string_view path) {
  return path.starts_with("#(") || path.starts_with("#[");
}

struct QueryExtent {
  std::size_t op = 0;                        ///< Where the operator starts; 0 when there is none.
  std::size_t end = std::string_view::npos;  ///< At the closing bracket.
  bool has_escapes = false;
};

/// Finds the parts of `#(...)`.
QueryExtent measure_query(std::string_view text) {
  QueryExtent found;
  int depth = 1;
  for (std::size_t at = 2; at < text.size(); ++at) {
    const char c = text[at];
    if (depth == 1 && found.op == 0 && starts_operator(c)) {
      found.op = at;
    } else if (c == '\\') {
      ++at;
    } else if (c == '[' || c == '(') {
      ++depth;
    } else if (c == ']' || c == ')') {
      if (--depth > 0) continue;
      found.end = at;
      break;
    } else if (c == '"') {
      const std::size_t end = end_of_json_string(text, at);
      found.has_escapes |= text.substr(at, end - at).find('\\') != std::string_view::npos;
      at = end - 1;
    }
  }
  return found;
}

/// Splits "==value" and the like.
void set_comparison(PathQuery& query, std::string_view comparison) {
  if (comparison.starts_with("==")) comparison.remove_prefix(1);
  const bool is_double = comparison.starts_with("!=") || comparison.starts_with("!%") ||
                         comparison.starts_with("<=") || comparison.starts_with(">=");
  const bool is_none = comparison.size() > 1 && comparison[0] == '!' && !is_double;
  const std::size_t size = is_double ? 2 : (is_none ? 0 : 1);
  query.op = comparison.substr(0, size);
  query.value = trim_json(comparison.substr(size));
}

void unquote_value(PathQuery& query, bool has_escapes, MadeTexts& made) {
  std::string_view& value = query.value;
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return;
  value = inside_quotes(value);
  if (has_escapes) value = made.emplace_front(unescape_json(value));
}

/// Reads the query that `path` starts with; returns where what follows it starts.
std::size_t read_query(std::string_view path, PathQuery& query, MadeTexts& made) {
  const QueryExtent extent = measure_query(path);
  if (extent.end == std::string_view::npos) return path.size();
  const std::size_t path_end = extent.op > 0 ? extent.op : extent.end;
  query.path = trim_json(path.substr(2, path_end - 2));
  if (extent.op > 0) {
    set_comparison(query, trim_json(path.substr(extent.op, extent.end - extent.op)));
    unquote_value(query, extent.has_escapes, made);
  }
  query.all = tail(path, extent.end + 1).starts_with('#');
  return extent.end + 1;
}

bool equal_ignoring_case(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

bool is_simple_name(std::string_view name) {
  return std::none_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' ||
           std::string_view("[]{}()#|!").find(c) != std::string_view::npos;
  });
}

/// The end of a modifier's argument that is no JSON: the first pipe outside of brackets and quotes.
std::size_t end_of_plain_argument(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && text[at] != '|') {
    if (text[at] == '"') {
      at = end_of_json_string(text, at);
    } else if (std::string_view("{[(").find(text[at]) != std::string_view::npos) {
      at = end_of_json_brackets(text, at + 1, 1);
    } else {
      ++at;
    }
  }
  return at;
}

/// Reads the paths between the brackets of a multipath.
class MultipathReader {
 public:
  explicit MultipathReader(std::string_view text) : text_(text) {}

  std::optional<Multipath> run() {
    int depth = 1;
    while (++at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ']' || c == ')' || c == '}') {
        if (--depth == 0) return finish();
      } else if (c == '[' || c == '(' || c == '{') {
        ++depth;
      } else if (depth == 1 && c == ',') {
        add_path();
      } else {
        read(c, depth);
      }
    }
    return {};
  }

 private:
  void read(char c, int depth) {
    if (c == '\\') {
      ++at_;
    } else if (c == '"') {
      at_ = end_of_json_string(text_, at_) - 1;
    } else if (c == '@') {
      in_modifier_ |= text_[at_ - 1] == '.' || text_[at_ - 1] == '|';
    } else if (c == ':' && depth == 1 && !in_modifier_ && colon_ == 0) {
      colon_ = at_;
    }
  }

  void add_path() {
    const std::size_t path = colon_ == 0 ? begin_ : colon_ + 1;
    const std::size_t name_end = colon_ == 0 ? begin_ : colon_;
    found_.paths.push_back(
        {text_.substr(begin_, name_end - begin_), text_.substr(path, at_ - path)});
    begin_ = at_ + 1;
    colon_ = 0;
    in_modifier_ = false;
  }

  Multipath finish() {
    add_path();
    found_.rest = text_.substr(at_ + 1);
    return std::move(found_);
  }

  std::string_view text_;
  Multipath found_;
  std::size_t at_ = 0;
  std::size_t begin_ = 1;
  std::size_t colon_ = 0;
  bool in_modifier_ = false;
};

}  // namespace

bool is_json_modifier(std::string_view name) {
  constexpr std::array<std::string_view, 13> kNames{
      "pretty", "ugly",   "reverse", "this",    "flatten", "join", "valid",
      "keys",   "values", "tostr",   "fromstr", "group",   "dig"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

KeyStep parse_key_step(std::string_view path, MadeTexts& made) {
  KeyStep step;
  std::size_t end = std::min(path.find_first_of(".|*?\\"), path.size());
  if (end < path.size() && path[end] != '.' && path[end] != '|') {
    std::string& key = made.emplace_front();
    end = read_escaped_key(path, key, step.is_pattern);
    step.key = key;
  } else {
    step.key = path.substr(0, end);
  }
  if (end < path.size()) set_link(step, path, end, true);
  return step;
}

ElementStep parse_element_step(std::string_view path, MadeTexts& made) {
  ElementStep step;
  std::size_t end = 0;
  if (starts_query(path)) {
    step.is_hash = true;
    end = read_query(path, step.query.emplace(), made);
  }
  end = std::min(path.find_first_of(".|", end), path.size());
  step.part = path.substr(0, end);
  step.is_hash |= step.part.find('#') != std::string_view::npos;
  if (end < path.size()) set_link(step, path, end, !step.is_hash);
  return step;
}

std::optional<PathHalves> split_at_pipe(std::string_view path) {
  if (path.starts_with('{')) {
    const std::size_t end = end_of_json_brackets(path, 1, 1);
    if (end >= path.size() || path[end] != '|') return {};
    return PathHalves{path.substr(0, end), path.substr(end + 1)};
  }
  for (std::size_t at = 0; at < path.size(); ++at) {
    if (path[at] == '|') return PathHalves{path.substr(0, at), path.substr(at + 1)};
    if (path[at] == '\\') {
      ++at;
    } else if (path.substr(at, 2) == ".#") {
      // As in gjson, `.#|` is no place to split at.
      const std::string_view rest = path.substr(at + 1);
      const std::size_t skipped = starts_query(rest) ? measure_query(rest).end : 1;
      if (skipped == std::string_view::npos) return {};
      at += 1 + skipped;
    }
  }
  return {};
}

std::optional<Multipath> parse_multipath(std::string_view path) {
  return MultipathReader(path).run();
}

std::string_view name_of_result(std::string_view path) {
  std::size_t at = path.size();
  while (at > 0) {
    --at;
    const bool is_link = path[at] == '.' || path[at] == '|';
    if (!is_link || (at > 0 && path[at - 1] == '\\')) continue;
    path.remove_prefix(at + 1);
    break;
  }
  return is_simple_name(path) ? path : "_";
}

PathCall parse_modifier(std::string_view path) {
  const std::size_t end = std::min(path.find_first_of(":|."), path.size());
  PathCall call{path.substr(1, end - 1), {}, path.substr(end)};
  if (!call.rest.starts_with(':')) return call;
  call.rest.remove_prefix(1);
  const bool is_json =
      !call.rest.empty() && std::string_view("{[\"").find(call.rest[0]) != std::string_view::npos;
  const std::size_t size =
      is_json ? end_of_json_value(call.rest, 0) : end_of_plain_argument(call.rest);
  call.argument = call.rest.substr(0, size);
  call.rest.remove_prefix(size);
  return call;
}

std::optional<PathCall> parse_literal(std::string_view path) {
  std::string_view text = path.substr(1);
  if (text.empty()) return {};
  if (std::string_view("{[\"+-0123456789").find(text[0]) != std::string_view::npos) {
    const std::size_t size = end_of_json_brackets(text, 1, 1);
    return PathCall{text.substr(0, size), {}, text.substr(size)};
  }
  text = text.substr(0, text.find_first_of(".|"));
  for (const std::string_view name : {"true", "false", "null", "nan", "inf"}) {
    if (equal_ignoring_case(text, name)) return PathCall{text, {}, path.substr(1 + text.size())};
  }
  return {};
}

}  // namespace loadrun::script

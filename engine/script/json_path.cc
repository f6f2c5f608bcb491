#include "script/json_path.h"

#include <fmt/format.h>

#include <charconv>

#include "script/json.h"
#include "script/json_modifiers.h"
#include "script/json_query.h"
#include "script/json_syntax.h"
#include "script/json_text.h"

namespace loadrun::script {
namespace {

constexpr int kMaxDepth = 1000;

/// Counts a step for as long as it is being taken.
class Deeper {
 public:
  explicit Deeper(int& depth) : depth_(depth) { ++depth_; }
  ~Deeper() { --depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;
  bool is_too_deep() const { return depth_ > kMaxDepth; }

 private:
  int& depth_;
};

bool is_key(const KeyStep& step, std::string_view key) {
  std::string unescaped;
  key = inside_quotes(key);
  if (key.find('\\') != std::string_view::npos) key = unescaped = unescape_json(key);
  return step.is_pattern ? matches_pattern(key, step.key) : key == step.key;
}

/// The index that `part` spells; nothing that an array has when it is none.
std::size_t index_of(std::string_view part) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  const bool is_index = error == std::errc{} && end == part.data() + part.size();
  return is_index ? index : std::string_view::npos;
}

/// JSON texts as elements of an array.
class ArrayText {
 public:
  void add(std::string_view value) {
    if (value.empty()) return;
    if (text_.size() > 1) text_ += ',';
    text_ += value;
  }
  std::string take() {
    text_ += ']';
    return std::move(text_);
  }

 private:
  std::string text_ = "[";
};

/// The key of one result in an object that a multipath makes.
void append_result_name(fmt::memory_buffer& out, const NamedPath& one) {
  const bool is_json = one.name.starts_with('"') && !check_json(one.name);
  if (is_json) {
    out.append(one.name.data(), one.name.data() + one.name.size());
  } else {
    append_json_string(out, one.name.empty() ? name_of_result(one.path) : one.name);
  }
}

}  // namespace

/// One way down a value along keys and indexes, up to the path's end or a pipe.
class JsonSearch {
 public:
  explicit JsonSearch(JsonSelector& selector) : selector_(selector) {}

  std::string_view run(std::string_view text, std::string_view path) {
    if (path.starts_with("..")) {
      auto lines = JsonMembers::of_lines(text);
      search_array(lines, path.substr(2));
    } else if (text = first_json_value(text); is_json_container(text)) {
      JsonMembers members(text);
      search(members, json_kind(text), path);
    }
    return pipe_ ? selector_.select(found_, *pipe_) : found_;
  }

 private:
  /// Each search returns whether it found its value; if not, others of the same name are tried.
  bool search(JsonMembers& members, JsonKind kind, std::string_view path) {
    const Deeper deeper(selector_.depth_);
    if (deeper.is_too_deep()) return false;
    return kind == JsonKind::kObject ? search_object(members, path) : search_array(members, path);
  }

  bool search_value(JsonMembers& members, std::string_view path) {
    const JsonKind kind = members.kind();
    if (kind != JsonKind::kObject && kind != JsonKind::kArray) return false;
    JsonMembers inner = members.inner();
    if (search(inner, kind, path)) return true;
    members.continue_behind(inner);
    return false;
  }

  bool search_object(JsonMembers& members, std::string_view path) {
    const KeyStep step = parse_key_step(path, selector_.made_);
    if (step.link == PathLink::kPipe) pipe_ = step.rest;
    while (members.next()) {
      if (!is_key(step, members.key())) continue;
      if (step.link != PathLink::kDot) return found(members.value());
      if (search_value(members, step.rest)) return true;
    }
    return false;
  }

  bool search_array(JsonMembers& members, std::string_view path) {
    const ElementStep step = parse_element_step(path, selector_.made_);
    if (step.link == PathLink::kPipe) pipe_ = step.rest;
    if (step.query) return search_matches(members, step);
    if (step.part == "#") {
      return step.link == PathLink::kDot ? select_of_each(members, step.rest) : count(members);
    }
    return !step.is_hash && search_element(members, step);
  }

  bool search_element(JsonMembers& members, const ElementStep& step) {
    const std::size_t index = index_of(step.part);
    for (std::size_t i = 0; members.next(); ++i) {
      if (i != index) continue;
      if (step.link != PathLink::kDot) return found(members.value());
      return search_value(members, step.rest);
    }
    return false;
  }

  bool count(JsonMembers& members) {
    std::size_t size = 0;
    while (members.next()) ++size;
    return found(selector_.keep(fmt::format("{}", size)));
  }

  bool select_of_each(JsonMembers& members, std::string_view path) {
    path = take_pipe(path);
    ArrayText selected;
    while (members.next()) selected.add(selector_.select(members.value(), path));
    return found(selector_.keep(selected.take()));
  }

  bool search_matches(JsonMembers& members, const ElementStep& step) {
    ArrayText selected;
    std::string_view path = step.rest;
    while (members.next()) {
      std::string_view value = members.value();
      if (!matches(*step.query, value)) continue;
      if (step.link == PathLink::kDot) {
        path = take_pipe(path);
        value = selector_.select(value, path);
      }
      if (!step.query->all) return found(value);
      selected.add(value);
    }
    return step.query->all && found(selector_.keep(selected.take()));
  }

  bool matches(const PathQuery& query, std::string_view value) {
    if (is_json_container(value)) {
      value = selector_.select(value, query.path);
    } else if (!query.path.empty()) {
      return false;
    }
    return matches_query(query, value);
  }

  /// What is to be done with each element; what comes behind a pipe is done with all of them.
  std::string_view take_pipe(std::string_view path) {
    const auto halves = split_at_pipe(path);
    if (!halves) return path;
    pipe_ = halves->right;
    return halves->left;
  }

  bool found(std::string_view value) {
    found_ = value;
    return true;
  }

  JsonSelector& selector_;
  std::string_view found_;
  std::optional<std::string_view> pipe_;
};

std::string_view JsonSelector::keep(std::string text) {
  if (!allows(text.size())) return {};
  left_ -= text.size();
  return made_.emplace_front(std::move(text));
}

bool JsonSelector::allows(std::size_t bytes) {
  if (bytes > left_) exhausted_ = true;
  return !exhausted_;
}

bool JsonSelector::look_again(std::size_t bytes) {
  constexpr std::size_t kCheaper = 8;   // than making text
  constexpr std::size_t kOverhead = 8;  // of a selection, in bytes of made text
  const std::size_t cost = bytes / kCheaper + kOverhead;
  if (!allows(cost)) return false;
  left_ -= cost;
  return true;
}

std::string_view JsonSelector::select(std::string_view text, std::string_view path) {
  const Deeper deeper(depth_);
  return deeper.is_too_deep() || exhausted_ ? std::string_view{} : apply(text, path);
}

std::string_view JsonSelector::apply(std::string_view text, std::string_view path) {
  const char first = path.size() > 1 ? path[0] : '\0';
  if (first == '@') {
    const PathCall call = parse_modifier(path);
    if (is_json_modifier(call.name)) return go_on(modify_json(*this, text, call), call.rest);
  } else if (first == '!') {
    if (const auto literal = parse_literal(path)) return go_on(literal->name, literal->rest);
  } else if (first == '[' || first == '{') {
    const auto paths = parse_multipath(path);
    if (paths && (paths->rest.empty() || paths->rest[0] == '.' || paths->rest[0] == '|')) {
      return go_on(combine(text, *paths, first), paths->rest);
    }
  }
  return JsonSearch(*this).run(text, path);
}

std::string_view JsonSelector::go_on(std::string_view result, std::string_view rest) {
  if (!rest.empty() && (rest[0] == '.' || rest[0] == '|')) return select(result, rest.substr(1));
  return first_json_value(result);
}

std::string_view JsonSelector::combine(std::string_view text, const Multipath& multipath,
                                       char open) {
  fmt::memory_buffer out;
  for (const NamedPath& one : multipath.paths) {
    const std::string_view value = select(text, one.path);
    if (value.empty()) continue;
    if (!allows(out.size() + value.size())) return {};
    out.push_back(out.size() == 0 ? open : ',');
    if (open == '{') {
      append_result_name(out, one);
      out.push_back(':');
    }
    out.append(value.data(), value.data() + value.size());
  }
  if (out.size() == 0) out.push_back(open);
  out.push_back(open == '{' ? '}' : ']');
  return keep(fmt::to_string(out));
}

}  // namespace loadrun::script

#include "script/json_pretty.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "script/json_query.h"
#include "script/json_text.h"

namespace loadrun::script {
namespace {

constexpr int kMaxDepth = 1000;  // beyond it, values are left as they are

std::string white_space_of(std::string_view text) {
  std::string blanks;
  std::copy_if(text.begin(), text.end(), std::back_inserter(blanks),
               [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
  return blanks;
}

std::string characters_of(std::string_view value) {
  return value.starts_with('"') ? unescape_json(inside_quotes(value)) : std::string(value);
}

int width_of(double number) { return number > 0 ? static_cast<int>(std::min(number, 1e6)) : 0; }

class Printer {
 public:
  explicit Printer(const PrettyOptions& options) : options_(options), out_(options.prefix) {}

  std::string print(std::string_view value) {
    if (value.empty()) return out_;
    write(value, 0);
    return std::move(out_) + '\n';
  }

 private:
  struct Member {
    std::string_view key, value;
  };

  void write(std::string_view value, int depth) {
    if (!is_json_container(value) || depth > kMaxDepth) {
      out_ += value;
    } else if (value[0] == '{' || !write_on_line(value)) {
      write_lines(value, depth);
    }
  }

  /// An array without objects that fits into the line; else writes nothing and returns false.
  bool write_on_line(std::string_view array) {
    const int room = options_.width - static_cast<int>(out_.size() - line_);
    if (options_.width <= 0 || room <= 3) return false;
    const std::size_t size = out_.size();
    limit_ = size + static_cast<std::size_t>(room);
    JsonMembers members(array);
    if (append_elements(members, 0)) return true;
    out_.resize(size);
    return false;
  }

  bool append_elements(JsonMembers& members, int depth) {
    out_ += '[';
    for (bool first = true; members.next(); first = false) {
      if (!first) out_ += ", ";
      if (members.kind() == JsonKind::kObject || depth > kMaxDepth) return false;
      if (members.kind() == JsonKind::kArray) {
        JsonMembers inner = members.inner();
        if (!append_elements(inner, depth + 1)) return false;
        members.continue_behind(inner);
      } else {
        out_ += members.value();
      }
      if (out_.size() > limit_) return false;
    }
    out_ += ']';
    return out_.size() <= limit_;
  }

  void write_lines(std::string_view container, int depth) {
    const bool is_object = container[0] == '{';
    const std::vector<Member> members = members_of(container);
    out_ += container[0];
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i > 0) out_ += ',';
      start_line(depth + 1, i > 0 && !is_object);
      if (is_object) (out_ += members[i].key) += ": ";
      write(members[i].value, depth + 1);
    }
    if (!members.empty()) start_line(depth, false);
    out_ += is_object ? '}' : ']';
  }

  std::vector<Member> members_of(std::string_view container) const {
    std::vector<Member> found;
    for (JsonMembers members(container); members.next();) {
      found.push_back({members.key(), members.value()});
    }
    if (options_.sort_keys && container[0] == '{') {
      std::stable_sort(found.begin(), found.end(), [](const Member& a, const Member& b) {
        return characters_of(a.key) < characters_of(b.key);
      });
    }
    return found;
  }

  /// As tidwall/pretty measures lines, the line break counts, but not between elements.
  void start_line(int depth, bool between_elements) {
    line_ = out_.size() + (between_elements ? 1 : 0);
    (out_ += '\n') += options_.prefix;
    for (int i = 0; i < depth; ++i) out_ += options_.indent;
  }

  const PrettyOptions& options_;
  std::string out_;
  std::size_t line_ = 0;   ///< Where the current line starts in out_.
  std::size_t limit_ = 0;  ///< How long out_ may become while an array is put on a line.
};

}  // namespace

PrettyOptions pretty_options(std::string_view argument) {
  PrettyOptions options;
  const std::string_view given = first_json_value(argument);
  if (!is_json_container(given)) return options;
  for (JsonMembers members(given); members.next();) {
    const std::string_view name = inside_quotes(members.key());
    const std::string_view value = members.value();
    if (name == "sortKeys") options.sort_keys = is_true_json(value);
    if (name == "indent") options.indent = white_space_of(characters_of(value));
    if (name == "prefix") options.prefix = white_space_of(characters_of(value));
    if (name == "width") options.width = width_of(json_number(value));
  }
  return options;
}

std::string pretty_json(std::string_view value, const PrettyOptions& options) {
  return Printer(options).print(value);
}

std::string compact_json(std::string_view json) {
  std::string out;
  for (std::size_t at = 0; at < json.size();) {
    const std::size_t end = json[at] == '"' ? end_of_json_string(json, at) : at + 1;
    if (static_cast<unsigned char>(json[at]) > ' ') out += json.substr(at, end - at);
    at = end;
  }
  return out;
}

}  // namespace loadrun::script

#pragma once

#include <forward_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loadrun::script {

// The path language of gjson v1.18 (github.com/tidwall/gjson, SYNTAX.md), one component at a time:
// what a component means depends on what it is applied to. What is no proper path is read as gjson
// reads it.

/// Texts that were made while a path was read or applied. Views into them last as long as it.
using MadeTexts = std::forward_list<std::string>;

/// What joins a component to the rest of a path.
enum class PathLink { kNone, kDot, kPipe };

/// A component applied to an object.
struct KeyStep {
  std::string_view key;  ///< Without the escapes.
  bool is_pattern = false;
  PathLink link = PathLink::kNone;
  std::string_view rest;
};

/// `path==value` in `#(path==value)`.
struct PathQuery {
  std::string_view path;
  std::string_view op;     ///< = (for == too) != < <= > >= % !%; "" asks for existence.
  std::string_view value;  ///< Without quotes.
  bool all = false;        ///< `#(...)#`
};

/// A component applied to an array.
struct ElementStep {
  std::string_view part;  ///< An index, `#`, or a query.
  bool is_hash = false;   ///< `part` contains a `#`: it is no index.
  std::optional<PathQuery> query;
  PathLink link = PathLink::kNone;
  std::string_view rest;
};

KeyStep parse_key_step(std::string_view path, MadeTexts& made);
ElementStep parse_element_step(std::string_view path, MadeTexts& made);

struct PathHalves {
  std::string_view left, right;
};

/// `path` around its first `|` outside of queries.
std::optional<PathHalves> split_at_pipe(std::string_view path);

/// One of the paths of `[path,path]` or `{name:path,path}`.
struct NamedPath {
  std::string_view name;  ///< "" when there is none.
  std::string_view path;
};

struct Multipath {
  std::vector<NamedPath> paths;
  std::string_view rest;
};

/// `path` starts with a bracket; nothing when it is not closed.
std::optional<Multipath> parse_multipath(std::string_view path);

/// The key under which the result of `path` appears in a multipath: its last component, or "_".
std::string_view name_of_result(std::string_view path);

/// `@name`, `@name:argument` or `!literal`, and what follows from the next `.` or `|` on.
struct PathCall {
  std::string_view name;
  std::string_view argument;
  std::string_view rest;
};

/// `path` starts with `@`.
PathCall parse_modifier(std::string_view path);
/// `path` starts with `!`; `name` is the literal's text. Nothing when it is no literal.
std::optional<PathCall> parse_literal(std::string_view path);

/// Whether gjson has a modifier of this name.
bool is_json_modifier(std::string_view name);

}  // namespace loadrun::script

#pragma once

#include <string>
#include <string_view>

namespace loadrun::script {

/// How the modifier `@pretty` lays a value out.
struct PrettyOptions {
  int width = 80;      ///< Columns; arrays of scalars that fit are put on one line. 0: none is.
  std::string prefix;  ///< Before each line; white space.
  std::string indent = "  ";
  bool sort_keys = false;
};

/// The options in a modifier's argument: {"width":80,"prefix":"","indent":"  ","sortKeys":false}.
PrettyOptions pretty_options(std::string_view argument);

/// `value` with a line for each member, as tidwall/pretty lays it out.
std::string pretty_json(std::string_view value, const PrettyOptions& options);

/// `json` without white space outside of strings.
std::string compact_json(std::string_view json);

}  // namespace loadrun::script

#pragma once

#include <span>
#include <string_view>

namespace loadrun::plan {

/// How the text of a variable or flag becomes the JSON value of its option.
enum class OptionSyntax {
  kInteger,
  kBoolean,
  kText,
  kDuration,
  kStages,       ///< "10s:5,1m:0"
  kTags,         ///< "a:b,c:d" in the environment, "a=b" as a flag
  kList,         ///< comma-separated
  kTrimmedList,  ///< comma-separated, blanks and empty elements dropped
  kKeyValues,    ///< "a=b,c=d"
  kJson,
};

/// One option and its names in the three places where it can be set; "" where it cannot.
struct OptionNames {
  std::string_view option;
  std::string_view variable;  ///< Without LOADRUN_.
  std::string_view flag;      ///< Without the dashes.
  OptionSyntax syntax = OptionSyntax::kJson;
  bool repeatable = false;  ///< As a flag.
};

/// All options of k6, whether loadrun supports them or not.
std::span<const OptionNames> option_table();

}  // namespace loadrun::plan

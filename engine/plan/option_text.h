#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "plan/option_table.h"

namespace loadrun::plan {

/// Where a text was written, which decides details of its syntax.
enum class TextSource {
  kEnvironment,  ///< Durations without a unit are milliseconds; tags are "a:b,c:d"; stages
                 ///< "1s:2,3s:4".
  kFlag,         ///< Durations need a unit; one tag "a=b" and one stage "1s:2" each.
};

/// The JSON value of an option written as text. Fails (kInvalidConfig) saying what is wrong and
/// what was expected.
Result<nlohmann::json> option_from_text(OptionSyntax syntax, std::string_view text,
                                        TextSource source);

/// Splits "a=b,c=[d,e]" into keys and values; a list keeps the text between its brackets. Fails
/// (kInvalidConfig) on a key without a value and on a list that does not end, or ends before the
/// next comma.
Result<std::vector<std::pair<std::string, std::string>>> parse_key_values(std::string_view text);

}  // namespace loadrun::plan

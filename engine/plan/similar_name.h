#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace loadrun::plan {

/// The one of `known` that `name` is most likely a slip of (another case, or at most two letters
/// off), or "" when there is none.
std::string_view similar_name(std::string_view name, const std::vector<std::string_view>& known);

/// ` (did you mean "vus"?)` with the similar name of `known`, or "" when there is none.
std::string suggestion(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace loadrun::plan

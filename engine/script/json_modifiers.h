#pragma once

#include <string_view>

#include "script/json_path.h"

namespace loadrun::script {

/// The text that the modifier `call.name` makes of `json`; "" when it makes nothing of it. It lives
/// as long as `selector`.
/// REQUIRES: is_json_modifier(call.name).
std::string_view modify_json(JsonSelector& selector, std::string_view json, const PathCall& call);

}  // namespace loadrun::script

#pragma once

#include <string_view>

#include "script/json_path_syntax.h"

namespace loadrun::script {

/// Whether `text` has the form of `pattern`: `*` stands for any characters, `?` for one, a
/// backslash takes the next character literally.
bool matches_pattern(std::string_view text, std::string_view pattern);

/// Whether the value that `query.path` selected (JSON text, "" for nothing) satisfies `query`.
bool matches_query(const PathQuery& query, std::string_view selected);

/// What gjson takes for true: true, numbers but 0, and strings as Go's ParseBool reads them.
bool is_true_json(std::string_view value);

/// The number that `text` spells, infinite when it is too large; 0 when it is none.
double json_number(std::string_view text);

}  // namespace loadrun::script

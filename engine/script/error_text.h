#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/errors.h"

namespace loadrun::script {

/// The texts of the Lua files that were loaded, by the path that they were loaded from.
using SourceTexts = std::map<std::string, std::string_view, std::less<>>;

/// `error`, as Lua gives it ("path:line: message" and perhaps a traceback), with the line it is
/// about, a mark under the name or token that the message quotes, and the one of `known_names`
/// that a missing field, method or global may be a slip of:
///
///     script.lua:12: attempt to call field 'gett' (a nil value)
///        12 |   local res = http.gett(url)
///           |                    ^^^^
///     did you mean "get"?
///     stack traceback: ...
///
/// What names no place in one of `sources` is returned as it is. Lua shortens a long path to "..."
/// and its end, which is found too. Source lines may hold any bytes; what is added is printable.
std::string explain_error(std::string_view error, const SourceTexts& sources,
                          const std::vector<std::string>& known_names);

/// What `error` says without its traceback, and the place in one of `sources` where it was raised:
/// the one that it names or, when it names none, the innermost of the traceback. Texts are cut as
/// kept_text() does.
metrics::RaisedError raised_error(std::string_view error, const SourceTexts& sources);

}  // namespace loadrun::script

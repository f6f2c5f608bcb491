#pragma once

#include <string>
#include <string_view>

namespace loadrun::report {

/// The id of a group or check: the MD5 of its path ("::group::check") in lower-case hex. An
/// identifier, not a protection. Empty when the system's cryptography forbids MD5.
std::string path_id(std::string_view path);

}  // namespace loadrun::report

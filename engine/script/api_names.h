#pragma once

#include <string>
#include <vector>

namespace loadrun::script {

class Runtime;

/// The names that scripts can use, sorted: the sandbox's globals and what is in its tables, the
/// members of the library's modules, and the fields of a response. Loads the whole library; for
/// error messages, where that time does not matter.
std::vector<std::string> api_names(Runtime& runtime);

}  // namespace loadrun::script

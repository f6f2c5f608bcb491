#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace loadrun::test {

/// The lines of a file in data/: see its README. Throws when there are none.
std::vector<nlohmann::json> go_facts(std::string_view file);

/// The bytes that `text` of a fact stands for.
std::string bytes_of(const nlohmann::json& text);

}  // namespace loadrun::test

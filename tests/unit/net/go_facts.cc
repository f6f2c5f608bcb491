#include "go_facts.h"

#include <fstream>
#include <stdexcept>

namespace loadrun::test {

std::vector<nlohmann::json> go_facts(std::string_view file) {
  std::ifstream lines(LOADRUN_SOURCE_DIR "/tests/unit/net/data/" + std::string(file));
  std::vector<nlohmann::json> facts;
  for (std::string line; std::getline(lines, line);) facts.push_back(nlohmann::json::parse(line));
  if (facts.empty()) throw std::runtime_error("no facts in " + std::string(file));
  return facts;
}

// Code points below 256 are one or two bytes of UTF-8.
std::string bytes_of(const nlohmann::json& text) {
  const auto& utf8 = text.get_ref<const std::string&>();
  std::string bytes;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto first = static_cast<unsigned char>(utf8[i]);
    if (first < 0x80) {
      bytes += utf8[i];
    } else {
      const auto second = static_cast<unsigned char>(utf8.at(++i));
      bytes += static_cast<char>((first << 6) | (second & 0x3f));
    }
  }
  return bytes;
}

}  // namespace loadrun::test

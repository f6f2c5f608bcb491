#include "plan/byte_size.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string>

#include "base/text.h"

namespace loadrun::plan {
namespace {

struct Unit {
  std::string_view name;
  double bytes;
};
constexpr std::array<Unit, 5> kUnits{
    {{"", 1}, {"b", 1}, {"kb", 1024}, {"mb", 1024.0 * 1024}, {"gb", 1024.0 * 1024 * 1024}}};

constexpr double kMost = 1e15;

std::string lower_without_blanks(std::string_view text) {
  std::string lower;
  for (const char c : text) {
    if (c != ' ') lower += in_lower_case(c);
  }
  return lower;
}

}  // namespace

std::optional<std::uint64_t> parse_byte_size(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (failure != std::errc()) return std::nullopt;
  const std::string name = lower_without_blanks({stop, static_cast<std::size_t>(end - stop)});
  for (const Unit& unit : kUnits) {
    const double bytes = number * unit.bytes;
    if (unit.name == name && bytes >= 1 && bytes <= kMost) return static_cast<std::uint64_t>(bytes);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> read_byte_size(ObjectReader& layer, std::string_view key) {
  const nlohmann::json* const value = layer.find(key);
  if (value == nullptr) return std::nullopt;
  const auto size = parse_byte_size(value->is_string() ? value->get<std::string>() : value->dump());
  if (!size) {
    layer.error(key, fmt::format("{} is not a size (expected a number of bytes above 0 or a text "
                                 "like \"64MB\")",
                                 shown(*value)));
  }
  return size;
}

}  // namespace loadrun::plan

#include "plan/object_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/duration.h"
#include "plan/similar_name.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;

constexpr double kTwoTo63 = 9223372036854775808.0;

std::optional<std::int64_t> integer_in(const std::string& digits) {
  std::int64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, failure] = std::from_chars(digits.data(), end, value);
  if (failure != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<std::int64_t> integer_in(const json& value) {
  if (value.is_string()) return integer_in(value.get_ref<const std::string&>());
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return std::nullopt;
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  // Scripts have floating-point numbers only.
  const double number = value.get<double>();
  if (std::trunc(number) != number || std::abs(number) >= kTwoTo63) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

Result<Nanoseconds> duration_in(const json& value) {
  if (value.is_string()) return parse_duration_or_ms(value.get_ref<const std::string&>());
  if (value.is_number()) return duration_from_ms(value.get<double>());
  return Error{ExitCode::kInvalidConfig,
               fmt::format("{} is not a duration (expected e.g. \"30s\", \"1m30s\" or a number of "
                           "milliseconds)",
                           shown(value))};
}

}  // namespace

std::string shown(const json& value) {
  constexpr std::size_t kLimit = 60;
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() <= kLimit) return text;
  std::size_t cut = kLimit;
  // Not inside a UTF-8 sequence.
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
  return text.substr(0, cut) + "...";
}

ObjectReader::ObjectReader(const json& object, Place place, Diagnostics& diagnostics)
    : object_(object), place_(std::move(place)), diagnostics_(diagnostics) {
  LOADRUN_CHECK(object.is_object());
}

void ObjectReader::relocate(std::string_view key, Place place) {
  relocated_.insert_or_assign(std::string(key), std::move(place));
}

Place ObjectReader::place(std::string_view key) const {
  const auto found = relocated_.find(key);
  return found != relocated_.end() ? found->second : place_.field(key);
}

const json* ObjectReader::find(std::string_view key) {
  asked_.emplace_back(key);
  const auto found = object_.find(asked_.back());
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view key) {
  const json* value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto number = integer_in(*value);
  if (!number) error(key, fmt::format("{} is not a whole number", shown(*value)));
  return number;
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view key, std::int64_t minimum) {
  const auto number = integer(key);
  if (!number || *number >= minimum) return number;
  error(key,
        fmt::format("{} is too small (expected a whole number of at least {})", *number, minimum));
  return std::nullopt;
}

std::optional<double> ObjectReader::number(std::string_view key, double minimum) {
  const json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_number() && value->get<double>() >= minimum) return value->get<double>();
  error(key, fmt::format("{} is not a number of at least {}", shown(*value), minimum));
  return std::nullopt;
}

std::optional<bool> ObjectReader::boolean(std::string_view key) {
  const json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  error(key, fmt::format("{} is not a boolean (expected true or false)", shown(*value)));
  return std::nullopt;
}

std::optional<std::string> ObjectReader::text(std::string_view key) {
  const json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  error(key, fmt::format("{} is not a string", shown(*value)));
  return std::nullopt;
}

std::optional<Nanoseconds> ObjectReader::duration(std::string_view key) {
  const json* value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto parsed = duration_in(*value);
  if (parsed.ok()) return parsed.value();
  error(key, parsed.error().message);
  return std::nullopt;
}

std::optional<Nanoseconds> ObjectReader::duration(std::string_view key, Nanoseconds minimum) {
  const auto parsed = duration(key);
  if (!parsed || *parsed >= minimum) return parsed;
  error(key, fmt::format("{} is too short (expected a duration of at least {})",
                         format_duration(*parsed), format_duration(minimum)));
  return std::nullopt;
}

std::optional<std::vector<json>> ObjectReader::list(std::string_view key) {
  const json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_array()) return value->get_ref<const json::array_t&>();
  if (value->is_object() && value->empty()) return std::vector<json>();
  error(key, fmt::format("{} is not a list", shown(*value)));
  return std::nullopt;
}

std::optional<std::vector<std::string>> ObjectReader::text_list(std::string_view key) {
  const auto elements = list(key);
  if (!elements) return std::nullopt;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < elements->size(); ++i) {
    const json& element = (*elements)[i];
    if (element.is_string()) {
      texts.push_back(element.get<std::string>());
    } else {
      diagnostics_.error(place(key).element(i), fmt::format("{} is not a string", shown(element)));
    }
  }
  if (texts.size() != elements->size()) return std::nullopt;
  return texts;
}

std::optional<std::map<std::string, std::string>> ObjectReader::text_map(std::string_view key) {
  const json* value = object(key);
  if (value == nullptr) return std::nullopt;
  std::map<std::string, std::string> texts;
  for (const auto& [name, element] : value->items()) {
    if (element.is_string()) {
      texts.emplace(name, element.get<std::string>());
    } else {
      diagnostics_.error(place(key).field(name), fmt::format("{} is not a string", shown(element)));
    }
  }
  if (texts.size() != value->size()) return std::nullopt;
  return texts;
}

const json* ObjectReader::object(std::string_view key) {
  const json* value = find(key);
  if (value == nullptr || value->is_object()) return value;
  error(key, fmt::format("{} is not an object of names and values", shown(*value)));
  return nullptr;
}

void ObjectReader::error(std::string_view key, std::string_view problem) const {
  diagnostics_.error(place(key), problem);
}

void ObjectReader::missing(std::string_view key, std::string_view expected) const {
  error(key, fmt::format("is required (expected {})", expected));
}

std::vector<std::string> ObjectReader::unread() const {
  std::vector<std::string> names;
  for (const auto& item : object_.items()) {
    if (std::find(asked_.begin(), asked_.end(), item.key()) == asked_.end()) {
      names.push_back(item.key());
    }
  }
  return names;
}

void ObjectReader::report_unread(std::string_view what, std::string_view expected) const {
  for (const std::string& key : unread()) {
    error(key,
          fmt::format("{} has no such field{} (expected {})", what, suggestion_for(key), expected));
  }
}

std::string ObjectReader::suggestion_for(std::string_view key) const {
  return suggestion(key, {asked_.begin(), asked_.end()});
}

}  // namespace loadrun::plan

#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "plan/diagnostics.h"

namespace loadrun::plan {

/// The value as JSON text for a message, shortened when it is long.
std::string shown(const nlohmann::json& value);

/// Reads the fields of one JSON object as options. A field that is absent or null is unset; one of
/// a wrong type is reported and unset. Remembers what was asked for, so that the fields nobody
/// knows can be named afterwards. An empty object is an empty list too: a script's empty table does
/// not say which it is.
class ObjectReader {
 public:
  /// `object` and `diagnostics` outlive the reader. REQUIRES: object.is_object().
  ObjectReader(const nlohmann::json& object, Place place, Diagnostics& diagnostics);

  /// Says that the value of `key` was written elsewhere, for messages.
  void relocate(std::string_view key, Place place);
  Place place(std::string_view key) const;
  const Place& place() const { return place_; }

  /// The field, or nullptr when unset.
  const nlohmann::json* find(std::string_view key);
  bool has(std::string_view key) { return find(key) != nullptr; }

  /// A whole number; also written as a string of digits.
  std::optional<std::int64_t> integer(std::string_view key);
  /// Like integer; also reports a value below `minimum`.
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t minimum);
  /// A number of at least `minimum`.
  std::optional<double> number(std::string_view key, double minimum);
  std::optional<bool> boolean(std::string_view key);
  std::optional<std::string> text(std::string_view key);
  /// A duration string, or a number of milliseconds.
  std::optional<Nanoseconds> duration(std::string_view key);
  /// Like duration; also reports a value below `minimum`.
  std::optional<Nanoseconds> duration(std::string_view key, Nanoseconds minimum);
  std::optional<std::vector<std::string>> text_list(std::string_view key);
  std::optional<std::map<std::string, std::string>> text_map(std::string_view key);
  /// The elements of a list.
  std::optional<std::vector<nlohmann::json>> list(std::string_view key);
  /// The field when it is an object.
  const nlohmann::json* object(std::string_view key);

  void error(std::string_view key, std::string_view problem) const;
  void missing(std::string_view key, std::string_view expected) const;
  Diagnostics& diagnostics() { return diagnostics_; }

  /// Fields that nobody asked for.
  std::vector<std::string> unread() const;
  /// Reports them: `what`, the object they are in, has only the `expected` fields.
  void report_unread(std::string_view what, std::string_view expected) const;
  /// ` (did you mean ...?)` among the fields asked for, or "".
  std::string suggestion_for(std::string_view key) const;

 private:
  const nlohmann::json& object_;
  Place place_;
  Diagnostics& diagnostics_;
  std::map<std::string, Place, std::less<>> relocated_;
  std::vector<std::string> asked_;
};

}  // namespace loadrun::plan

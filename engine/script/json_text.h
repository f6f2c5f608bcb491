#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace loadrun::script {

// Reading JSON text in place. Made for valid JSON; any other text gives something, within its
// bounds and in linear time.

enum class JsonKind { kNothing, kNull, kFalse, kTrue, kNumber, kString, kArray, kObject };

/// What the value is that `text` starts with (no white space before it), by its first character.
/// `nan` and `inf`, which selectors can make, are numbers.
JsonKind json_kind(std::string_view text);

inline bool is_json_container(std::string_view text) {
  return !text.empty() && (text[0] == '{' || text[0] == '[');
}

/// The end of the string whose opening quote is at `quote`.
std::size_t end_of_json_string(std::string_view text, std::size_t quote);

/// Where `depth` brackets that are open at `at` are all closed again; the size of `text` when they
/// are not. Brackets in strings do not count, round ones outside do.
std::size_t end_of_json_brackets(std::string_view text, std::size_t at, int depth);

/// The end of the value that starts at `at`.
std::size_t end_of_json_value(std::string_view text, std::size_t at);

/// The first value of `text`; "" when there is none.
std::string_view first_json_value(std::string_view text);

/// `text` without white space and control characters around it.
std::string_view trim_json(std::string_view text);

/// What stands between the quotes of `string`.
std::string_view inside_quotes(std::string_view string);

/// The characters that the inside of a JSON string means; U+FFFD for half a surrogate pair.
std::string unescape_json(std::string_view inside);

/// The members of an array or object, one after the other.
class JsonMembers {
 public:
  /// Of the container whose bracket is at `at`.
  JsonMembers(std::string_view text, std::size_t at)
      : text_(text), at_(at + 1), close_(text[at] == '{' ? '}' : ']') {}
  explicit JsonMembers(std::string_view container) : JsonMembers(container, 0) {}
  /// Of a text that is the inside of an array.
  static JsonMembers of_lines(std::string_view text);

  /// Goes to the next member; false when there is none.
  bool next();
  /// With its quotes; "" in an array.
  std::string_view key() const { return key_; }
  std::string_view value();
  JsonKind kind() const { return json_kind(text_.substr(begin_)); }

  /// The members of the value, which is a container.
  JsonMembers inner() const { return {text_, begin_}; }
  /// Goes on behind `inner`, which was made by inner(): the value need not be read again.
  void continue_behind(JsonMembers& inner);

 private:
  void skip_to_member();
  bool read_key();

  std::string_view text_;
  std::size_t at_;
  char close_;
  std::string_view key_;
  std::size_t begin_ = 0;
  bool is_passed_ = true;  ///< at_ is behind the value.
};

}  // namespace loadrun::script

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace loadrun::script {

struct JsonSyntaxError {
  std::size_t at;       ///< The first byte that cannot be there, or the text's end.
  std::string message;  ///< In the words of Go's encoding/json, as k6 shows it.

  /// k6's text about an error in `text`: line and character count from 1.
  std::string describe(std::string_view text) const;
};

/// What is wrong with JSON text by RFC 8259; nothing when it is valid. As in k6, bytes that are no
/// UTF-8, halves of surrogate pairs and numbers of any size are no errors. Reads any depth without
/// using the stack.
std::optional<JsonSyntaxError> check_json(std::string_view text);

}  // namespace loadrun::script

#pragma once

#include <string>
#include <string_view>

#include "script/json_path_syntax.h"

namespace loadrun::script {

/// Selects values of JSON text by gjson paths, as k6's `res.json(selector)` does; the rules are
/// those of gjson v1.18. Reads the text in place: plain paths allocate nothing.
class JsonSelector {
 public:
  /// For one path into a text of `text_size` bytes.
  explicit JsonSelector(std::size_t text_size) : most_(kRoom + kTimes * text_size) {}
  JsonSelector(const JsonSelector&) = delete;
  JsonSelector& operator=(const JsonSelector&) = delete;

  /// The JSON text of what `path` selects; "" when that is nothing, when the path is more than
  /// 1,000 steps deep, or when it is exhausted(). A piece of `text` or of `path`, or a text that
  /// lives as long as this. REQUIRES: `text` is valid JSON, else the result is something within it.
  std::string_view select(std::string_view text, std::string_view path);

  /// Keeps a text as long as this; "" when it is too much.
  std::string_view keep(std::string text);

  /// Whether a text of this many bytes can still be made. If not, nothing more is selected.
  bool allows(std::size_t bytes);
  /// Counts the work of looking at a text of this many bytes once more; false when it is too much.
  bool look_again(std::size_t bytes);
  /// Bytes that the path may make of the text on its way: each [@this,@this] doubles it, and each
  /// @dig in another one multiplies the work.
  std::size_t most_bytes() const { return most_; }
  /// They would have been exceeded.
  bool exhausted() const { return exhausted_; }

 private:
  friend class JsonSearch;

  static constexpr std::size_t kRoom = std::size_t{16} << 20;
  static constexpr std::size_t kTimes = 16;

  std::string_view apply(std::string_view text, std::string_view path);
  std::string_view go_on(std::string_view result, std::string_view rest);
  std::string_view combine(std::string_view text, const Multipath& multipath, char open);

  MadeTexts made_;
  const std::size_t most_;
  std::size_t left_ = most_;
  bool exhausted_ = false;
  int depth_ = 0;  ///< Of steps that are being taken, each inside the one before.
};

}  // namespace loadrun::script

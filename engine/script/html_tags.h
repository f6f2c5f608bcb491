#pragma once

#include <gumbo.h>

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace loadrun::script {

/// The tags in an HTML text, in order: enough of a tokenizer to know what is to be said about a
/// text before gumbo parses it. Comments, attribute values and the text of <script> and the like
/// are skipped.
class HtmlTags {
 public:
  struct Tag {
    GumboTag tag;
    bool is_end;
    std::size_t name_at;  ///< Offset of the name.
  };

  /// `source` outlives this.
  explicit HtmlTags(std::string_view source) : source_(source) {}

  /// The next tag; none at the end.
  std::optional<Tag> next();

 private:
  bool skip_other_markup();
  void skip_attributes();
  void skip_to_end_tag(std::string_view name);

  std::string_view source_;
  std::size_t at_ = 0;
};

/// How deep the elements of a text nest, as far as its tags tell: gumbo's time grows with the
/// square of that.
class HtmlNesting {
 public:
  /// More than this is too much. Not exact: the tree is measured once it is there.
  static constexpr std::size_t kLimit = 2000;

  /// False when the tag brings more open elements than kLimit.
  bool add(const HtmlTags::Tag& tag);

 private:
  std::vector<GumboTag> open_;
};

}  // namespace loadrun::script

#pragma once

#include <gumbo.h>

#include <cstddef>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "script/html_document.h"
#include "script/html_tags.h"

namespace loadrun::script {

/// Parses HTML5 with gumbo, then writes an HtmlDocument into memory that the caller gives, so that
/// it can be one block of the collector's. What is no HTML parses to something, as in a browser;
/// invalid UTF-8 becomes U+FFFD. The content of <noscript> is text, as where scripts run.
class HtmlParser {
 public:
  /// `source` outlives this.
  explicit HtmlParser(std::string_view source);
  HtmlParser(const HtmlParser&) = delete;
  HtmlParser& operator=(const HtmlParser&) = delete;

  /// Parses. Fails (kScriptException) on elements nested deeper than HtmlDocument::kMaxDepth.
  Result<void> parse();
  /// How many bytes write() needs, at the alignment of HtmlDocument.
  std::size_t document_size() const;
  /// Writes the document to the start of `block`; it needs no destruction.
  const HtmlDocument& write(void* block) const;

 private:
  Result<void> prepare();
  void show_as_text(const HtmlTags::Tag& noscript);
  void add(const GumboNode& node, HtmlNodeId parent, int depth);
  void add_element(const GumboNode& node, HtmlNodeId parent, int depth);
  HtmlNodeId append(HtmlNode node, HtmlNodeId parent);
  std::span<const HtmlAttribute> attributes_of(const GumboElement& element);
  std::span<const HtmlAttribute> identifiers_of(const GumboDocument& document);
  std::span<HtmlAttribute> new_attributes(std::size_t count);
  std::string_view name_of(const GumboElement& element);
  std::string_view lower_case(std::string_view text);
  bool is_noscript(const GumboElement& element) const;

  std::string_view source_;
  std::string altered_;                         ///< The source as gumbo reads it, where it differs.
  std::pmr::monotonic_buffer_resource memory_;  ///< gumbo's tree, and what nodes_ refers to.
  std::vector<HtmlNode> nodes_;
  bool too_deep_ = false;
};

}  // namespace loadrun::script

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace loadrun::script {

/// A node of an HtmlDocument: its place in document order. 0 is the document itself.
using HtmlNodeId = std::uint32_t;
inline constexpr HtmlNodeId kNoHtmlNode = ~HtmlNodeId{0};

/// The numbers are those of the DOM's nodeType.
enum class HtmlNodeType : std::uint8_t {
  kElement = 1,
  kText = 3,
  kComment = 8,
  kDocument = 9,
  kDoctype = 10
};

struct HtmlAttribute {
  std::string_view space;  ///< "xlink", "xml" or "xmlns" in foreign elements, else ""
  std::string_view name;
  std::string_view value;
};

struct HtmlNode {
  HtmlNodeType type = HtmlNodeType::kDocument;
  std::string_view space = {};  ///< "svg" or "math", "" in HTML
  std::string_view data =
      {};  ///< The name of an element or doctype; the text of a text or comment.
  std::span<const HtmlAttribute> attributes = {};
  HtmlNodeId parent = kNoHtmlNode;
  HtmlNodeId previous = kNoHtmlNode;    ///< The sibling before, of any type.
  HtmlNodeId next = kNoHtmlNode;        ///< The sibling after.
  HtmlNodeId last_child = kNoHtmlNode;  ///< Of any type.
  HtmlNodeId end = 0;                   ///< One past the last descendant.
};

/// A parsed HTML document: its nodes in document order, so that the descendants of a node are the
/// ones between it and its `end`. Read-only. Lives at the start of the block of memory that
/// HtmlParser::write() filled, which holds all that it refers to and must not move. Elements are
/// at most kMaxDepth deep: what walks the tree may recurse.
class HtmlDocument {
 public:
  /// golang.org/x/net/html, which k6 uses, refuses more.
  static constexpr int kMaxDepth = 512;

  explicit HtmlDocument(std::span<const HtmlNode> nodes) : nodes_(nodes) {}

  std::size_t size() const { return nodes_.size(); }
  const HtmlNode& operator[](HtmlNodeId id) const { return nodes_[id]; }
  bool is_element(HtmlNodeId id) const { return nodes_[id].type == HtmlNodeType::kElement; }
  HtmlNodeId first_child(HtmlNodeId id) const {
    return nodes_[id].end > id + 1 ? id + 1 : kNoHtmlNode;
  }
  HtmlNodeId previous_element(HtmlNodeId id) const;
  /// The attribute of that name, whatever its namespace; nullptr when there is none.
  const HtmlAttribute* attribute(HtmlNodeId id, std::string_view name) const;
  /// Whether `other` is a descendant of `id`.
  bool contains(HtmlNodeId id, HtmlNodeId other) const {
    return id < other && other < nodes_[id].end;
  }
  /// The texts of the node and its descendants in order.
  std::string text(HtmlNodeId id) const;
  /// What is inside the node as HTML, written as golang.org/x/net/html writes it.
  std::string inner_html(HtmlNodeId id) const;

 private:
  std::span<const HtmlNode> nodes_;
};

}  // namespace loadrun::script

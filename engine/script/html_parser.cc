#include "script/html_parser.h"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <new>
#include <type_traits>

#include "base/text.h"

namespace loadrun::script {
namespace {

// What hides a <noscript> from gumbo, which never runs scripts: an element that is text everywhere
// and whose name is as long.
constexpr std::string_view kNoscript = "noscript";
constexpr std::string_view kNoframes = "noframes";
static_assert(kNoscript.size() == kNoframes.size());

Error too_deep() {
  return {ExitCode::kScriptException,
          fmt::format("html: open stack of elements exceeds {} nodes", HtmlDocument::kMaxDepth)};
}

std::string_view view_of(const GumboStringPiece& piece) { return {piece.data, piece.length}; }

std::string_view space_of(GumboNamespaceEnum space) {
  if (space == GUMBO_NAMESPACE_SVG) return "svg";
  return space == GUMBO_NAMESPACE_MATHML ? "math" : "";
}

std::string_view space_of(GumboAttributeNamespaceEnum space) {
  if (space == GUMBO_ATTR_NAMESPACE_XLINK) return "xlink";
  if (space == GUMBO_ATTR_NAMESPACE_XML) return "xml";
  return space == GUMBO_ATTR_NAMESPACE_XMLNS ? "xmlns" : "";
}

template <typename T>
std::span<T*> items_of(const GumboVector& vector) {
  return {reinterpret_cast<T**>(vector.data), vector.length};
}

void* allocate(void* memory, std::size_t size) {
  return static_cast<std::pmr::memory_resource*>(memory)->allocate(size);
}

void keep(void*, void*) {}

/// Calls `visit` with every text that the node refers to, by reference.
template <typename Node, typename Attributes, typename Visitor>
void for_each_text(Node& node, Attributes attributes, const Visitor& visit) {
  visit(node.data);
  for (auto& attribute : attributes) {
    visit(attribute.name);
    visit(attribute.value);
  }
}

}  // namespace

HtmlParser::HtmlParser(std::string_view source) : source_(source) {}

Result<void> HtmlParser::parse() {
  if (Result<void> prepared = prepare(); !prepared.ok()) return prepared;
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = allocate;
  options.deallocator = keep;
  options.userdata = &memory_;
  options.max_errors = 0;
  const std::string_view text = altered_.empty() ? source_ : altered_;
  const GumboOutput* output = gumbo_parse_with_options(&options, text.data(), text.size());
  const GumboDocument& document = output->document->v.document;
  nodes_.push_back({});
  if (document.has_doctype) {
    append({.type = HtmlNodeType::kDoctype,
            .data = document.name,
            .attributes = identifiers_of(document)},
           0);
  }
  for (const GumboNode* child : items_of<GumboNode>(document.children)) add(*child, 0, 1);
  nodes_[0].end = static_cast<HtmlNodeId>(nodes_.size());
  if (too_deep_) return too_deep();
  return {};
}

/// What is to be known of the source before gumbo sees it.
Result<void> HtmlParser::prepare() {
  HtmlTags tags(source_);
  HtmlNesting nesting;
  while (const auto tag = tags.next()) {
    if (!nesting.add(*tag)) return too_deep();
    if (tag->tag == GUMBO_TAG_NOSCRIPT) show_as_text(*tag);
  }
  return {};
}

void HtmlParser::show_as_text(const HtmlTags::Tag& noscript) {
  if (altered_.empty()) altered_ = source_;
  altered_.replace(noscript.name_at, kNoframes.size(), kNoframes);
}

bool HtmlParser::is_noscript(const GumboElement& element) const {
  if (element.tag != GUMBO_TAG_NOFRAMES || altered_.empty()) return false;
  if (element.original_tag.data == nullptr) return false;
  const auto name_at = static_cast<std::size_t>(element.original_tag.data - altered_.data()) + 1;
  return strncasecmp(source_.data() + name_at, kNoscript.data(), kNoscript.size()) == 0;
}

void HtmlParser::add(const GumboNode& node, HtmlNodeId parent, int depth) {
  switch (node.type) {
    case GUMBO_NODE_ELEMENT:
    case GUMBO_NODE_TEMPLATE:
      return add_element(node, parent, depth);
    case GUMBO_NODE_COMMENT:
      append({.type = HtmlNodeType::kComment, .data = node.v.text.text}, parent);
      return;
    default:
      append({.type = HtmlNodeType::kText, .data = node.v.text.text}, parent);
  }
}

void HtmlParser::add_element(const GumboNode& node, HtmlNodeId parent, int depth) {
  too_deep_ = too_deep_ || depth > HtmlDocument::kMaxDepth;
  if (too_deep_) return;
  const GumboElement& element = node.v.element;
  const HtmlNodeId id = append({.type = HtmlNodeType::kElement,
                                .space = space_of(element.tag_namespace),
                                .data = name_of(element),
                                .attributes = attributes_of(element)},
                               parent);
  for (const GumboNode* child : items_of<GumboNode>(element.children)) add(*child, id, depth + 1);
  nodes_[id].end = static_cast<HtmlNodeId>(nodes_.size());
}

HtmlNodeId HtmlParser::append(HtmlNode node, HtmlNodeId parent) {
  const auto id = static_cast<HtmlNodeId>(nodes_.size());
  node.parent = parent;
  node.previous = nodes_[parent].last_child;
  node.end = id + 1;
  if (node.previous != kNoHtmlNode) nodes_[node.previous].next = id;
  nodes_[parent].last_child = id;
  nodes_.push_back(node);
  return id;
}

std::span<HtmlAttribute> HtmlParser::new_attributes(std::size_t count) {
  void* memory = memory_.allocate(count * sizeof(HtmlAttribute), alignof(HtmlAttribute));
  return {new (memory) HtmlAttribute[count], count};
}

std::span<const HtmlAttribute> HtmlParser::attributes_of(const GumboElement& element) {
  const auto given = items_of<GumboAttribute>(element.attributes);
  const std::span<HtmlAttribute> attributes = new_attributes(given.size());
  std::transform(given.begin(), given.end(), attributes.begin(), [](const GumboAttribute* one) {
    return HtmlAttribute{space_of(one->attr_namespace), one->name, one->value};
  });
  return attributes;
}

std::span<const HtmlAttribute> HtmlParser::identifiers_of(const GumboDocument& document) {
  const std::span<HtmlAttribute> identifiers = new_attributes(2);
  identifiers[0] = {"", "public", document.public_identifier};
  identifiers[1] = {"", "system", document.system_identifier};
  return identifiers;
}

std::string_view HtmlParser::name_of(const GumboElement& element) {
  if (is_noscript(element)) return kNoscript;
  GumboStringPiece text = element.original_tag;
  if (text.length >= 2) gumbo_tag_from_original_text(&text);
  if (element.tag_namespace == GUMBO_NAMESPACE_SVG && text.length > 0) {
    if (const char* name = gumbo_normalize_svg_tagname(&text); name != nullptr) return name;
  }
  if (element.tag == GUMBO_TAG_UNKNOWN) return lower_case(view_of(text));
  return gumbo_normalized_tagname(element.tag);
}

std::string_view HtmlParser::lower_case(std::string_view text) {
  char* copy = static_cast<char*>(memory_.allocate(text.size(), 1));
  std::transform(text.begin(), text.end(), copy, [](char c) { return in_lower_case(c); });
  return {copy, text.size()};
}

std::size_t HtmlParser::document_size() const {
  std::size_t size = sizeof(HtmlDocument) + nodes_.size() * sizeof(HtmlNode);
  for (const HtmlNode& node : nodes_) {
    size += node.attributes.size() * sizeof(HtmlAttribute);
    for_each_text(node, node.attributes, [&](std::string_view text) { size += text.size(); });
  }
  return size;
}

/// The header, the nodes, the attributes, the texts.
const HtmlDocument& HtmlParser::write(void* block) const {
  static_assert(std::is_trivially_destructible_v<HtmlDocument>);
  static_assert(alignof(HtmlNode) <= alignof(HtmlDocument) &&
                alignof(HtmlAttribute) <= alignof(HtmlDocument));
  const auto nodes = reinterpret_cast<HtmlNode*>(static_cast<HtmlDocument*>(block) + 1);
  auto attributes = reinterpret_cast<HtmlAttribute*>(nodes + nodes_.size());
  std::size_t attribute_count = 0;
  for (const HtmlNode& node : nodes_) attribute_count += node.attributes.size();
  char* texts = reinterpret_cast<char*>(attributes + attribute_count);
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    HtmlNode& node = *new (nodes + i) HtmlNode(nodes_[i]);
    const std::span<HtmlAttribute> own(attributes, node.attributes.size());
    std::uninitialized_copy(node.attributes.begin(), node.attributes.end(), own.begin());
    for_each_text(node, own, [&](std::string_view& text) {
      std::copy(text.begin(), text.end(), texts);
      text = {texts, text.size()};
      texts += text.size();
    });
    node.attributes = own;
    attributes += own.size();
  }
  return *new (block) HtmlDocument({nodes, nodes_.size()});
}

}  // namespace loadrun::script

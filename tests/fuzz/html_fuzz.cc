// HTML and selectors: the first line is a selector, the rest a page. Whatever they are, the nodes
// of the document are linked as they should, and only elements are selected.
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "fuzz/fuzz_target.h"
#include "script/html_parser.h"
#include "script/html_selector.h"

namespace {

using loadrun::script::HtmlDocument;
using loadrun::script::HtmlNodeId;
using loadrun::script::HtmlParser;
using loadrun::script::HtmlSelector;
using loadrun::script::kNoHtmlNode;

void check_links(const HtmlDocument& document) {
  for (HtmlNodeId id = 1; id < document.size(); ++id) {
    const auto& node = document[id];
    LOADRUN_CHECK(node.end > id && document.contains(node.parent, id));
    LOADRUN_CHECK(node.previous == kNoHtmlNode || document[node.previous].next == id);
    LOADRUN_CHECK(node.next != kNoHtmlNode || document[node.parent].last_child == id);
  }
}

/// Every :has looks at all descendants: nested, the time is exponential, in k6 too.
bool is_slow(std::string_view selector) {
  const std::size_t first = selector.find(":h");
  return first != std::string_view::npos && selector.find(":h", first + 1) != selector.npos;
}

void select(const HtmlDocument& document, std::string_view text) {
  const auto selector = HtmlSelector::parse(text);
  if (is_slow(text) || !selector.ok() || !selector.value().has_value()) return;
  for (HtmlNodeId id = 0; id < document.size(); ++id) {
    if (selector.value()->matches(document, id)) LOADRUN_CHECK(document.is_element(id));
  }
}

void run(std::string_view selector, std::string_view page) {
  HtmlParser parser(page);
  if (!parser.parse().ok()) return;
  std::vector<char> block(parser.document_size());
  const HtmlDocument& document = parser.write(block.data());
  check_links(document);
  LOADRUN_CHECK(document.inner_html(0).size() >= document.text(0).size());
  select(document, selector);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(bytes.find('\n'), bytes.size());
  run(bytes.substr(0, end), bytes.substr(std::min(end + 1, bytes.size())));
  return 0;
}

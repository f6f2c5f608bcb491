#include "script/html_document.h"

#include <algorithm>
#include <initializer_list>

namespace loadrun::script {
namespace {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Elements that have no content and no end tag.
bool is_void(std::string_view name) {
  return is_one_of(name, {"area", "base", "br", "col", "embed", "hr", "img", "input", "keygen",
                          "link", "meta", "param", "source", "track", "wbr"});
}

/// Elements whose text is not escaped.
bool is_literal(const HtmlNode& node) {
  return node.space.empty() && is_one_of(node.data, {"iframe", "noembed", "noframes", "noscript",
                                                     "plaintext", "script", "style", "xmp"});
}

/// Elements in which a parser drops the first newline.
bool drops_newline(const HtmlNode& node) {
  return is_one_of(node.data, {"pre", "listing", "textarea"});
}

std::string_view escaped(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '\'':
      return "&#39;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&#34;";
    default:
      return "&#13;";
  }
}

/// Writes nodes as golang.org/x/net/html's Render does.
class Renderer {
 public:
  explicit Renderer(const HtmlDocument& document) : document_(document) {}

  void write_children(HtmlNodeId id) {
    const bool literal = document_.is_element(id) && is_literal(document_[id]);
    for (HtmlNodeId child = document_.first_child(id); child != kNoHtmlNode && !stopped_;
         child = document_[child].next) {
      if (literal && document_[child].type == HtmlNodeType::kText) {
        out_ += document_[child].data;
      } else {
        write(child);
      }
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void write(HtmlNodeId id) {
    const HtmlNode& node = document_[id];
    switch (node.type) {
      case HtmlNodeType::kText:
        return write_escaped(node.data);
      case HtmlNodeType::kComment:
        return write_comment(node.data);
      case HtmlNodeType::kDoctype:
        return write_doctype(node);
      case HtmlNodeType::kDocument:
        return write_children(id);
      case HtmlNodeType::kElement:
        return write_element(id);
    }
  }

  void write_element(HtmlNodeId id) {
    const HtmlNode& node = document_[id];
    out_.append("<").append(node.data);
    for (const HtmlAttribute& attribute : node.attributes) write_attribute(attribute);
    if (is_void(node.data)) {
      out_ += "/>";
      return;
    }
    out_ += '>';
    const HtmlNodeId first = document_.first_child(id);
    if (first != kNoHtmlNode && drops_newline(node) &&
        document_[first].type == HtmlNodeType::kText && document_[first].data.starts_with('\n')) {
      out_ += '\n';
    }
    write_children(id);
    // Nothing ends a <plaintext>.
    stopped_ = stopped_ || (node.data == "plaintext" && is_literal(node));
    if (!stopped_) out_.append("</").append(node.data).append(">");
  }

  void write_attribute(const HtmlAttribute& attribute) {
    out_ += ' ';
    if (!attribute.space.empty()) out_.append(attribute.space).append(":");
    out_.append(attribute.name).append("=\"");
    write_escaped(attribute.value);
    out_ += '"';
  }

  void write_escaped(std::string_view text) {
    for (const char c : text) {
      if (std::string_view("&'<>\"\r").find(c) == std::string_view::npos) {
        out_ += c;
      } else {
        out_ += escaped(c);
      }
    }
  }

  /// Escapes what would end the comment, and '&'.
  void write_comment(std::string_view text) {
    out_ += "<!--";
    char before = '-';
    for (const char c : text) {
      if (c == '&' || (c == '>' && (before == '-' || before == '!'))) {
        out_ += escaped(c);
      } else {
        out_ += c;
      }
      before = c;
    }
    out_ += "-->";
  }

  void write_doctype(const HtmlNode& node) {
    out_ += "<!DOCTYPE ";
    write_escaped(node.data);
    const std::string_view public_id = node.attributes[0].value;
    const std::string_view system_id = node.attributes[1].value;
    if (!public_id.empty()) write_identifier(" PUBLIC ", public_id);
    if (!system_id.empty()) write_identifier(public_id.empty() ? " SYSTEM " : " ", system_id);
    out_ += '>';
  }

  void write_identifier(std::string_view keyword, std::string_view text) {
    const char quote = text.find('"') == std::string_view::npos ? '"' : '\'';
    out_.append(keyword) += quote;
    for (const char c : text) c == '>' ? out_.append("&gt;") : out_.append(1, c);
    out_ += quote;
  }

  const HtmlDocument& document_;
  std::string out_;
  bool stopped_ = false;
};

}  // namespace

HtmlNodeId HtmlDocument::previous_element(HtmlNodeId id) const {
  do {
    id = nodes_[id].previous;
  } while (id != kNoHtmlNode && !is_element(id));
  return id;
}

const HtmlAttribute* HtmlDocument::attribute(HtmlNodeId id, std::string_view name) const {
  for (const HtmlAttribute& attribute : nodes_[id].attributes) {
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
}

std::string HtmlDocument::text(HtmlNodeId id) const {
  std::string text;
  for (HtmlNodeId node = id; node < nodes_[id].end; ++node) {
    if (nodes_[node].type == HtmlNodeType::kText) text += nodes_[node].data;
  }
  return text;
}

std::string HtmlDocument::inner_html(HtmlNodeId id) const {
  Renderer renderer(*this);
  renderer.write_children(id);
  return renderer.take();
}

}  // namespace loadrun::script

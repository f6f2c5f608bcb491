#include "script/html_tags.h"

#include <strings.h>

#include <algorithm>

namespace loadrun::script {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

/// Elements whose content is text up to their end tag.
bool is_raw_text(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_TEXTAREA:
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_XMP:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_NOEMBED:
    case GUMBO_TAG_NOFRAMES:
    case GUMBO_TAG_NOSCRIPT:
      return true;
    default:
      return false;
  }
}

/// Elements that another start tag ends, or that have no end tag.
bool may_lack_end_tag(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_P:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_OPTION:
    case GUMBO_TAG_OPTGROUP:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH:
    case GUMBO_TAG_THEAD:
    case GUMBO_TAG_TBODY:
    case GUMBO_TAG_TFOOT:
    case GUMBO_TAG_A:
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_NOBR:
    case GUMBO_TAG_AREA:
    case GUMBO_TAG_BASE:
    case GUMBO_TAG_BR:
    case GUMBO_TAG_COL:
    case GUMBO_TAG_EMBED:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_IMG:
    case GUMBO_TAG_IMAGE:
    case GUMBO_TAG_INPUT:
    case GUMBO_TAG_KEYGEN:
    case GUMBO_TAG_LINK:
    case GUMBO_TAG_META:
    case GUMBO_TAG_PARAM:
    case GUMBO_TAG_SOURCE:
    case GUMBO_TAG_TRACK:
    case GUMBO_TAG_WBR:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::optional<HtmlTags::Tag> HtmlTags::next() {
  while ((at_ = source_.find('<', at_)) != std::string_view::npos) {
    if (++at_ == source_.size()) break;
    if (skip_other_markup()) continue;
    const bool is_end = source_[at_] == '/';
    const std::size_t start = at_ + (is_end ? 1 : 0);
    if (start == source_.size() || !is_letter(source_[start])) continue;
    const auto stop =
        std::find_if(source_.begin() + static_cast<std::ptrdiff_t>(start), source_.end(),
                     [](char c) { return is_space(c) || c == '/' || c == '>'; });
    const std::string_view name(source_.begin() + static_cast<std::ptrdiff_t>(start), stop);
    at_ = start + name.size();
    skip_attributes();
    const GumboTag tag = gumbo_tagn_enum(name.data(), static_cast<unsigned>(name.size()));
    if (!is_end && is_raw_text(tag)) skip_to_end_tag(name);
    return Tag{tag, is_end, start};
  }
  return std::nullopt;
}

/// Comments, doctypes and what is like them.
bool HtmlTags::skip_other_markup() {
  if (source_[at_] != '!' && source_[at_] != '?') return false;
  const bool is_comment = source_.substr(at_).starts_with("!--");
  at_ = std::min(source_.find(is_comment ? "-->" : ">", at_), source_.size());
  return true;
}

/// To the `>` that ends the tag: one in quotes does not.
void HtmlTags::skip_attributes() {
  char before = ' ';
  for (; at_ < source_.size() && source_[at_] != '>'; ++at_) {
    const char c = source_[at_];
    if ((c == '"' || c == '\'') && before == '=') {
      at_ = std::min(source_.find(c, at_ + 1), source_.size() - 1);
    }
    if (!is_space(c)) before = c;
  }
}

void HtmlTags::skip_to_end_tag(std::string_view name) {
  while ((at_ = source_.find("</", at_)) != std::string_view::npos) {
    const std::string_view found = source_.substr(at_ + 2, name.size());
    if (found.size() == name.size() && strncasecmp(found.data(), name.data(), name.size()) == 0) {
      return;
    }
    at_ += 2;
  }
  at_ = source_.size();
}

bool HtmlNesting::add(const HtmlTags::Tag& tag) {
  if (may_lack_end_tag(tag.tag)) return true;
  if (!tag.is_end) {
    open_.push_back(tag.tag);
  } else if (const auto start = std::find(open_.rbegin(), open_.rend(), tag.tag);
             start != open_.rend()) {
    open_.erase(start.base() - 1, open_.end());
  }
  return open_.size() <= kLimit;
}

}  // namespace loadrun::script

#include "script/html_selector.h"

#include <algorithm>
#include <initializer_list>

#include "base/text.h"

namespace loadrun::script {
namespace {

using Test = HtmlSelector::Test;
using Simple = HtmlSelector::Simple;
using Complex = HtmlSelector::Complex;

constexpr std::string_view kSpaces = " \t\r\n\f";

bool equal(std::string_view a, std::string_view b, bool ignores_case) {
  return ignores_case ? equals_ignoring_case(a, b) : a == b;
}

/// Whether there are spaces only, no-break ones included.
bool is_blank(std::string_view text) {
  constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n\f\v"), text.size()));
    if (!text.starts_with(kNoBreakSpace)) return text.empty();
    text.remove_prefix(kNoBreakSpace.size());
  }
}

/// Whether one of the words of `list` is `word`.
bool includes(std::string_view list, std::string_view word, bool ignores_case) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find_first_of(kSpaces), list.size());
    if (equal(list.substr(0, end), word, ignores_case)) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

bool starts_with(std::string_view text, std::string_view start, bool ignores_case) {
  return equal(text.substr(0, start.size()), start, ignores_case);
}

bool has_part(const Simple& simple, std::string_view actual) {
  const std::string_view wanted = simple.value;
  if (is_blank(actual) || wanted.size() > actual.size()) return false;
  if (simple.comparison == '^') return starts_with(actual, wanted, simple.ignores_case);
  if (simple.comparison == '$') {
    return equal(actual.substr(actual.size() - wanted.size()), wanted, simple.ignores_case);
  }
  if (!simple.ignores_case) return actual.find(wanted) != std::string_view::npos;
  return in_lower_case(actual).find(in_lower_case(wanted)) != std::string::npos;
}

/// Whether an attribute's value is as [name?=value] asks; `!=` is decided by its caller.
bool compare(const Simple& simple, std::string_view actual) {
  const std::string_view wanted = simple.value;
  switch (simple.comparison) {
    case 0:
      return true;
    case '=':
    case '!':
      return equal(actual, wanted, simple.ignores_case);
    case '~':
      return includes(actual, wanted, simple.ignores_case);
    case '|':
      return equal(actual, wanted, simple.ignores_case) ||
             (actual.size() > wanted.size() && actual[wanted.size()] == '-' &&
              starts_with(actual, wanted, simple.ignores_case));
    default:
      return has_part(simple, actual);
  }
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Why an element does not match the steps up to one, so that what cannot help is not tried: where
/// the search may go on. Without this, time is exponential in the number of combinators.
enum class Outcome { kMatched, kTryEarlierSibling, kTryAncestor, kNever };

class Matcher {
 public:
  explicit Matcher(const HtmlDocument& document) : document_(document) {}

  /// Steps 0 to `step` of `selector`, the last for the element `id`.
  Outcome match(const Complex& selector, std::size_t step, HtmlNodeId id) const {
    const auto& conditions = selector[step].conditions;
    if (!std::all_of(conditions.begin(), conditions.end(),
                     [&](const Simple& simple) { return holds(simple, id); })) {
      return Outcome::kTryEarlierSibling;
    }
    if (step == 0) return Outcome::kMatched;
    const char combinator = selector[step].combinator;
    const bool sideways = combinator == '+' || combinator == '~';
    for (;;) {
      id = sideways ? document_.previous_element(id) : parent_element(id);
      if (id == kNoHtmlNode) return sideways ? Outcome::kTryAncestor : Outcome::kNever;
      const Outcome outcome = match(selector, step - 1, id);
      if (outcome == Outcome::kMatched || outcome == Outcome::kNever || combinator == '+') {
        return outcome;
      }
      if (combinator == '>') return Outcome::kTryAncestor;
      if (combinator == '~' && outcome == Outcome::kTryAncestor) return outcome;
    }
  }

 private:
  HtmlNodeId parent_element(HtmlNodeId id) const {
    const HtmlNodeId parent = document_[id].parent;
    return document_.is_element(parent) ? parent : kNoHtmlNode;
  }

  bool has(HtmlNodeId id, std::string_view attribute) const {
    return document_.attribute(id, attribute) != nullptr;
  }

  /// Whether an attribute `name` has a value that `accepts`.
  template <typename Predicate>
  bool any_attribute(HtmlNodeId id, std::string_view name, const Predicate& accepts) const {
    const auto& attributes = document_[id].attributes;
    return std::any_of(attributes.begin(), attributes.end(), [&](const HtmlAttribute& attribute) {
      return attribute.name == name && accepts(attribute.value);
    });
  }

  bool holds(const Simple& simple, HtmlNodeId id) const {
    switch (simple.test) {
      case Test::kTag:
        return document_[id].data == simple.value;
      case Test::kId:
        return any_attribute(id, "id", [&](auto value) { return value == simple.value; });
      case Test::kClass:
        return any_attribute(id, "class",
                             [&](auto value) { return includes(value, simple.value, false); });
      case Test::kAttribute:
        return any_attribute(id, simple.name, [&](auto value) { return compare(simple, value); }) !=
               (simple.comparison == '!');
      case Test::kNot:
        return !simple.group.front().matches(document_, id);
      case Test::kHas:
      case Test::kHasChild:
        return has_inside(simple, id);
      case Test::kContains:
        return in_lower_case(document_.text(id)).find(simple.value) != std::string::npos;
      case Test::kContainsOwn:
        return in_lower_case(own_text(id)).find(simple.value) != std::string::npos;
      case Test::kNth:
        return is_nth(simple, id);
      case Test::kOnlyChild:
        return place(id, simple.of_type, false) == 1 && place(id, simple.of_type, true) == 1;
      default:
        return holds_state(simple, id);
    }
  }

  /// The pseudo-classes without arguments, and :lang.
  bool holds_state(const Simple& simple, HtmlNodeId id) const {
    const std::string_view tag = document_[id].data;
    switch (simple.test) {
      case Test::kInput:
        return is_one_of(tag, {"input", "select", "textarea", "button"});
      case Test::kEmpty:
        return is_empty(id);
      case Test::kRoot:
        return document_[id].parent == 0;
      case Test::kLink:
        return is_one_of(tag, {"a", "area", "link"}) && has(id, "href");
      case Test::kLang:
        return has_language(simple.value, id);
      case Test::kEnabled:
        return is_one_of(tag, {"a", "area", "link"}) ? has(id, "href")
                                                     : can_be_disabled(tag) && !is_disabled(id);
      case Test::kDisabled:
        return can_be_disabled(tag) && is_disabled(id);
      case Test::kChecked:
        return is_checked(id);
      default:
        return false;
    }
  }

  bool has_inside(const Simple& simple, HtmlNodeId id) const {
    for (HtmlNodeId node = id + 1; node < document_[id].end; ++node) {
      if (simple.test == Test::kHasChild && document_[node].parent != id) continue;
      if (simple.group.front().matches(document_, node)) return true;
    }
    return false;
  }

  std::string own_text(HtmlNodeId id) const {
    std::string text;
    for (HtmlNodeId child = document_.first_child(id); child != kNoHtmlNode;
         child = document_[child].next) {
      if (document_[child].type == HtmlNodeType::kText) text += document_[child].data;
    }
    return text;
  }

  /// The element's place among its siblings, from 1.
  int place(HtmlNodeId id, bool of_type, bool from_end) const {
    int result = 1;
    for (HtmlNodeId other = id;;) {
      other = from_end ? document_[other].next : document_[other].previous;
      if (other == kNoHtmlNode) return result;
      if (document_.is_element(other) && (!of_type || document_[other].data == document_[id].data))
        ++result;
    }
  }

  bool is_nth(const Simple& simple, HtmlNodeId id) const {
    const int beyond = place(id, simple.of_type, simple.from_end) - simple.offset;
    if (simple.step == 0) return beyond == 0;
    return beyond % simple.step == 0 && beyond / simple.step >= 0;
  }

  bool is_empty(HtmlNodeId id) const {
    for (HtmlNodeId child = document_.first_child(id); child != kNoHtmlNode;
         child = document_[child].next) {
      const bool is_text = document_[child].type == HtmlNodeType::kText;
      if (document_.is_element(child) || (is_text && !is_blank(document_[child].data)))
        return false;
    }
    return true;
  }

  bool has_language(std::string_view language, HtmlNodeId id) const {
    for (; id != kNoHtmlNode; id = parent_element(id)) {
      if (any_attribute(id, "lang", [&](std::string_view value) {
            return value == language ||
                   (value.starts_with(language) && value.substr(language.size()).starts_with('-'));
          })) {
        return true;
      }
    }
    return false;
  }

  static bool can_be_disabled(std::string_view tag) {
    return is_one_of(tag, {"optgroup", "menuitem", "fieldset", "button", "input", "select",
                           "textarea", "option"});
  }

  bool is_disabled(HtmlNodeId id) const {
    if (has(id, "disabled")) return true;
    if (is_one_of(document_[id].data, {"optgroup", "menuitem", "fieldset"})) return false;
    for (HtmlNodeId child = id; (id = parent_element(child)) != kNoHtmlNode; child = id) {
      // What is in a disabled fieldset's first legend stays enabled.
      if (document_[id].data == "fieldset" && has(id, "disabled") && !is_first_legend(child)) {
        return true;
      }
    }
    return false;
  }

  bool is_first_legend(HtmlNodeId id) const {
    return document_[id].data == "legend" && place(id, true, false) == 1;
  }

  bool is_checked(HtmlNodeId id) const {
    const std::string_view tag = document_[id].data;
    if (tag == "option") return has(id, "selected");
    return is_one_of(tag, {"input", "menuitem"}) && has(id, "checked") &&
           any_attribute(id, "type", [](std::string_view type) {
             return is_one_of(in_lower_case(type), {"checkbox", "radio"});
           });
  }

  const HtmlDocument& document_;
};

}  // namespace

bool HtmlSelector::matches(const HtmlDocument& document, HtmlNodeId id) const {
  if (!document.is_element(id)) return false;
  const Matcher matcher(document);
  return std::any_of(alternatives_.begin(), alternatives_.end(), [&](const Complex& complex) {
    return matcher.match(complex, complex.size() - 1, id) == Outcome::kMatched;
  });
}

}  // namespace loadrun::script

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "script/html_document.h"

namespace loadrun::script {

/// A group of CSS selectors in the language of github.com/andybalholm/cascadia, which k6 uses: CSS
/// level 3 with [name!=value], :has, :haschild, :contains, :containsown and :input. Without
/// namespaces, pseudo-elements and the regular expressions of [name#=...] and :matches.
class HtmlSelector {
 public:
  enum class Test {
    kTag,
    kId,
    kClass,
    kAttribute,
    kNot,
    kHas,
    kHasChild,
    kContains,
    kContainsOwn,
    kNth,
    kOnlyChild,
    kInput,
    kEmpty,
    kRoot,
    kLink,
    kLang,
    kEnabled,
    kDisabled,
    kChecked,
    kNever
  };

  /// One condition on an element.
  struct Simple {
    Test test = Test::kNever;
    std::string name = {};   ///< Of an attribute.
    std::string value = {};  ///< What the element's is compared with.
    char comparison = 0;     ///< Of kAttribute: the character before `=`, `=` itself, 0 for none.
    bool ignores_case = false;
    int step = 0, offset = 0;              ///< Of kNth: an+b.
    bool from_end = false;                 ///< Of kNth.
    bool of_type = false;                  ///< Of kNth and kOnlyChild.
    std::vector<HtmlSelector> group = {};  ///< Of kNot, kHas, kHasChild: one.
  };

  /// The conditions on one element, and how it relates to that of the step before: by ' ', '>', '+'
  /// or '~'.
  struct Step {
    char combinator = ' ';
    std::vector<Simple> conditions = {};
  };
  using Complex = std::vector<Step>;

  /// None when `text` is no selector; selectors nest at most 16 deep. Fails (kScriptException) on
  /// a selector that only a regular expression could decide.
  static Result<std::optional<HtmlSelector>> parse(std::string_view text);

  /// Whether node `id` is an element that one of the selectors selects.
  bool matches(const HtmlDocument& document, HtmlNodeId id) const;

 private:
  friend class HtmlSelectorParser;
  std::vector<Complex> alternatives_;
};

}  // namespace loadrun::script

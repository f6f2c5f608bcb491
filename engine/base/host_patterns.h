#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace loadrun {

/// Host names, some with a leading "*" that stands for any beginning. ASCII letters count without
/// regard to case.
class HostPatterns {
 public:
  /// `pattern` is a host name, or "*" and the end of one. A port may follow.
  static bool is_valid(std::string_view pattern);

  /// REQUIRES: is_valid(pattern).
  void add(std::string_view pattern);
  /// The most specific pattern that fits `name`, in lower case: the name itself, or else the
  /// longest end. Null when none does.
  const std::string* match(std::string_view name) const;
  bool empty() const { return exact_.empty() && endings_.empty(); }

 private:
  std::set<std::string, std::less<>> exact_;
  std::vector<std::string> endings_;  ///< With their "*", the longest first.
};

}  // namespace loadrun

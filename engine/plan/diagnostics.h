#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace loadrun::plan {

/// Where an option's value was written: the layer and the path inside it, "script options" and
/// "scenarios.peak.stages[1].duration".
struct Place {
  std::string layer;
  std::string path;

  Place field(std::string_view key) const;
  Place element(std::size_t index) const;
  /// "script options: scenarios.peak.vus".
  std::string text() const;
};

/// Collects what is wrong with the options, so that everything is reported at once.
class Diagnostics {
 public:
  // What was said before is not repeated.
  void error(std::string message);
  void error(const Place& place, std::string_view problem);
  void warning(std::string message);
  void warning(const Place& place, std::string_view problem);

  bool ok() const { return errors_.empty(); }
  /// All errors, one a line (kInvalidConfig). REQUIRES: !ok().
  Error all_errors() const;
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  std::vector<std::string> errors_;
  std::vector<std::string> warnings_;
};

}  // namespace loadrun::plan

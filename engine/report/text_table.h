#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "report/text_style.h"

namespace loadrun::report {

/// A text of a table and how it is painted.
struct Cell {
  std::string text;
  std::optional<Ink> ink = std::nullopt;
};

/// `rows` as lines, each indented by `indent` columns: the first column is aligned to the left, the
/// others to the right, two columns apart. REQUIRES: all rows have as many cells.
std::string text_table(const std::vector<std::vector<Cell>>& rows, std::size_t indent,
                       TextStyle style);

}  // namespace loadrun::report

#pragma once

#include <cstdint>

#include "metrics/sink.h"
#include "outputs/sqlite.h"

namespace loadrun::outputs {

/// The tables of a result file with what each series accumulated in each second.
class ResultParts {
 public:
  /// `database`, with its tables, outlives this.
  explicit ResultParts(Database& database);

  /// Writes what series number `series` accumulated in `second` of the run.
  void add(std::int64_t series, std::int64_t second, const metrics::Sink& sink);

 private:
  Statement counter_, gauge_, rate_, trend_;
};

}  // namespace loadrun::outputs

#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "report/progress.h"
#include "report/text_style.h"

namespace loadrun::report {

/// Shows progress while a test runs. On a terminal every update() redraws the lines in place;
/// elsewhere update() writes the progress line for the first time in each second of the run.
/// Confined to the coordinator.
class ProgressDisplay {
 public:
  /// `out` outlives this. A `quiet` display writes nothing at all.
  ProgressDisplay(std::FILE* out, bool is_terminal, bool quiet, TextStyle style = {});

  void update(const Progress& progress);

  /// Takes what was drawn off the terminal, so that other text (a log line, the summary) can be
  /// written to it.
  void clear();

  /// Writes the last frame, below an empty line, and leaves it there. k6 does so after the summary.
  void finish(const Progress& progress);

 private:
  void redraw(const Progress& progress);
  void print_once_a_second(const Progress& progress);
  void write(const std::string& text);

  std::FILE* const out_;
  const bool is_terminal_;
  const bool quiet_;
  const TextStyle style_;
  int drawn_lines_ = 0;
  std::int64_t last_second_ = 0;
};

}  // namespace loadrun::report

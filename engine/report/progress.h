#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "report/text_style.h"

namespace loadrun::report {

/// How far one scenario has come.
struct ScenarioProgress {
  enum class State { kWaiting, kRunning, kStopping, kDone, kInterrupted };

  std::string name;
  std::string description;  ///< Shown while the scenario waits for its start.
  State state = State::kWaiting;
  double fraction = 0;       ///< 0..1
  std::int64_t vus = 0;      ///< Looping now; the configured number where it is constant.
  std::int64_t max_vus = 0;  ///< Where the number varies: `vus` is shown as "007/200 VUs".
  Nanoseconds elapsed{0};    ///< Since the scenario's start.
  Nanoseconds total{0};      ///< Its regular or maximum duration.
  std::int64_t iterations_done = 0;
  std::int64_t iterations_total = 0;  ///< 0: not iteration-bound.
  bool per_vu = false;                ///< Iterations belong to VUs instead of being shared.
  std::int64_t iterations_per_vu = 0;
};

/// How far a run has come.
struct Progress {
  Nanoseconds elapsed{0};
  Nanoseconds max_duration{0};  ///< Longest possible run; `elapsed` is shown as wide as this.
  std::int64_t active_vus = 0;
  std::int64_t max_vus = 0;
  std::int64_t complete = 0;
  std::int64_t interrupted = 0;
  std::string note = {};  ///< What else is to be said of now, at the end of the line.
  bool init = false;
  bool setup = false;
  bool teardown = false;
  bool ended = false;
  std::vector<ScenarioProgress> scenarios;
};

/// The line "running (0m12.3s), 10/10 VUs, 120 complete and 0 interrupted iterations", without a
/// line end; "init", "setup" or "teardown" instead of "running" in those phases.
std::string render_progress_line(const Progress& progress);

/// The progress line and one line per scenario, each with a line end. Bars are drawn when all of
/// them fit into `terminal_width` columns, else percentages; no line is wider than that. A width of
/// 0 is "no terminal".
std::string render_progress(const Progress& progress, TextStyle style, int terminal_width);

}  // namespace loadrun::report

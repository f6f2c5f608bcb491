#include "report/progress.h"

#include "plan/schedule.h"
#include "support/catch.h"

namespace loadrun::report {
namespace {

using State = ScenarioProgress::State;

Progress running_progress() {
  Progress progress;
  progress.elapsed = 12'340ms;
  progress.max_duration = 1min;
  progress.active_vus = 10;
  progress.max_vus = 10;
  progress.complete = 120;
  return progress;
}

ScenarioProgress looping() {
  ScenarioProgress scenario;
  scenario.name = "default";
  scenario.state = State::kRunning;
  scenario.fraction = 0.37;
  scenario.vus = 10;
  scenario.elapsed = 12'340ms;
  scenario.total = 30s;
  return scenario;
}

std::string only_line(const ScenarioProgress& scenario, int width = 0) {
  Progress progress;
  progress.scenarios = {scenario};
  const std::string text = render_progress(progress, {}, width);
  return text.substr(text.find('\n') + 1);
}

TEST_CASE("a running test on a terminal has k6's bar") {
  Progress progress = running_progress();
  progress.scenarios = {looping()};
  CHECK(render_progress(progress, {}, 120) ==
        "running (0m12.3s), 10/10 VUs, 120 complete and 0 interrupted iterations\n"
        "default   [=============>------------------------] 10 VUs  12.3s/30s\n");
}

TEST_CASE("a run without an end shows how long it has been running") {
  ScenarioProgress controlled = looping();
  controlled.vus = 3;
  controlled.max_vus = 10;
  controlled.elapsed = 75s;
  controlled.fraction = 0;
  controlled.total = plan::kEndless;
  Progress progress = running_progress();
  progress.elapsed = 75s;
  progress.max_duration = plan::kEndless;
  progress.scenarios = {controlled};
  CHECK(render_progress(progress, {}, 0) ==
        "running (1m15.0s), 10/10 VUs, 120 complete and 0 interrupted iterations\n"
        "default   [   0% ] 03/10 VUs  1m15.0s/infinite\n");
}

TEST_CASE("the last frame without a terminal is k6's") {
  Progress progress;
  progress.elapsed = 4'073ms;
  progress.max_duration = 10min + 30s;
  progress.max_vus = 3;
  progress.complete = 43;
  progress.ended = true;
  ScenarioProgress browse = looping();
  browse.name = "browse";
  browse.state = State::kDone;
  browse.fraction = 1;
  browse.vus = 2;
  browse.elapsed = browse.total = 4s;
  ScenarioProgress buy;
  buy.name = "buy";
  buy.state = State::kDone;
  buy.fraction = 1;
  buy.vus = 1;
  buy.total = 10min;
  buy.iterations_done = buy.iterations_total = buy.iterations_per_vu = 3;
  buy.per_vu = true;
  progress.scenarios = {browse, buy};
  CHECK(render_progress(progress, {}, 0) ==
        "running (00m04.1s), 0/3 VUs, 43 complete and 0 interrupted iterations\n"
        "browse ✓ [ 100% ] 2 VUs  4s             \n"
        "buy    ✓ [ 100% ] 1 VUs  00m00.0s/10m0s  3/3 iters, 3 per VU\n");
}

TEST_CASE("the phases have their names") {
  Progress progress = running_progress();
  progress.init = true;
  CHECK(render_progress_line(progress).starts_with("init (0m12.3s), 10/10 VUs"));
  progress.init = false;
  progress.setup = true;
  CHECK(render_progress_line(progress).starts_with("setup ("));
  progress.setup = false;
  progress.teardown = true;
  CHECK(render_progress_line(progress).starts_with("teardown ("));
  progress.ended = true;
  CHECK(render_progress_line(progress).starts_with("running ("));
}

TEST_CASE("time and VUs are as wide as their limits") {
  Progress progress = running_progress();
  progress.active_vus = 7;
  progress.max_vus = 200;
  progress.elapsed = 59'960ms;  // Rounds up into the next minute.
  progress.max_duration = 12h + 30min;
  CHECK(render_progress_line(progress) ==
        "running (00h01m00.0s), 007/200 VUs, 120 complete and 0 interrupted iterations");
  progress.max_duration = 0s;
  CHECK(render_progress_line(progress).starts_with("running (1m00.0s)"));
}

TEST_CASE("each state has its mark") {
  ScenarioProgress scenario = looping();
  const auto mark_of = [&scenario](State state) {
    scenario.state = state;
    const std::string line = only_line(scenario);
    return line.substr(8, line.find(" [") - 8);
  };
  CHECK(mark_of(State::kWaiting) == "•");
  CHECK(mark_of(State::kRunning) == " ");
  CHECK(mark_of(State::kStopping) == "↓");
  CHECK(mark_of(State::kInterrupted) == "✗");
  CHECK(mark_of(State::kDone) == "✓");
}

TEST_CASE("a waiting scenario says what it will do") {
  ScenarioProgress scenario = looping();
  scenario.state = State::kWaiting;
  scenario.fraction = 0;
  scenario.description = "10 looping VUs for 30s";
  CHECK(only_line(scenario) == "default • [   0% ] waiting: 10 looping VUs for 30s\n");
}

TEST_CASE("shared iterations and a varying number of VUs are counted against their limits") {
  ScenarioProgress scenario = looping();
  scenario.vus = 7;
  scenario.max_vus = 200;
  scenario.iterations_done = 35;
  scenario.iterations_total = 500;
  CHECK(only_line(scenario) == "default   [  37% ] 007/200 VUs  12.3s/30s  035/500 shared iters\n");
}

TEST_CASE("a bar is empty at the start and full at the end only") {
  ScenarioProgress scenario = looping();
  const auto bar_at = [&scenario](double fraction) {
    scenario.fraction = fraction;
    return only_line(scenario, 200).substr(10, 40);
  };
  CHECK(bar_at(0) == "[" + std::string(38, '-') + "]");
  CHECK(bar_at(0.999) == "[" + std::string(36, '=') + ">-]");
  CHECK(bar_at(1) == "[" + std::string(38, '=') + "]");
  CHECK(bar_at(1.5) == bar_at(1));
  CHECK(bar_at(-1) == bar_at(0));
}

TEST_CASE("a terminal too narrow for one bar gets percentages, cut at its edge") {
  Progress progress = running_progress();
  progress.scenarios = {looping(), looping()};
  progress.scenarios[1].description = "a scenario with a long description 쿠폰 발급";
  progress.scenarios[1].state = State::kWaiting;
  CHECK(render_progress(progress, {}, 40) ==
        "running (0m12.3s), 10/10 VUs, 120 comple\n"
        "default   [  37% ] 10 VUs  12.3s/30s\n"
        "default • [  37% ] waiting: a scenario w\n");
  CHECK(render_progress(progress, {}, 3) == "run\ndef\ndef\n");
}

TEST_CASE("marks are coloured on demand") {
  Progress progress = running_progress();
  progress.scenarios = {looping()};
  progress.scenarios[0].state = State::kDone;
  CHECK(render_progress(progress, {.color = true}, 0).find("default \x1b[32m✓\x1b[0m [") !=
        std::string::npos);
}

}  // namespace
}  // namespace loadrun::report

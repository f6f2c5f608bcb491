#include "report/progress_display.h"

#include <array>
#include <cstdlib>
#include <memory>
#include <string>

#include "support/catch.h"

namespace loadrun::report {
namespace {

// A file that can be read back. Not a terminal, so its size is the default one, 80 x 24.
class Sheet {
 public:
  std::FILE* file() { return file_.get(); }

  std::string text() {
    std::string content(static_cast<std::size_t>(std::ftell(file_.get())), '\0');
    std::rewind(file_.get());
    content.resize(std::fread(content.data(), 1, content.size(), file_.get()));
    return content;
  }

 private:
  std::unique_ptr<std::FILE, decltype([](std::FILE* f) { std::fclose(f); })> file_{std::tmpfile()};
};

Progress at(Nanoseconds elapsed) {
  Progress progress;
  progress.elapsed = elapsed;
  progress.max_duration = 30s;
  progress.scenarios.resize(1);
  progress.scenarios[0].name = "default";
  progress.scenarios[0].state = ScenarioProgress::State::kRunning;
  progress.scenarios[0].total = 30s;
  progress.scenarios[0].elapsed = elapsed;
  return progress;
}

std::string counts() { return ", 0/0 VUs, 0 complete and 0 interrupted iterations\n"; }

TEST_CASE("without a terminal there is one line a second, however often it is updated") {
  Sheet sheet;
  ProgressDisplay display(sheet.file(), false, false);
  for (int i = 0; i <= 25; ++i) display.update(at(i * 100ms));
  CHECK(sheet.text() == "running (01.0s)" + counts() + "running (02.0s)" + counts());
}

TEST_CASE("a late update does not make up for the lines it missed") {
  Sheet sheet;
  ProgressDisplay display(sheet.file(), false, false);
  display.update(at(5'200ms));
  display.update(at(5'300ms));
  CHECK(sheet.text() == "running (05.2s)" + counts());
}

TEST_CASE("the last frame has the scenarios, too") {
  Sheet sheet;
  ProgressDisplay display(sheet.file(), false, false);
  display.finish(at(30s));
  CHECK(sheet.text() == "\nrunning (30.0s)" + counts() + "default   [   0% ] 0 VUs  30s\n");
}

TEST_CASE("on a terminal a frame is drawn over the one before") {
  Sheet sheet;
  ProgressDisplay display(sheet.file(), true, false);
  display.update(at(1s));
  display.update(at(1'100ms));
  const std::string frame = "running (01.0s), 0/0 VUs, 0 complete and 0 interrupted iterations";
  const std::string text = sheet.text();
  CHECK(text.starts_with(frame + "\x1b[K\ndefault   [-"));
  CHECK(text.find("\x1b[J\x1b[2A\rrunning (01.1s)") != std::string::npos);
}

TEST_CASE("clearing removes the frame once") {
  Sheet sheet;
  ProgressDisplay display(sheet.file(), true, false);
  display.update(at(1s));
  display.clear();
  display.clear();
  display.update(at(2s));
  const std::string text = sheet.text();
  CHECK(text.find("\x1b[J\x1b[2A\r\x1b[Jrunning (02.0s)") != std::string::npos);
}

TEST_CASE("no more lines are drawn than the terminal holds") {
  Sheet sheet;
  ProgressDisplay display(sheet.file(), true, false);
  Progress progress = at(1s);
  progress.scenarios.resize(100, progress.scenarios[0]);
  display.update(progress);
  display.clear();
  CHECK(sheet.text().find("\x1b[23A") != std::string::npos);
}

TEST_CASE("a quiet display writes nothing") {
  Sheet sheet;
  ProgressDisplay display(sheet.file(), true, true);
  display.update(at(1s));
  display.clear();
  display.finish(at(2s));
  CHECK(sheet.text().empty());
}

}  // namespace
}  // namespace loadrun::report

#include "outputs/text_target.h"

#include <zlib.h>

#include <fstream>
#include <sstream>

#include "support/catch.h"
#include "support/temp_folder.h"

using namespace loadrun;
using outputs::TextTarget;

namespace {

std::string content_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string unzipped(const std::string& path) {
  const gzFile file = gzopen(path.c_str(), "rb");
  std::string text(10 << 20, '\0');
  const int length = gzread(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  text.resize(static_cast<std::size_t>(std::max(length, 0)));
  return text;
}

}  // namespace

TEST_CASE("a text file is made, or emptied when it is there") {
  const test::TempFolder folder;
  const std::string path = folder.write("x.json", "what was there before and is longer");
  TextTarget target(path);
  CHECK(target.name() == path);
  REQUIRE(target.open().ok());
  REQUIRE(target.write("one\n").ok());
  CHECK(content_of(path) == "one\n");
  REQUIRE(target.write("two\n").ok());
  REQUIRE(target.close().ok());
  CHECK(content_of(path) == "one\ntwo\n");
}

TEST_CASE("a file whose name ends in .gz is compressed, and can be read as far as it was written") {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/x.json.gz";
  TextTarget target(path);
  REQUIRE(target.open().ok());
  std::string all;
  for (int block = 0; block < 3; ++block) {
    std::string text;
    for (int line = 0; line < 40000; ++line) text += std::to_string(line * 7919 % 65537) + "\n";
    REQUIRE(target.write(text).ok());
    all += text;
    CHECK(unzipped(path) == all);
  }
  REQUIRE(target.close().ok());
  CHECK(unzipped(path) == all);
  CHECK(content_of(path).size() < all.size() / 2);
}

TEST_CASE("- is standard output") {
  const TextTarget target("-");
  CHECK(target.is_stdout());
  CHECK(target.name() == "stdout");
}

TEST_CASE("what cannot be opened or written is named with the reason") {
  TextTarget missing("/nonexistent/x.json");
  const auto opened = missing.open();
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().message == "cannot open /nonexistent/x.json: No such file or directory");
  CHECK(opened.error().code == ExitCode::kOutputFailed);

  TextTarget full("/dev/full");
  REQUIRE(full.open().ok());
  const auto written = full.write("x\n");
  REQUIRE_FALSE(written.ok());
  CHECK(written.error().message == "cannot write to /dev/full: No space left on device");
}

#include "report/summary_files.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/catch.h"

namespace loadrun::report {
namespace {

namespace fs = std::filesystem;

// A directory of its own, removed at the end.
class Directory {
 public:
  Directory() {
    std::string name = (fs::temp_directory_path() / "summary_files_XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Directory() { fs::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  std::string operator/(const char* name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("summary files hold the very bytes, and replace what was there") {
  const Directory directory;
  const std::string bytes("a\0\xFF\n", 4);
  REQUIRE(write_summary_files({{directory / "x", "something longer"}}).ok());
  REQUIRE(write_summary_files({{directory / "x", bytes}, {directory / "empty", ""}}).ok());
  CHECK(content_of(directory / "x") == bytes);
  CHECK(fs::exists(directory / "empty"));
}

TEST_CASE("a summary file that cannot be written does not stop the others") {
  const Directory directory;
  const Result<void> written = write_summary_files(
      {{directory / "no/a", "1"}, {directory / "b", "2"}, {directory / "no/c", "3"}});
  REQUIRE_FALSE(written.ok());
  CHECK(written.error().code == ExitCode::kGeneric);
  CHECK(written.error().message == "the summary could not be written to\n  " + directory / "no/a" +
                                       ": No such file or directory\n  " + directory / "no/c" +
                                       ": No such file or directory");
  CHECK(content_of(directory / "b") == "2");
}

TEST_CASE("a full disk is a failure") {
  const Result<void> written = write_summary_files({{"/dev/full", "text"}});
  REQUIRE_FALSE(written.ok());
  CHECK(written.error().message ==
        "the summary could not be written to\n  /dev/full: No space left on device");
}

}  // namespace
}  // namespace loadrun::report

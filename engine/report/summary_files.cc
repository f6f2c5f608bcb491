#include "report/summary_files.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace loadrun::report {
namespace {

using File = std::unique_ptr<std::FILE, decltype([](std::FILE* file) { std::fclose(file); })>;

bool write_to(std::FILE* stream, const std::string& content) {
  return std::fwrite(content.data(), 1, content.size(), stream) == content.size() &&
         std::fflush(stream) == 0;
}

// Whether it was written; if not, errno says why.
bool write_file(const std::string& destination, const std::string& content) {
  if (destination == "stdout") return write_to(stdout, content);
  if (destination == "stderr") return write_to(stderr, content);
  const File file(std::fopen(destination.c_str(), "w"));
  return file != nullptr && write_to(file.get(), content);
}

}  // namespace

Result<void> write_summary_files(const SummaryFiles& files) {
  std::string failures;
  for (const auto& [destination, content] : files) {
    if (write_file(destination, content)) continue;
    failures += fmt::format("\n  {}: {}", destination, std::strerror(errno));
  }
  if (failures.empty()) return {};
  return Error{ExitCode::kGeneric, "the summary could not be written to" + failures};
}

Result<void> append_to_file(const std::string& path, const std::string& text) {
  const File file(std::fopen(path.c_str(), "a"));
  if (file != nullptr && write_to(file.get(), text)) return {};
  return Error{ExitCode::kGeneric, fmt::format("{}: {}", path, std::strerror(errno))};
}

}  // namespace loadrun::report

#include "unit/outputs/result_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "support/catch.h"

namespace loadrun::test {
namespace {

int add_row(void* rows, int count, char** values, char** /*names*/) {
  std::vector<std::string> texts;
  texts.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) texts.emplace_back(values[i] == nullptr ? "" : values[i]);
  static_cast<std::vector<std::string>*>(rows)->push_back(fmt::format("{}", fmt::join(texts, "|")));
  return 0;
}

}  // namespace

ResultReader::ResultReader(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
  handle_.reset(handle);
  REQUIRE(code == SQLITE_OK);
}

std::vector<std::string> ResultReader::rows(const std::string& sql) {
  std::vector<std::string> rows;
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), add_row, &rows, nullptr);
  INFO(sql << ": " << sqlite3_errmsg(handle_.get()));
  CHECK(code == SQLITE_OK);
  return rows;
}

std::string ResultReader::value(const std::string& sql) {
  return fmt::format("{}", fmt::join(rows(sql), "\n"));
}

}  // namespace loadrun::test

#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <vector>

namespace loadrun::test {

/// Reads an SQLite file.
class ResultReader {
 public:
  /// REQUIRES: there is one at `path`.
  explicit ResultReader(const std::string& path);

  /// The rows of a query: "a|b" with the values as SQLite writes them, "" for NULL.
  std::vector<std::string> rows(const std::string& sql);
  /// The one value that a query gives, or all rows joined by line ends.
  std::string value(const std::string& sql);

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace loadrun::test

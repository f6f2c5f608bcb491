#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace loadrun::outputs {

/// Bytes for a column, as opposed to text.
struct Blob {
  std::string_view bytes;
};

/// A new SQLite file being written. Keeps its first failure: after it nothing more is written, and
/// result() says what it was. Confined to one thread at a time.
class Database {
 public:
  /// Makes the file at `path`, which must not exist. Fails (kGeneric) with `path` and the reason.
  static Result<Database> create(const std::string& path);

  /// Runs `sql`, any number of statements.
  void run(const char* sql);
  /// Whether everything so far was written, and if not, why.
  Result<void> result() const;

 private:
  friend class Statement;
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  using Handle = std::unique_ptr<sqlite3, Close>;

  Database(std::string path, Handle handle) : path_(std::move(path)), handle_(std::move(handle)) {}
  /// Keeps what is wrong, unless it succeeded or something else failed before.
  void note(int code);

  std::string path_;
  Handle handle_;
  std::optional<std::string> failure_;
};

/// An INSERT that is executed many times.
class Statement {
 public:
  /// `database` outlives the statement and stays where it is.
  Statement(Database& database, const char* sql);

  /// Executes it with `values` for its parameters, in order.
  template <typename... Values>
  void run(const Values&... values) {
    if (database_.failure_) return;
    int column = 0;
    (bind(++column, values), ...);
    execute();
  }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  void bind(int column, std::int64_t value);
  void bind(int column, double value);
  void bind(int column, std::string_view value);  // bytes that are no UTF-8 become U+FFFD
  void bind(int column, Blob value);
  void execute();

  Database& database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

}  // namespace loadrun::outputs

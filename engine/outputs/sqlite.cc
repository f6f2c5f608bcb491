#include "outputs/sqlite.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/unique_fd.h"

namespace loadrun::outputs {
namespace {

constexpr int kBusyMs = 5000;  // for a reader to let go of the file

Error cannot(std::string_view act, const std::string& path, std::string_view reason) {
  return {ExitCode::kGeneric, fmt::format("cannot {} {}: {}", act, path, reason)};
}

/// SQLite gives names like ":memory:" and "file:x" a meaning; an absolute path has none.
std::string absolute(const std::string& path) {
  std::error_code failed;
  const auto full = std::filesystem::absolute(path, failed);
  return failed ? path : full.string();
}

/// Readers in other languages refuse text that is none.
std::string valid_utf8(std::string_view text) {
  using Json = nlohmann::json;
  const auto repair = Json::error_handler_t::replace;
  return Json::parse(Json(text).dump(-1, ' ', false, repair)).get<std::string>();
}

}  // namespace

Result<Database> Database::create(const std::string& path) {
  UniqueFd made(::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0644));
  if (made.get() < 0 && errno == EEXIST) {
    return cannot("create", path, "the file exists already, and results are never overwritten");
  }
  if (made.get() < 0) return cannot("create", path, std::strerror(errno));
  made.reset(-1);
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(absolute(path).c_str(), &opened,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Handle handle(opened);
  if (code != SQLITE_OK) return cannot("create", path, sqlite3_errstr(code));
  sqlite3_busy_timeout(opened, kBusyMs);
  return Database(path, std::move(handle));
}

void Database::run(const char* sql) {
  if (!failure_) note(sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr));
}

Result<void> Database::result() const {
  if (failure_) return cannot("write to", path_, *failure_);
  return {};
}

void Database::note(int code) {
  if (code != SQLITE_OK && code != SQLITE_DONE && !failure_) {
    failure_ = sqlite3_errmsg(handle_.get());
  }
}

Statement::Statement(Database& database, const char* sql) : database_(database) {
  if (database.failure_) return;
  sqlite3_stmt* made = nullptr;
  database.note(sqlite3_prepare_v2(database.handle_.get(), sql, -1, &made, nullptr));
  statement_.reset(made);
}

void Statement::bind(int column, std::int64_t value) {
  database_.note(sqlite3_bind_int64(statement_.get(), column, value));
}

void Statement::bind(int column, double value) {
  database_.note(sqlite3_bind_double(statement_.get(), column, value));
}

void Statement::bind(int column, std::string_view value) {
  const std::string valid = valid_utf8(value);
  database_.note(sqlite3_bind_text64(statement_.get(), column, valid.data(), valid.size(),
                                     SQLITE_TRANSIENT, SQLITE_UTF8));
}

// The bytes live until the statement is reset in execute().
void Statement::bind(int column, Blob value) {
  database_.note(sqlite3_bind_blob64(statement_.get(), column, value.bytes.data(),
                                     value.bytes.size(), SQLITE_STATIC));
}

void Statement::execute() {
  database_.note(sqlite3_step(statement_.get()));
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

}  // namespace loadrun::outputs

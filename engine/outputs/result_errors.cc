#include "outputs/result_errors.h"

#include <nlohmann/json.hpp>

namespace loadrun::outputs {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& example) {
  return example.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::int64_t whole(std::uint64_t count) { return static_cast<std::int64_t>(count); }

void write_raised(Database& database, const metrics::Errors& errors) {
  Statement add(database,
                "INSERT INTO errors (kind, file, line, message, count, example)"
                " VALUES ('iteration', ?, ?, ?, ?, ?)");
  for (const auto& [error, entry] : errors.iterations.entries()) {
    const Json example{{"scenario", entry.first.scenario},
                       {"vu", entry.first.vu},
                       {"iteration", entry.first.iteration}};
    add.run(error.file, std::int64_t{error.line}, error.message, whole(entry.count),
            text_of(example));
  }
}

void write_failed(Database& database, const metrics::Errors& errors) {
  Statement add(database,
                "INSERT INTO errors (kind, code, status, message, count, example)"
                " VALUES ('request', ?, ?, ?, ?, ?)");
  for (const auto& [error, entry] : errors.requests.entries()) {
    const Json example{{"method", entry.first.method}, {"name", entry.first.name}};
    add.run(std::int64_t{error.code}, std::int64_t{error.status}, entry.first.error,
            whole(entry.count), text_of(example));
  }
}

/// Those of kinds that were not told apart.
void write_others(Database& database, const char* kind, std::uint64_t count) {
  if (count == 0) return;
  Statement add(database, "INSERT INTO errors (kind, message, count) VALUES (?, 'others', ?)");
  add.run(kind, whole(count));
}

}  // namespace

void write_errors(Database& database, const metrics::Errors& errors) {
  write_raised(database, errors);
  write_failed(database, errors);
  write_others(database, "iteration", errors.iterations.others());
  write_others(database, "request", errors.requests.others());
}

}  // namespace loadrun::outputs

#include "outputs/result_about.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/version.h"
#include "outputs/machine.h"
#include "plan/options_json.h"

namespace loadrun::outputs {
namespace {

using Json = nlohmann::ordered_json;

std::string sha256(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

/// "2026-11-21T22:38:21.123Z", which SQLite's date functions read.
std::string utc(Nanoseconds since_1970) {
  const std::int64_t ms = since_1970 / 1ms;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::time_t{ms / 1000}), ms % 1000);
}

/// The options as `loadrun inspect` shows them, with null for what may be secret.
std::string public_options(const plan::Plan& plan) {
  Json options = Json::parse(plan::options_json(plan));
  for (Json& scenario : options["scenarios"]) {
    for (Json& value : scenario["env"]) value = nullptr;
  }
  if (const auto auth = options.find("tlsAuth"); auth != options.end()) {
    for (Json& certificate : *auth) certificate["key"] = certificate["password"] = nullptr;
  }
  return options.dump();
}

void write_machine(Database& database) {
  const Machine machine = this_machine();
  Statement add(database, "INSERT INTO environment VALUES (?, ?)");
  add.run("cpu_model", machine.cpu_model);
  add.run("cpus", std::int64_t{machine.cpus});
  add.run("memory", static_cast<std::int64_t>(machine.memory));
  add.run("kernel", machine.kernel);
}

/// The names of LOADRUN_* variables, and of those that --env sets.
void write_variables(Database& database, const RunInfo& run) {
  Statement add(database, "INSERT OR IGNORE INTO variables VALUES (?)");
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    if (text.starts_with("LOADRUN_")) add.run(text.substr(0, text.find('=')));
  }
  for (const std::string& name : run.variables) add.run(name);
}

}  // namespace

void write_about(Database& database, const RunInfo& run) {
  Statement add(database,
                "INSERT INTO run (script, script_sha256, version, started, seed, workers, options)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)");
  add.run(run.script, sha256(run.script_source), kVersion, utc(run.wall), std::to_string(run.seed),
          std::int64_t{run.workers}, public_options(run.plan));
  write_machine(database);
  write_variables(database, run);
}

}  // namespace loadrun::outputs

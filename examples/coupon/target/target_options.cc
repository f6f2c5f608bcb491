#include "coupon/target/target_options.h"

#include <CLI/CLI.hpp>
#include <string_view>

#include "base/duration.h"

namespace loadrun::coupon {
namespace {

/// Durations and switches as they were written.
struct Texts {
  std::string hold;
  std::string acquire_timeout;
  std::string row_lock;
};

Result<Nanoseconds> positive_duration(std::string_view flag, const std::string& text) {
  const auto parsed = parse_duration(text);
  if (parsed.ok() && parsed.value() > 0ns) return parsed.value();
  return Error{ExitCode::kInvalidConfig, std::string(flag) + ": '" + text +
                                             "' is not a duration above zero such as 5ms or 30s"};
}

void declare_flags(CLI::App& app, TargetOptions& options, Texts& texts) {
  app.add_option("--port", options.port, "TCP port on 127.0.0.1; 0 takes a free one")
      ->capture_default_str();
  app.add_option("--pool", options.database.pool, "Connections of the modelled database")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--hold", texts.hold, "Time an update holds its connection; a read takes a fifth")
      ->capture_default_str();
  app.add_option("--acquire-timeout", texts.acquire_timeout,
                 "Longest wait for a connection; then the answer is 500")
      ->capture_default_str();
  app.add_option("--stock", options.stock, "How many of each coupon there are")
      ->check(CLI::Range(0L, 1'000'000'000L))
      ->capture_default_str();
  app.add_option("--row-lock", texts.row_lock, "Whether updates of one coupon wait for each other")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
}

Result<TargetOptions> resolve(TargetOptions options, const Texts& texts) {
  const auto hold = positive_duration("--hold", texts.hold);
  if (!hold.ok()) return hold.error();
  const auto timeout = positive_duration("--acquire-timeout", texts.acquire_timeout);
  if (!timeout.ok()) return timeout.error();
  options.database.hold = hold.value();
  options.database.acquire_timeout = timeout.value();
  options.database.row_lock = texts.row_lock == "on";
  return options;
}

}  // namespace

Result<TargetOptions> parse_target_options(int argc, const char* const* argv) {
  TargetOptions options;
  Texts texts{format_duration(options.database.hold),
              format_duration(options.database.acquire_timeout),
              options.database.row_lock ? "on" : "off"};
  CLI::App app("An HTTP server that issues coupons over a modelled database", "coupon-target");
  try {
    declare_flags(app, options, texts);
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    options.help = app.help();
    return options;
  } catch (const CLI::Error& error) {
    return Error{ExitCode::kInvalidConfig, error.what()};
  }
  return resolve(std::move(options), texts);
}

}  // namespace loadrun::coupon

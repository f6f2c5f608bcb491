#include "commands/run_arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

namespace loadrun::commands {
namespace {

struct TestOption {
  const char* names;  ///< As CLI11 takes them.
  const char* name;   ///< The long name.
  const char* help;
};

/// Options that are also settable in the script, the config file and the environment.
constexpr TestOption kValueOptions[] = {
    {"-u,--vus", "vus", "number of virtual users"},
    {"-d,--duration", "duration", "how long to run, e.g. 30s or 1m30s"},
    {"-i,--iterations", "iterations", "iterations to run, shared among the VUs"},
    {"-s,--stage", "stage", "add a stage DURATION:TARGET of VUs, e.g. 30s:100"},
    {"--min-iteration-duration", "min-iteration-duration",
     "a VU waits until an iteration took this long, e.g. 1s"},
    {"--tag", "tag", "add a tag NAME=VALUE to all samples"},
    {"--user-agent", "user-agent", "the User-Agent header; empty sends none"},
    {"--http-version", "http-version", "auto, 1.1 or 2: 2 is HTTP/2 on http:// too"},
    {"--max-redirects", "max-redirects", "follow at most this many redirects"},
    {"--batch", "batch", "requests of an http.batch in flight at a time (20)"},
    {"--batch-per-host", "batch-per-host", "of them, to one host (6)"},
    {"--rps", "rps", "start at most this many requests a second, all VUs together"},
    {"--max-decompressed-body", "max-decompressed-body",
     "the largest response body after decompression, e.g. 100MB"},
    {"--system-tags", "system-tags", "system tags to put on samples, comma separated"},
    {"--no-metrics", "no-metrics", "built-in metrics to leave out, comma separated"},
    {"--summary-trend-stats", "summary-trend-stats",
     "trend columns of the summary, e.g. avg,p(95),p(99.9)"},
    {"--summary-time-unit", "summary-time-unit", "s, ms or us"},
    {"--dns", "dns", "ttl=5m,select=random,policy=preferIPv4"},
    {"--blacklist-ip", "blacklist-ip", "make no connection to these, e.g. 10.0.0.0/8"},
    {"--block-hostnames", "block-hostnames", "make no connection to these, e.g. *.example.com"},
    {"--local-ips", "local-ips",
     "local addresses that VUs connect from in turns: addresses, ranges a-b and CIDR blocks"},
    {"--execution-segment", "execution-segment", "run this part of the test, e.g. 0:1/3"},
    {"--execution-segment-sequence", "execution-segment-sequence",
     "the parts that all instances run, e.g. 0,1/3,2/3,1"},
    {"--features", "features", "features to switch on, comma separated, e.g. merge-run-tags"},
};

constexpr TestOption kSwitches[] = {
    {"--insecure-skip-tls-verify", "insecure-skip-tls-verify", "accept any server certificate"},
    {"--tls-session-resumption", "tls-session-resumption",
     "let a VU's new connections resume its TLS sessions"},
    {"--discard-response-bodies", "discard-response-bodies", "read and drop response bodies"},
    {"--no-connection-reuse", "no-connection-reuse", "open a connection per request"},
    {"--no-vu-connection-reuse", "no-vu-connection-reuse",
     "close a VU's connections at the end of an iteration"},
    {"-w,--throw", "throw", "failed requests and invalid metric values raise errors"},
    {"-p,--paused", "paused", "start paused"},
    {"--no-setup", "no-setup", "do not run setup"},
    {"--no-teardown", "no-teardown", "do not run teardown"},
};

void declare_test_options(CLI::App& app, RunArguments& arguments) {
  for (const TestOption& option : kValueOptions) {
    app.add_option_function<std::vector<std::string>>(
           option.names,
           [&arguments, name = option.name](const std::vector<std::string>& values) {
             for (const std::string& value : values) arguments.flags.emplace_back(name, value);
           },
           option.help)
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all();
  }
  for (const TestOption& option : kSwitches) {
    app.add_flag_function(
        option.names,
        [&arguments, name = option.name](std::int64_t count) {
          arguments.flags.emplace_back(name, count > 0 ? "true" : "false");
        },
        option.help);
  }
  app.add_flag("--http-debug{headers}", arguments.http_debug,
               "log requests and responses; =full with bodies, =failed those that failed")
      ->each([&arguments](const std::string& value) {
        arguments.flags.emplace_back("http-debug", value);
      });
}

/// Takes "on" and "off", which become what a bool is read from.
CLI::Validator on_or_off() {
  return {[](std::string& text) {
            if (text != "on" && text != "off") {
              return fmt::format("expected on or off, not \"{}\"", text);
            }
            text = text == "on" ? "true" : "false";
            return std::string();
          },
          "on|off"};
}

void declare_log_options(CLI::App& app, RunArguments& arguments) {
  app.add_option("--log-output", arguments.log.output, "stderr, stdout, none or file=PATH")
      ->envname("LOADRUN_LOG_OUTPUT");
  app.add_option("--log-format", arguments.log.format, "text, json or raw")
      ->envname("LOADRUN_LOG_FORMAT")
      ->transform(CLI::CheckedTransformer(std::map<std::string, LogFormat>{
          {"text", LogFormat::kText}, {"json", LogFormat::kJson}, {"raw", LogFormat::kRaw}}));
  app.add_option("--console-output", arguments.log.console_output,
                 "write what the script's console says to a file instead of the log")
      ->envname("LOADRUN_CONSOLE_OUTPUT");
  app.add_flag("-v,--verbose", arguments.log.verbose, "log more");
  app.add_flag("--no-color", arguments.no_color, "plain text")->envname("LOADRUN_NO_COLOR");
}

}  // namespace

void declare_run_arguments(CLI::App& app, RunArguments& arguments) {
  app.add_option("script", arguments.script, "the scenario file (Lua); - is standard input")
      ->required();
  declare_test_options(app, arguments);
  app.add_option("-e,--env", arguments.env, "NAME=VALUE for the script's __ENV")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
  app.add_flag("--include-system-env-vars,!--no-include-system-env-vars",
               arguments.include_system_env, "pass the environment to __ENV (default)")
      ->envname("LOADRUN_INCLUDE_SYSTEM_ENV_VARS");
  app.add_option("-c,--config", arguments.config, "JSON config file")->envname("LOADRUN_CONFIG");
  app.add_option("--scenario", arguments.scenarios, "run only these scenarios, comma separated")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_flag("--once", arguments.once, "run one iteration of each scenario, to try it");
  app.add_option("--summary-mode", arguments.summary_mode,
                 "how much the summary shows: compact (default), full, legacy or disabled")
      ->envname("LOADRUN_SUMMARY_MODE");
  app.add_option("--summary-export", arguments.summary_export,
                 "write the summary as JSON to a file")
      ->envname("LOADRUN_SUMMARY_EXPORT");
  app.add_option("--summary-json", arguments.summary_json,
                 "write all results as JSON to a file, in the form of docs/summary.schema.json")
      ->envname("LOADRUN_SUMMARY_JSON");
  app.add_flag("--no-thresholds", arguments.no_thresholds, "do not evaluate thresholds")
      ->envname("LOADRUN_NO_THRESHOLDS");
  app.add_option("-o,--out", arguments.outputs,
                 "send measurements to NAME[=ARGUMENT], e.g. json=results.json; repeatable "
                 "($LOADRUN_OUT: a list with commas)")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
  app.add_flag("--out-required", arguments.out_required,
               "exit with 93 when an output fails or loses samples")
      ->envname("LOADRUN_OUT_REQUIRED");
  app.add_flag("--allow-invalid", arguments.verdict.allow_invalid,
               "do not exit with 95 when the verdict on the load generator is INVALID")
      ->envname("LOADRUN_ALLOW_INVALID");
  app.add_flag("--require-complete", arguments.verdict.require_complete,
               "exit with 95 when arrivals never started (verdict INCOMPLETE)")
      ->envname("LOADRUN_REQUIRE_COMPLETE");
  app.add_flag("-q,--quiet", arguments.quiet, "no banner, no progress");
  app.add_option("--workers", arguments.workers, "worker threads (default: the usable CPUs)")
      ->envname("LOADRUN_WORKERS")
      ->check(CLI::Range(1, 1024));
  app.add_option("--calibration", arguments.calibration,
                 "warn of a load beyond what this machine can be trusted with: a file that "
                 "loadrun calibrate wrote")
      ->envname("LOADRUN_CALIBRATION");
  app.add_option("--seed", arguments.seed, "seed of all random choices (default: random)")
      ->envname("LOADRUN_SEED");
  app.add_option("--jit", arguments.jit, "compile hot Lua code to machine code: on (default), off")
      ->envname("LOADRUN_JIT")
      ->transform(on_or_off());
  declare_log_options(app, arguments);
}

}  // namespace loadrun::commands

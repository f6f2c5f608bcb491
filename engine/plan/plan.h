#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/host_table.h"
#include "base/http_version.h"
#include "base/ip_address.h"
#include "base/ip_pool.h"
#include "metrics/tags.h"
#include "metrics/threshold.h"
#include "plan/execution_tuple.h"
#include "plan/executor.h"
#include "plan/tls.h"

namespace loadrun::plan {

/// One workload of a test: who calls which function of the script, when, and how often.
struct Scenario {
  std::string name;
  Executor executor;               ///< Of the whole test, whatever part of it this instance runs.
  ExecutionTuple tuple;            ///< The plan's: this instance's part.
  Nanoseconds start_time{0};       ///< After the start of the test.
  Nanoseconds graceful_stop{30s};  ///< Given to running iterations at the regular end.
  /// Of a looping VU: from the intended start of an iteration to that of the next; 0 is none.
  Nanoseconds pacing{0};
  std::string exec = "default";  ///< The exported function that is an iteration.
  std::map<std::string, std::string> env;
  metrics::Tags tags;
};

/// How host names are resolved: k6's `dns` option, validated.
struct Dns {
  std::string ttl = "5m";  ///< "inf", "0" (no cache), a duration or a number of milliseconds.
  std::string select = "random";  ///< "first", "random" or "roundRobin".
  std::string policy =
      "preferIPv4";  ///< "preferIPv4", "preferIPv6", "onlyIPv4", "onlyIPv6" or "any".
};

/// Where requests may go, where they do, and from where.
struct Addresses {
  HostTable hosts;                         ///< Goes before DNS.
  std::vector<CidrBlock> blacklist;        ///< Option `blacklistIPs`.
  std::vector<std::string> blocked_hosts;  ///< Option `blockHostnames`: patterns, valid ones.
  IpPool local;                            ///< VU n connects from number n - 1; empty: any address.
};

/// What is logged of requests and responses.
enum class HttpDebug {
  kOff,
  kHeaders,
  kFull,    ///< Bodies, too.
  kFailed,  ///< The same of those that failed.
};

/// The validated, immutable description of a test. Shared read-only by all workers.
struct Plan {
  std::vector<Scenario> scenarios;                    ///< Sorted by name; at least one.
  ExecutionTuple tuple;                               ///< What this instance runs of the test.
  std::vector<metrics::MetricThresholds> thresholds;  ///< Sorted by key.
  metrics::Tags tags;                                 ///< Run-wide tags.
  std::vector<std::string> system_tags;               ///< Enabled ones, sorted.
  std::vector<std::string> no_metrics;                ///< Built-in ones left out, sorted.

  std::string user_agent;  ///< "" sends none.
  bool insecure_skip_tls_verify = false;
  Tls tls;
  bool discard_response_bodies = false;
  std::uint64_t max_decompressed_body = 100 << 20;  ///< Bytes.
  HttpVersion http_version = HttpVersion::kAuto;
  bool no_connection_reuse = false;     ///< A new connection for every request.
  bool no_vu_connection_reuse = false;  ///< Idle connections are closed at the end of an iteration.
  int max_redirects = 10;
  bool max_redirects_given = false;  ///< By the user: reaching it is no surprise.
  HttpDebug http_debug = HttpDebug::kOff;
  std::int64_t batch = 20;          ///< Requests of an http.batch in flight; 0 is any number.
  std::int64_t batch_per_host = 6;  ///< Of them, to one host; 0 is any number.
  std::int64_t rps = 0;  ///< Requests a second that all VUs together may start; 0 is any number.
  bool no_cookies_reset = false;  ///< A VU keeps its cookies from iteration to iteration.
  bool throw_errors =
      false;  ///< Option `throw`: failed requests raise instead of returning an error.
  Dns dns;
  Addresses addresses;

  bool paused = false;  ///< Waits for an order to start.
  bool no_setup = false;
  bool no_teardown = false;
  Nanoseconds setup_timeout{60s};
  Nanoseconds teardown_timeout{60s};
  Nanoseconds handle_summary_timeout{120s};
  /// A VU waits for the rest of it after a complete iteration; 0 is none.
  Nanoseconds min_iteration_duration{0};

  std::vector<std::string> summary_trend_stats{"avg", "min", "med", "max", "p(90)", "p(95)"};
  std::string summary_time_unit;  ///< "", "s", "ms" or "us".

  std::vector<std::string> warnings;  ///< To be logged once, e.g. unknown option keys.
};

}  // namespace loadrun::plan

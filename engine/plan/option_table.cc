#include "plan/option_table.h"

#include <array>

namespace loadrun::plan {
namespace {

using enum OptionSyntax;

constexpr bool kRepeatable = true;

constexpr std::array kTable{
    OptionNames{"vus", "VUS", "vus", kInteger},
    OptionNames{"duration", "DURATION", "duration", kDuration},
    OptionNames{"iterations", "ITERATIONS", "iterations", kInteger},
    OptionNames{"stages", "STAGES", "stage", kStages, kRepeatable},
    OptionNames{"scenarios", "", "", kJson},
    OptionNames{"executionSegment", "", "execution-segment", kText},
    OptionNames{"executionSegmentSequence", "", "execution-segment-sequence", kText},
    OptionNames{"paused", "PAUSED", "paused", kBoolean},
    OptionNames{"noSetup", "NO_SETUP", "no-setup", kBoolean},
    OptionNames{"noTeardown", "NO_TEARDOWN", "no-teardown", kBoolean},
    OptionNames{"setupTimeout", "SETUP_TIMEOUT", "", kDuration},
    OptionNames{"teardownTimeout", "TEARDOWN_TIMEOUT", "", kDuration},
    OptionNames{"handleSummaryTimeout", "HANDLE_SUMMARY_TIMEOUT", "", kDuration},
    OptionNames{"minIterationDuration", "MIN_ITERATION_DURATION", "min-iteration-duration",
                kDuration},
    OptionNames{"maxRedirects", "MAX_REDIRECTS", "max-redirects", kInteger},
    OptionNames{"userAgent", "USER_AGENT", "user-agent", kText},
    OptionNames{"insecureSkipTLSVerify", "INSECURE_SKIP_TLS_VERIFY", "insecure-skip-tls-verify",
                kBoolean},
    OptionNames{"tlsCipherSuites", "TLS_CIPHER_SUITES", "", kTrimmedList},
    OptionNames{"tlsVersion", "", "", kJson},
    OptionNames{"tlsAuth", "TLSAUTH", "", kJson},
    OptionNames{"tlsSessionResumption", "TLS_SESSION_RESUMPTION", "tls-session-resumption",
                kBoolean},
    OptionNames{"discardResponseBodies", "DISCARD_RESPONSE_BODIES", "discard-response-bodies",
                kBoolean},
    OptionNames{"maxDecompressedBody", "MAX_DECOMPRESSED_BODY", "max-decompressed-body", kText},
    OptionNames{"httpVersion", "HTTP_VERSION", "http-version", kText},
    OptionNames{"noConnectionReuse", "NO_CONNECTION_REUSE", "no-connection-reuse", kBoolean},
    OptionNames{"noVUConnectionReuse", "NO_VU_CONNECTION_REUSE", "no-vu-connection-reuse",
                kBoolean},
    OptionNames{"noCookiesReset", "NO_COOKIES_RESET", "", kBoolean},
    OptionNames{"throw", "THROW", "throw", kBoolean},
    OptionNames{"batch", "BATCH", "batch", kInteger},
    OptionNames{"batchPerHost", "BATCH_PER_HOST", "batch-per-host", kInteger},
    OptionNames{"rps", "RPS", "rps", kInteger},
    OptionNames{"httpDebug", "HTTP_DEBUG", "http-debug", kText},
    OptionNames{"dns", "DNS", "dns", kKeyValues},
    OptionNames{"blacklistIPs", "BLACKLIST_IPS", "blacklist-ip", kTrimmedList, kRepeatable},
    OptionNames{"blockHostnames", "BLOCK_HOSTNAMES", "block-hostnames", kTrimmedList, kRepeatable},
    OptionNames{"hosts", "HOSTS", "", kJson},
    OptionNames{"localIPs", "LOCAL_IPS", "local-ips", kText},
    OptionNames{"thresholds", "THRESHOLDS", "", kJson},
    OptionNames{"summaryTrendStats", "SUMMARY_TREND_STATS", "summary-trend-stats", kList},
    OptionNames{"summaryTimeUnit", "SUMMARY_TIME_UNIT", "summary-time-unit", kText},
    OptionNames{"systemTags", "SYSTEM_TAGS", "system-tags", kTrimmedList},
    OptionNames{"noMetrics", "NO_METRICS", "no-metrics", kTrimmedList, kRepeatable},
    OptionNames{"tags", "TAGS", "tag", kTags, kRepeatable},
    OptionNames{"features", "FEATURES", "features", kTrimmedList},

    // Those that this version does not support, though it knows how they are written.
    OptionNames{"tlsAIAFetch", "", "", kJson},
    OptionNames{"metricSamplesBufferSize", "METRIC_SAMPLES_BUFFER_SIZE", "", kInteger},
    OptionNames{"cloud", "", "", kJson},
    OptionNames{"ext", "", "", kJson},
    OptionNames{"out", "", "", kJson},
    OptionNames{"linger", "", "", kJson},
    OptionNames{"noUsageReport", "", "", kJson},
    OptionNames{"collectors", "", "", kJson},
    OptionNames{"webDashboard", "", "", kJson},
};

}  // namespace

std::span<const OptionNames> option_table() { return kTable; }

}  // namespace loadrun::plan

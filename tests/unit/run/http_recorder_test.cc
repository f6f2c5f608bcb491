#include "run/http_recorder.h"

#include "support/catch.h"
#include "support/measured.h"

using namespace loadrun;
using namespace loadrun::test;
using run::HttpRecorder;
using run::mask_userinfo;
using run::SystemTags;
using run::Verdict;

namespace {

SystemTags tags_on(std::vector<std::string> names) {
  plan::Plan plan;
  plan.system_tags = std::move(names);
  return SystemTags(plan);
}

const std::vector<std::string> kAll{"proto", "status",   "method",           "url",
                                    "name",  "error",    "error_code",       "tls_version",
                                    "group", "scenario", "expected_response"};

struct Recording {
  explicit Recording(const std::vector<std::string>& system_tags)
      : recorder(tags, shard, tags_on(system_tags)) {}

  /// The tags of the samples of `exchange`.
  metrics::Tags tags_of(const net::HttpExchange& exchange,
                        const std::optional<std::string>& name = std::nullopt,
                        Verdict verdict = Verdict::kExpected) {
    recorder.record(exchange, tags.empty(), name, verdict);
    return reader.take().at(0).tags;
  }

  metrics::Registry registry;
  metrics::TagTable tags;
  metrics::Shard shard{registry, tags};
  ShardReader reader{registry, shard};
  HttpRecorder recorder;
};

net::HttpExchange fine() {
  net::HttpExchange exchange;
  exchange.method = "GET";
  exchange.url = "http://h/a";
  exchange.status = 200;
  exchange.proto = "HTTP/1.1";
  return exchange;
}

}  // namespace

TEST_CASE("an exchange becomes nine samples") {
  Recording recording(kAll);
  net::HttpExchange exchange = fine();
  exchange.timings = {.blocked = 1ms,
                      .looking_up = 9ms,
                      .connecting = 2ms,
                      .tls_handshaking = 3ms,
                      .sending = 4ms,
                      .waiting = 5ms,
                      .receiving = 6500us};
  recording.recorder.record(exchange, recording.tags.empty(), std::nullopt, Verdict::kExpected);
  std::vector<std::pair<std::string, double>> samples;
  for (const Measured& one : recording.reader.take()) {
    if (const auto* counter = std::get_if<metrics::Counter>(&one.sink)) {
      samples.emplace_back(one.metric, counter->sum.value());
    } else if (const auto* rate = std::get_if<metrics::Rate>(&one.sink)) {
      samples.emplace_back(one.metric, rate->share());
    } else {
      samples.emplace_back(one.metric, std::get<metrics::Trend>(one.sink).max());
    }
  }
  CHECK(samples == std::vector<std::pair<std::string, double>>{{"http_reqs", 1},
                                                               {"http_req_failed", 0},
                                                               {"http_req_duration", 15.5},
                                                               {"http_req_blocked", 1},
                                                               {"http_req_connecting", 2},
                                                               {"http_req_tls_handshaking", 3},
                                                               {"http_req_sending", 4},
                                                               {"http_req_waiting", 5},
                                                               {"http_req_receiving", 6.5}});
}

TEST_CASE("the samples carry the enabled system tags that have a value") {
  net::HttpExchange exchange = fine();
  CHECK(Recording(kAll).tags_of(exchange) == metrics::Tags{{"expected_response", "true"},
                                                           {"method", "GET"},
                                                           {"name", "http://h/a"},
                                                           {"proto", "HTTP/1.1"},
                                                           {"status", "200"},
                                                           {"url", "http://h/a"}});
  exchange.status = 0;
  exchange.proto = "";
  exchange.tls_version = "tls1.3";
  exchange.error = "request timeout";
  exchange.error_code = 1050;
  const metrics::Tags tags = Recording(kAll).tags_of(exchange, std::nullopt, Verdict::kUnexpected);
  CHECK(tags == metrics::Tags{{"error", "request timeout"},
                              {"error_code", "1050"},
                              {"expected_response", "false"},
                              {"method", "GET"},
                              {"name", "http://h/a"},
                              {"status", "0"},
                              {"tls_version", "tls1.3"},
                              {"url", "http://h/a"}});
}

TEST_CASE("each system tag can be had alone") {
  net::HttpExchange exchange = fine();
  exchange.tls_version = "tls1.2";
  exchange.error = "e";
  exchange.error_code = 1000;
  for (const auto& [name, value] : metrics::Tags{{"proto", "HTTP/1.1"},
                                                 {"status", "200"},
                                                 {"method", "GET"},
                                                 {"url", "http://h/a"},
                                                 {"name", "http://h/a"},
                                                 {"error", "e"},
                                                 {"error_code", "1000"},
                                                 {"tls_version", "tls1.2"},
                                                 {"expected_response", "true"}}) {
    CHECK(Recording({name}).tags_of(exchange) == metrics::Tags{{name, value}});
  }
  CHECK(Recording({}).tags_of(exchange).empty());
}

TEST_CASE("ocsp_status is what was stapled, and nothing without TLS") {
  const net::OcspStatus good{.status = "good"};
  net::HttpExchange exchange = fine();
  Recording recording({"ocsp_status"});
  CHECK(recording.tags_of(exchange).empty());
  exchange.tls_version = "tls1.3";
  CHECK(recording.tags_of(exchange) == metrics::Tags{{"ocsp_status", "unknown"}});
  exchange.ocsp = std::make_shared<const net::OcspStatus>(good);
  CHECK(recording.tags_of(exchange) == metrics::Tags{{"ocsp_status", "good"}});
}

TEST_CASE("a name of the user's replaces the URL in name and url") {
  const metrics::Tags tags = Recording({"name", "url"}).tags_of(fine(), "item");
  CHECK(tags == metrics::Tags{{"name", "item"}, {"url", "item"}});
}

TEST_CASE("system tags cannot be overridden by the request's own") {
  Recording recording({"method", "status"});
  metrics::TagSetId base = recording.tags.with({}, "method", "mine");
  base = recording.tags.with(base, "status", "mine");
  base = recording.tags.with(base, "own", "kept");
  recording.recorder.record(fine(), base, std::nullopt, Verdict::kExpected);
  CHECK(recording.reader.take().at(0).tags ==
        metrics::Tags{{"method", "GET"}, {"own", "kept"}, {"status", "200"}});
}

TEST_CASE("what is not expected has failed") {
  for (const auto& [verdict, failed] :
       {std::pair{Verdict::kExpected, 0.0}, std::pair{Verdict::kUnexpected, 1.0}}) {
    Recording recording({"expected_response"});
    recording.recorder.record(fine(), {}, std::nullopt, verdict);
    const Measured measured = recording.reader.take("http_req_failed").at(0);
    CHECK(std::get<metrics::Rate>(measured.sink).share() == failed);
    CHECK(measured.tags == metrics::Tags{{"expected_response", failed == 0 ? "true" : "false"}});
  }
}

TEST_CASE("without a verdict there are eight samples, which do not say what was expected") {
  Recording recording({"expected_response", "method"});
  recording.recorder.record(fine(), {}, std::nullopt, Verdict::kNone);
  const auto measured = recording.reader.take();
  CHECK(measured.size() == 8);
  for (const Measured& one : measured) {
    CHECK(one.metric != "http_req_failed");
    CHECK(one.tags == metrics::Tags{{"method", "GET"}});
  }
}

TEST_CASE("the same kind of exchange uses the same series; any difference makes new ones") {
  Recording recording(kAll);
  const auto series_after = [&recording](const net::HttpExchange& exchange,
                                         metrics::TagSetId base = {},
                                         const std::optional<std::string>& name = std::nullopt) {
    recording.recorder.record(exchange, base, name, Verdict::kExpected);
    return recording.shard.take().new_series.size();
  };
  CHECK(series_after(fine()) == 9);
  CHECK(series_after(fine()) == 0);
  net::HttpExchange later = fine();
  later.timings.waiting = 1s;
  later.bytes_sent = 100;
  later.remote_ip = "127.0.0.1";
  CHECK(series_after(later) == 0);
  const auto differing = [](auto change) {
    net::HttpExchange exchange = fine();
    change(exchange);
    return exchange;
  };
  CHECK(series_after(differing([](auto& e) { e.status = 201; })) == 9);
  CHECK(series_after(differing([](auto& e) { e.url = "http://h/b"; })) == 9);
  CHECK(series_after(differing([](auto& e) { e.method = "PUT"; })) == 9);
  CHECK(series_after(differing([](auto& e) { e.proto = "HTTP/2.0"; })) == 9);
  CHECK(series_after(differing([](auto& e) { e.tls_version = "tls1.2"; })) == 9);
  CHECK(series_after(differing([](auto& e) { e.error = "x"; })) == 9);
  CHECK(series_after(differing([](auto& e) { e.error_code = 1400; })) == 9);
  CHECK(series_after(fine(), {}, "named") == 9);
  CHECK(series_after(differing([](auto& e) { e.url = "http://h/c"; }), {}, "named") == 0);
  CHECK(series_after(fine(), recording.tags.with({}, "group", "::g")) == 9);
  CHECK(series_after(fine(), recording.tags.with({}, "group", "::g")) == 0);
}

TEST_CASE("a new URL for every request does not grow memory forever") {
  Recording recording(kAll);
  recording.tags.limit(2000);
  recording.shard.limit_series(2000);
  net::HttpExchange exchange = fine();
  constexpr int kRequests = 100'000;
  for (int i = 0; i < kRequests; ++i) {
    exchange.url = "http://h/" + std::to_string(i);
    recording.recorder.record(exchange, {}, std::nullopt, Verdict::kExpected);
  }
  double requests = 0;
  const auto measured = recording.reader.take("http_reqs");
  for (const Measured& one : measured) requests += std::get<metrics::Counter>(one.sink).sum.value();
  CHECK(requests == kRequests);
  CHECK(measured.size() < 1000);
  CHECK(recording.tags.size() <= 4000);
}

namespace {

/// What the errors say after `exchange`: "code/status method name: error (count)".
std::string error_after(Recording& recording, const net::HttpExchange& exchange, Verdict verdict,
                        const std::optional<std::string>& name = std::nullopt) {
  recording.recorder.record(exchange, {}, name, verdict);
  recording.recorder.record(exchange, {}, name, verdict);
  const metrics::Errors errors = std::exchange(recording.shard.errors(), {});
  if (errors.requests.entries().empty()) return "none";
  const auto& [kind, entry] = *errors.requests.entries().begin();
  return fmt::format("{}/{} {} {}: {} ({})", kind.code, kind.status, entry.first.method,
                     entry.first.name, entry.first.error, entry.count);
}

}  // namespace

TEST_CASE("failed requests are errors by code and status") {
  Recording recording(kAll);
  CHECK(error_after(recording, fine(), Verdict::kExpected) == "none");
  CHECK(error_after(recording, fine(), Verdict::kNone) == "none");
  CHECK(error_after(recording, fine(), Verdict::kUnexpected) == "0/200 GET http://h/a:  (2)");
  net::HttpExchange refused = fine();
  refused.status = 0;
  refused.error_code = 1212;
  refused.error = "dial: connection refused";
  CHECK(error_after(recording, refused, Verdict::kUnexpected, "item") ==
        "1212/0 GET item: dial: connection refused (2)");
  CHECK(error_after(recording, refused, Verdict::kNone) ==
        "1212/0 GET http://h/a: dial: connection refused (2)");
  CHECK(error_after(recording, refused, Verdict::kExpected) == "none");
  refused.reason = "nobody listens on port 1";
  refused.url = "http://user:secret@h/" + std::string(1000, 'x');
  const std::string text = error_after(recording, refused, Verdict::kUnexpected);
  CHECK(text.starts_with("1212/0 GET http://****:****@h/xxx"));
  CHECK(text.ends_with("xxx…: nobody listens on port 1 (2)"));
  CHECK(text.size() < 400);
}

TEST_CASE("an unexpected status with its time") {
  Recording recording(kAll);
  net::HttpExchange down = fine();
  down.status = 503;
  down.error_code = 1503;
  down.end = {7s};
  recording.recorder.record(down, {}, std::nullopt, Verdict::kUnexpected);
  const auto& entries = recording.shard.errors().requests.entries();
  CHECK(entries.at({.code = 1503, .status = 503}).first.at == TimePoint{7s});
}

TEST_CASE("user and password of a URL are masked, in tags and by themselves") {
  CHECK(mask_userinfo("http://user:secret@h/p?q=a@b") == "http://****:****@h/p?q=a@b");
  CHECK(mask_userinfo("https://user@h:8443") == "https://****:****@h:8443");
  CHECK(mask_userinfo("http://a@b:c@h/") == "http://****:****@h/");
  for (const char* url : {"http://h/user@x", "http://h?u=a@b", "http://h#a@b", "http://h/",
                          "no url", "mailto:a@b", ""}) {
    CHECK(mask_userinfo(url) == url);
  }
  net::HttpExchange exchange = fine();
  exchange.url = "http://user:secret@h/p";
  CHECK(Recording({"name", "url"}).tags_of(exchange) ==
        metrics::Tags{{"name", "http://****:****@h/p"}, {"url", "http://****:****@h/p"}});
}

TEST_CASE("where a start was intended, the corrected duration has how late it was") {
  Recording recording(kAll);
  net::HttpExchange exchange = fine();
  exchange.timings = {.sending = 1ms, .waiting = 2ms, .receiving = 3ms};
  recording.recorder.record(exchange, recording.tags.empty(), std::nullopt, Verdict::kExpected);
  CHECK(recording.reader.take("http_req_duration_corrected").empty());
  for (const Nanoseconds lag : {40ms, 0ms}) {
    recording.recorder.record(exchange, recording.tags.empty(), std::nullopt, Verdict::kExpected,
                              lag);
  }
  const auto corrected = recording.reader.take("http_req_duration_corrected");
  REQUIRE(corrected.size() == 1);
  const auto& trend = std::get<metrics::Trend>(corrected.at(0).sink);
  CHECK(trend.max() == Approx(46));
  CHECK(trend.min() == Approx(6));
}

#include "net/transport_error.h"

#include <curl/curl.h>
#include <openssl/x509_vfy.h>

#include <cerrno>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "net/dial_rules.h"
#include "support/catch.h"

using namespace loadrun::net;

namespace {

// How the faults of the conformance file look to libcurl.
const std::map<std::string, TransportError>& faults() {
  static const std::map<std::string, TransportError> kFaults = {
      {"random error", {.curl_code = CURLE_WEIRD_SERVER_REPLY}},
      {"DNS error 'no such host'", {.curl_code = CURLE_COULDNT_RESOLVE_HOST}},
      {"tcp write: ECONNRESET", {.curl_code = CURLE_SEND_ERROR, .os_errno = ECONNRESET}},
      {"tcp write: EPIPE", {.curl_code = CURLE_SEND_ERROR, .os_errno = EPIPE}},
      {"tcp dial: ECONNREFUSED", {.curl_code = CURLE_COULDNT_CONNECT, .os_errno = ECONNREFUSED}},
      {"tcp dial error, not a timeout", {.curl_code = CURLE_COULDNT_CONNECT}},
      {"tcp write bare errno ENOTRECOVERABLE",
       {.curl_code = CURLE_SEND_ERROR, .os_errno = ENOTRECOVERABLE}},
      {"x509 hostname mismatch",
       {.curl_code = CURLE_PEER_FAILED_VERIFICATION, .verify_result = X509_V_OK}},
      {"x509 unknown authority",
       {.curl_code = CURLE_PEER_FAILED_VERIFICATION,
        .verify_result = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY}},
      {"server answers non-TLS bytes to a TLS handshake",
       {.curl_code = CURLE_SSL_CONNECT_ERROR,
        .message = "error:0A00010B:SSL routines::wrong version number"}},
  };
  return kFaults;
}

// The same for HTTP/2, by Go's text of the fault. libcurl does not tell the code of a connection
// error.
const std::map<std::string, TransportError>& http2_faults() {
  static const std::map<std::string, TransportError> kFaults = {
      {"stream error: stream ID 1; INTERNAL_ERROR; EOF",
       {.curl_code = CURLE_HTTP2_STREAM,
        .message = "HTTP/2 stream 1 was not closed cleanly: INTERNAL_ERROR (err 2)"}},
      {"stream error: stream ID 1; unknown error code 0xe; received from peer",
       {.curl_code = CURLE_HTTP2_STREAM,
        .message = "HTTP/2 stream 1 was not closed cleanly: unknown (err 14)"}},
      {"http2: server sent GOAWAY and closed the connection; LastStreamID=4, "
       "ErrCode=INADEQUATE_SECURITY, debug=\"whatever\"",
       {.curl_code = CURLE_PARTIAL_FILE, .http2 = true, .go_away = 12}},
      {"http2: server sent GOAWAY and closed the connection; LastStreamID=4, "
       "ErrCode=unknown error code 0xe, debug=\"whatever\"",
       {.curl_code = CURLE_PARTIAL_FILE, .http2 = true, .go_away = 14}},
  };
  return kFaults;
}

// The one that libcurl knows nothing of.
constexpr const char* kBlackListed = "connection to an IP in blacklistIPs";

Failure black_listed() {
  const DialRules rules{.blacklist = {loadrun::CidrBlock::parse("127.0.0.0/8").value()}};
  return rules.check(*loadrun::IpAddress::parse("127.0.0.1"));
}

/// Checks the cases of `area` that `faults` knows; the others are listed in SKIPPED.md.
void check_faults(const std::string& area, const std::map<std::string, TransportError>& faults) {
  std::ifstream file(LOADRUN_SOURCE_DIR "/tests/conformance/data/http.jsonl");
  std::size_t driven = 0;
  for (std::string line; std::getline(file, line);) {
    const nlohmann::json test_case = nlohmann::json::parse(line);
    if (test_case["area"] != area) continue;
    const std::string input = test_case["input"].get<std::string>();
    const auto fault = faults.find(input);
    if (fault == faults.end() && input != kBlackListed) continue;
    ++driven;
    INFO(input);
    const Failure failure = fault == faults.end() ? black_listed() : classify(fault->second);
    CHECK(failure.code == test_case["expected"]["error_code"].get<int>());
    const nlohmann::json& text = test_case["expected"]["error"];
    if (text.is_string()) CHECK(failure.text == text.get<std::string>());
  }
  CHECK(driven == faults.size() + (area == "http.error_classify" ? 1 : 0));
}

}  // namespace

TEST_CASE("faults have k6's codes and texts (conformance: http.error_classify)") {
  check_faults("http.error_classify", faults());
}

TEST_CASE("faults of HTTP/2 have k6's codes and texts (conformance: http.error_classify_h2)") {
  check_faults("http.error_classify_h2", http2_faults());
}

TEST_CASE("a stream that is reset without an error before its response") {
  CHECK(classify({.curl_code = CURLE_HTTP2_STREAM,
                  .message = "HTTP/2 stream 1 was closed cleanly, but before getting  all response "
                             "header fields, treated as error"})
            .code == 1631);
}

TEST_CASE("a broken HTTP/2 connection") {
  const auto code = [](TransportError error) { return classify(error).code; };
  CHECK(code({.curl_code = CURLE_HTTP2}) == 1650);
  CHECK(code({.curl_code = CURLE_RECV_ERROR,
              .http2 = true,
              .message = "nghttp2_session_mem_recv() returned -902:The user callback failed"}) ==
        1650);
  CHECK(code({.curl_code = CURLE_GOT_NOTHING, .http2 = true}) == 1650);
  CHECK(code({.curl_code = CURLE_PARTIAL_FILE,
              .http2 = true,
              .message = "transfer closed with 4000 bytes remaining to read"}) == 1650);
}

TEST_CASE("an HTTP/2 connection that just ends") {
  const Failure failure =
      classify({.curl_code = CURLE_PARTIAL_FILE,
                .http2 = true,
                .message = "HTTP/2 stream 1 was not closed cleanly before end of the underlying "
                           "stream"});
  CHECK(failure.code == 1000);
  CHECK(failure.text == "unexpected EOF");
}

TEST_CASE("a GOAWAY explains the end of its connection, nothing else") {
  CHECK(classify({.curl_code = CURLE_PARTIAL_FILE, .go_away = 0}).text ==
        "http2: received GoAway with http2 ErrCode NO_ERROR");
  CHECK(classify({.curl_code = CURLE_GOT_NOTHING, .go_away = 11}).code == 1622);
  CHECK(classify({.curl_code = CURLE_HTTP2_STREAM, .go_away = 11, .message = "(err 2)"}).code ==
        1633);
  CHECK(classify({.curl_code = CURLE_COULDNT_RESOLVE_HOST, .go_away = 11}).code == 1101);
}

TEST_CASE("connect time-outs") {
  CHECK(classify({.curl_code = CURLE_COULDNT_CONNECT, .os_errno = ETIMEDOUT}).code == 1211);
  CHECK(classify({.curl_code = CURLE_OPERATION_TIMEDOUT}).text == "dial: i/o timeout");
  CHECK(classify({.curl_code = CURLE_OPERATION_TIMEDOUT, .connected = true}).code == 1050);
  const Failure unreachable =
      classify({.curl_code = CURLE_COULDNT_CONNECT, .os_errno = EHOSTUNREACH});
  CHECK(unreachable.code == 1213);
  CHECK(unreachable.text == "dial: unknown errno 113 error with msg `no route to host`");
}

TEST_CASE("what fails on the way to a proxy is k6's proxyconnect") {
  const Failure refused =
      classify({.curl_code = CURLE_COULDNT_CONNECT, .os_errno = ECONNREFUSED, .has_proxy = true});
  CHECK(refused.code == 1200);
  CHECK(refused.text == "proxyconnect tcp: dial: connection refused");
  const Failure unknown = classify({.curl_code = CURLE_COULDNT_RESOLVE_PROXY, .has_proxy = true});
  CHECK(unknown.text == "proxyconnect tcp: lookup: no such host");
  const Failure late = classify({.curl_code = CURLE_OPERATION_TIMEDOUT, .has_proxy = true});
  CHECK(late.code == 1200);
  CHECK(late.text == "proxyconnect tcp: dial: i/o timeout");
}

TEST_CASE("what fails behind a proxy is as without one") {
  const Failure reset = classify({.curl_code = CURLE_RECV_ERROR,
                                  .os_errno = ECONNRESET,
                                  .connected = true,
                                  .has_proxy = true});
  CHECK(reset.code == 1220);
}

TEST_CASE("a proxy that refuses says why") {
  const Failure tunnel = classify({.curl_code = CURLE_RECV_ERROR,
                                   .connected = true,
                                   .has_proxy = true,
                                   .tunnel_reply = "407 Proxy Authentication Required"});
  CHECK(tunnel.code == 1000);
  CHECK(tunnel.text == "the proxy refused CONNECT: 407 Proxy Authentication Required");
  const Failure socks = classify({.curl_code = CURLE_PROXY, .has_proxy = true, .message = "no"});
  CHECK(socks.code == 1200);
  CHECK(socks.text == "socks connect: no");
}

TEST_CASE("what this machine has too little of comes with a remedy") {
  const Failure files = classify({.curl_code = CURLE_COULDNT_CONNECT, .os_errno = EMFILE});
  CHECK(files.code == 1213);
  CHECK(files.text.find("ulimit -n") != std::string::npos);
  const Failure ports = classify({.curl_code = CURLE_COULDNT_CONNECT, .os_errno = EADDRNOTAVAIL});
  CHECK(ports.code == 1213);
  CHECK(ports.text.find("ip_local_port_range") != std::string::npos);
}

TEST_CASE("dials of Unix sockets name the path") {
  const Failure refused = classify(
      {.curl_code = CURLE_COULDNT_CONNECT, .os_errno = ECONNREFUSED, .unix_socket = "/run/x"});
  CHECK(refused.code == 1212);
  CHECK(refused.text == "dial unix /run/x: connection refused");
}

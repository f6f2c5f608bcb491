#include "net/transport_error.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/x509_vfy.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "net/http2_error.h"

namespace loadrun::net {
namespace {

// Go writes its messages in lower case.
std::string errno_text(int os_errno) {
  std::string text = std::strerror(os_errno);
  if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a') text[0] += 'a' - 'A';
  return text;
}

Failure unknown_errno(std::string_view operation, int os_errno) {
  return {kUnknownErrno, fmt::format("{}: unknown errno `{}` on linux with message `{}`", operation,
                                     os_errno, errno_text(os_errno))};
}

Failure other(const TransportError& error) {
  if (!error.message.empty()) return {kUnknown, std::string(error.message)};
  return {kUnknown, curl_easy_strerror(static_cast<CURLcode>(error.curl_code))};
}

Failure dial_failure(const TransportError& error) {
  if (error.os_errno == ECONNREFUSED) return {kDialRefused, "dial: connection refused"};
  if (error.os_errno == ETIMEDOUT) return {kDialTimeout, "dial: i/o timeout"};
  if (error.os_errno != 0) {
    return {kDialUnknownErrno, fmt::format("dial: unknown errno {} error with msg `{}`",
                                           error.os_errno, errno_text(error.os_errno))};
  }
  return {kDial, other(error).text};
}

Failure io_failure(const TransportError& error, std::string_view operation) {
  const std::string prefix(operation);
  if (error.os_errno == ECONNRESET) return {kResetByPeer, prefix + ": connection reset by peer"};
  if (error.os_errno == EPIPE) return {kBrokenPipe, prefix + ": broken pipe"};
  if (error.os_errno != 0) return unknown_errno(operation, error.os_errno);
  return other(error);
}

Failure certificate_failure(const TransportError& error) {
  switch (error.verify_result) {
    case X509_V_OK:  // The chain is fine: libcurl's own check of the name failed.
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return {kHostnameMismatch, "x509: certificate doesn't match hostname"};
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return {kUnknownAuthority, "x509: unknown authority"};
    default:
      return other(error);
  }
}

// OpenSSL's ways to say that the peer's bytes are no TLS records.
bool peer_spoke_no_tls(std::string_view message) {
  static constexpr std::array<std::string_view, 4> kSigns = {
      "wrong version number", "http request", "packet length too long", "unsupported protocol"};
  for (const std::string_view sign : kSigns) {
    if (message.find(sign) != std::string_view::npos) return true;
  }
  return false;
}

Failure handshake_failure(const TransportError& error) {
  if (peer_spoke_no_tls(error.message)) {
    return {kNotTls, "tls: first record does not look like a TLS handshake"};
  }
  return io_failure(error, "read");
}

// The message of a connection whose bytes broke the rules of HTTP/2; of one that ended, libcurl
// says "before end of the underlying stream".
bool broke_http2(const TransportError& error) {
  switch (static_cast<CURLcode>(error.curl_code)) {
    case CURLE_HTTP2:
      return true;
    case CURLE_RECV_ERROR:
      return error.message.find("nghttp2_session_mem_recv") != std::string_view::npos;
    case CURLE_PARTIAL_FILE:
      return error.http2 && error.message.find("underlying stream") == std::string_view::npos;
    default:
      return error.http2 && error.curl_code == CURLE_GOT_NOTHING;
  }
}

Failure stream_failure(const TransportError& error) {
  // 7.88 tells the code only in its message: "... (err 2)". 0 is "closed cleanly, but ...".
  std::optional<std::uint32_t> code = number_after(error.message, "(err ");
  if (!code && error.message.find("closed cleanly, but") != std::string_view::npos) code = 0;
  return http2_failure(Http2Fault::kStream, code);
}

bool connection_ended(int curl_code) {
  return curl_code == CURLE_HTTP2 || curl_code == CURLE_PARTIAL_FILE ||
         curl_code == CURLE_GOT_NOTHING || curl_code == CURLE_RECV_ERROR ||
         curl_code == CURLE_SEND_ERROR;
}

}  // namespace

Failure classify(const TransportError& error) {
  if (error.go_away && connection_ended(error.curl_code)) {
    return http2_failure(Http2Fault::kGoAway, error.go_away);
  }
  if (broke_http2(error)) return http2_failure(Http2Fault::kConnection, std::nullopt);
  switch (static_cast<CURLcode>(error.curl_code)) {
    case CURLE_URL_MALFORMAT:
      return {kInvalidUrl, fmt::format("invalid URL: {}", other(error).text)};
    case CURLE_COULDNT_RESOLVE_HOST:
      return {kNoSuchHost, "lookup: no such host"};
    case CURLE_COULDNT_CONNECT:
      return dial_failure(error);
    case CURLE_OPERATION_TIMEDOUT:
      return error.connected ? Failure{kRequestTimeout, "request timeout"}
                             : Failure{kDialTimeout, "dial: i/o timeout"};
    case CURLE_RECV_ERROR:
      return io_failure(error, "read");
    case CURLE_SEND_ERROR:
      return io_failure(error, "write");
    case CURLE_GOT_NOTHING:
      return {kUnknown, "EOF"};
    case CURLE_PARTIAL_FILE:
      return {kUnknown, "unexpected EOF"};
    case CURLE_PEER_FAILED_VERIFICATION:
      return certificate_failure(error);
    case CURLE_SSL_CONNECT_ERROR:
      return handshake_failure(error);
    case CURLE_HTTP2_STREAM:
      return stream_failure(error);
    default:
      return other(error);
  }
}

}  // namespace loadrun::net

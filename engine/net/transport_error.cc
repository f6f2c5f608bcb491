#include "net/transport_error.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "net/http2_error.h"
#include "net/tls_error.h"

namespace loadrun::net {
namespace {

// Go writes its messages in lower case.
std::string errno_text(int os_errno) {
  std::string text = std::strerror(os_errno);
  if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a') text[0] += 'a' - 'A';
  return text;
}

/// What to do about a shortage on this machine.
std::string_view remedy(int os_errno) {
  if (os_errno == EMFILE) return " (raise the limit of open files: ulimit -n)";
  if (os_errno == EADDRNOTAVAIL) {
    return " (no local port is left for this address: widen net.ipv4.ip_local_port_range)";
  }
  return "";
}

Failure unknown_errno(std::string_view operation, int os_errno) {
  return {kUnknownErrno, fmt::format("{}: unknown errno `{}` on linux with message `{}`", operation,
                                     os_errno, errno_text(os_errno))};
}

Failure other(const TransportError& error) {
  if (!error.message.empty()) return {kUnknown, std::string(error.message)};
  return {kUnknown, curl_easy_strerror(static_cast<CURLcode>(error.curl_code))};
}

Failure unix_dial_failure(const TransportError& error) {
  return {error.os_errno == ECONNREFUSED ? kDialRefused : kDialUnknownErrno,
          fmt::format("dial unix {}: {}", error.unix_socket, errno_text(error.os_errno))};
}

Failure dial_failure(const TransportError& error) {
  if (!error.unix_socket.empty() && error.os_errno != 0) return unix_dial_failure(error);
  if (error.os_errno == ECONNREFUSED) return {kDialRefused, "dial: connection refused"};
  if (error.os_errno == ETIMEDOUT) return {kDialTimeout, "dial: i/o timeout"};
  if (error.os_errno != 0) {
    return {kDialUnknownErrno,
            fmt::format("dial: unknown errno {} error with msg `{}`{}", error.os_errno,
                        errno_text(error.os_errno), remedy(error.os_errno))};
  }
  return {kDial, other(error).text};
}

Failure io_failure(const TransportError& error, std::string_view operation) {
  if (Failure failure = tls_failure(error.message); failure.code != 0) return failure;
  const std::string prefix(operation);
  // Of a connection that was reset while TLS began, libcurl keeps what it noticed first.
  const bool gone = error.message.starts_with("getpeername() failed");
  if (gone || error.os_errno == ECONNRESET)
    return {kResetByPeer, prefix + ": connection reset by peer"};
  if (error.os_errno == EPIPE) return {kBrokenPipe, prefix + ": broken pipe"};
  if (error.os_errno != 0) return unknown_errno(operation, error.os_errno);
  return other(error);
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

Failure direct_failure(const TransportError& error) {
  if (error.go_away && connection_ended(error.curl_code)) {
    return http2_failure(Http2Fault::kGoAway, error.go_away);
  }
  if (broke_http2(error)) return http2_failure(Http2Fault::kConnection, std::nullopt);
  switch (static_cast<CURLcode>(error.curl_code)) {
    case CURLE_URL_MALFORMAT:
      return {kInvalidUrl, fmt::format("invalid URL: {}", other(error).text)};
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
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
      return certificate_failure(error.verify_result, error.message);
    case CURLE_SSL_CACERT_BADFILE:
      return {kUnknownAuthority, other(error).text};
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
      return io_failure(error, "read");
    case CURLE_HTTP2_STREAM:
      return stream_failure(error);
    default:
      return other(error);
  }
}

}  // namespace

Failure proxy_failure(Failure failure) {
  failure.code = kTcp;
  failure.text = "proxyconnect tcp: " + failure.text;
  return failure;
}

// As k6 0.48 does with Go's "proxyconnect" and "socks connect".
Failure classify(const TransportError& error) {
  if (!error.tunnel_reply.empty()) {
    return {kUnknown, fmt::format("the proxy refused CONNECT: {}", error.tunnel_reply)};
  }
  if (error.curl_code == CURLE_PROXY) return {kTcp, "socks connect: " + other(error).text};
  if (error.has_proxy && !error.connected) {
    return proxy_failure(direct_failure(error));
  }
  return direct_failure(error);
}

}  // namespace loadrun::net

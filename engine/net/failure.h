#pragma once

#include <string>

namespace loadrun::net {

/// Why a request has no response: k6's error code and text.
struct Failure {
  int code = 0;  ///< 0: no failure.
  std::string text = {};
  std::string reason = {};  ///< For the log, where there is more to say than `text`.
};

/// k6's error codes (k6-surface 3.3), as far as this transport can produce them.
enum FailureCode : int {
  kUnknown = 1000,
  kInvalidUrl = 1020,
  kRequestTimeout = 1050,
  kDns = 1100,
  kNoSuchHost = 1101,
  kBlacklistedIp = 1110,
  kBlockedHostname = 1111,
  kTcp = 1200,
  kBrokenPipe = 1201,
  kUnknownErrno = 1202,
  kDial = 1210,
  kDialTimeout = 1211,
  kDialRefused = 1212,
  kDialUnknownErrno = 1213,
  kResetByPeer = 1220,
  kTls = 1300,
  kNotTls = 1301,
  kUnknownAuthority = 1310,
  kHostnameMismatch = 1311,
  kHttp2GoAway = 1610,
  kHttp2Stream = 1630,
  kHttp2Connection = 1650,
  kDecompression = 1701,
};

}  // namespace loadrun::net

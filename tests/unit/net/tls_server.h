#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "base/unique_fd.h"

namespace loadrun::test {

/// Answers one connection after the other on a loopback port with "200 OK" over TLS, with a fresh
/// self-signed certificate; or with bytes that are no TLS at all.
class TlsServer {
 public:
  enum class Mode { kSelfSigned, kPlainBytes };

  explicit TlsServer(Mode mode);
  ~TlsServer();

  std::string url() const;

 private:
  void serve();

  const Mode mode_;
  UniqueFd listener_;
  int port_ = 0;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace loadrun::test

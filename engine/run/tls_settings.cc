#include "run/tls_settings.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/check.h"
#include "base/log.h"
#include "base/tls_names.h"
#include "base/unique_fd.h"

namespace loadrun::run {
namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// OpenSSL's notation of the suites up to TLS 1.2; those of 1.3 are not chosen, as in Go.
std::string openssl_list(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    const TlsSuite* suite = find_tls_suite(name);
    LOADRUN_CHECK(suite != nullptr);
    if (suite->tls13 || suite->openssl.empty()) continue;
    if (!list.empty()) list += ':';
    list += suite->openssl;
  }
  return list;
}

net::ClientCertificate client_certificate(const plan::TlsAuth& auth) {
  auto pair = KeyPair::parse(auth.cert, auth.key, auth.password);
  return {std::move(pair).value(), auth.domains};
}

}  // namespace

net::TlsSettings tls_settings(const plan::Tls& tls) {
  net::TlsSettings settings{.restrict_ciphers = !tls.cipher_suites.empty(),
                            .ciphers = openssl_list(tls.cipher_suites),
                            .session_resumption = tls.session_resumption,
                            .ca_file = variable("SSL_CERT_FILE")};
  if (tls.versions) {
    settings.min_version = tls_version_number(tls.versions->min).value_or(0);
    settings.max_version = tls_version_number(tls.versions->max).value_or(0);
  }
  if (!tls.auth) return settings;
  for (const plan::TlsAuth& auth : *tls.auth) {
    settings.client_certificates.push_back(client_certificate(auth));
  }
  return settings;
}

Result<void> check_tls_files() {
  if (const std::string path = variable("SSLKEYLOGFILE"); !path.empty()) {
    const UniqueFd log(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    if (log.get() < 0) {
      return Error{ExitCode::kGeneric,
                   fmt::format("SSLKEYLOGFILE: cannot write {}: {}", path, std::strerror(errno))};
    }
    log_warning("SSLKEYLOGFILE was specified, logging TLS connection keys to '{}'...", path);
  }
  if (const std::string path = variable("SSL_CERT_FILE"); !path.empty()) {
    const UniqueFd authorities(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (authorities.get() < 0) {
      log_warning("SSL_CERT_FILE: cannot read {}: {}; no server's certificate can be verified",
                  path, std::strerror(errno));
    }
  }
  return {};
}

}  // namespace loadrun::run

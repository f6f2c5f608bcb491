#include "tls_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <memory>
#include <string_view>

#include "base/check.h"

namespace loadrun::test {
namespace {

constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

template <auto release>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    release(object);
  }
};
using Context = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Tls = std::unique_ptr<SSL, Deleter<SSL_free>>;

Certificate self_signed(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  LOADRUN_CHECK(X509_sign(certificate.get(), key, EVP_sha256()) > 0);
  return certificate;
}

Context make_context() {
  Context context(SSL_CTX_new(TLS_server_method()));
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate = self_signed(key.get());
  LOADRUN_CHECK(SSL_CTX_use_certificate(context.get(), certificate.get()) == 1);
  LOADRUN_CHECK(SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1);
  return context;
}

void answer_over_tls(SSL_CTX* context, int fd) {
  const Tls tls(SSL_new(context));
  SSL_set_fd(tls.get(), fd);
  if (SSL_accept(tls.get()) != 1) return;
  char request[4096];
  if (SSL_read(tls.get(), request, sizeof request) <= 0) return;
  SSL_write(tls.get(), kAnswer.data(), static_cast<int>(kAnswer.size()));
  SSL_shutdown(tls.get());
}

void answer_in_plain(int fd) {
  char request[4096];
  if (::recv(fd, request, sizeof request, 0) <= 0) return;
  ::send(fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
}

}  // namespace

TlsServer::TlsServer(Mode mode)
    : mode_(mode), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  LOADRUN_CHECK(::bind(listener_.get(), generic, length) == 0);
  LOADRUN_CHECK(::listen(listener_.get(), 64) == 0);
  LOADRUN_CHECK(::getsockname(listener_.get(), generic, &length) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

TlsServer::~TlsServer() {
  stop_ = true;
  thread_.join();
}

std::string TlsServer::url() const { return fmt::format("https://127.0.0.1:{}/", port_); }

void TlsServer::serve() {
  const Context context = make_context();
  while (!stop_) {
    pollfd polled{listener_.get(), POLLIN, 0};
    if (::poll(&polled, 1, 5) <= 0) continue;
    const UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const timeval patience{2, 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (mode_ == Mode::kSelfSigned) {
      answer_over_tls(context.get(), fd.get());
    } else {
      answer_in_plain(fd.get());
    }
  }
}

}  // namespace loadrun::test

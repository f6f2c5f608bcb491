#include "net/shared_tls_context.h"

#include "base/check.h"

namespace loadrun::net {
namespace {

thread_local SharedTlsContext* in_use = nullptr;

}  // namespace

SharedTlsContext::Use::Use(SharedTlsContext* context) {
  LOADRUN_CHECK(in_use == nullptr);
  in_use = context;
}

SharedTlsContext::Use::~Use() { in_use = nullptr; }

SharedTlsContext::SharedTlsContext() = default;
SharedTlsContext::~SharedTlsContext() = default;

SSL_CTX* SharedTlsContext::acquire(const SSL_METHOD* method) {
  if (!context_) context_.reset(SSL_CTX_new_ex(nullptr, nullptr, method), SSL_CTX_free);
  if (!context_ || SSL_CTX_up_ref(context_.get()) != 1) return nullptr;
  return context_.get();
}

}  // namespace loadrun::net

// Takes the place of OpenSSL's function, which is the last line.
extern "C" __attribute__((visibility("default"))) SSL_CTX* SSL_CTX_new(const SSL_METHOD* method) {
  if (loadrun::net::in_use != nullptr) return loadrun::net::in_use->acquire(method);
  return SSL_CTX_new_ex(nullptr, nullptr, method);
}

#include "net/session_state.h"

#include <unistd.h>

#include "base/check.h"
#include "net/curl_driver.h"

namespace loadrun::net {

// The dialer's entries stay in the multi handle, where all sessions find them.
SessionState::SessionState(HttpClient& owner, CurlDriver& driver_of_owner, Dialer& dialer_of_owner,
                           const Origin& where_from, bool keeps_tls_sessions)
    : client(owner),
      driver(driver_of_owner),
      dialer(dialer_of_owner),
      origin(where_from),
      share(curl_share_init()) {
  LOADRUN_CHECK(share != nullptr);
  LOADRUN_CHECK(curl_share_setopt(share.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT) ==
                CURLSHE_OK);
  if (!keeps_tls_sessions) return;
  LOADRUN_CHECK(curl_share_setopt(share.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) ==
                CURLSHE_OK);
}

SessionState::~SessionState() = default;

int SessionState::on_close(void* self, curl_socket_t fd) {
  auto& session = *static_cast<SessionState*>(self);
  session.traffic.closing(fd);
  session.driver.closing(fd);
  return ::close(fd);
}

}  // namespace loadrun::net

#include "net/session_state.h"

#include <unistd.h>

#include "base/check.h"
#include "net/curl_driver.h"

namespace loadrun::net {
namespace {

void share_also(CURLSH* share, curl_lock_data what) {
  LOADRUN_CHECK(curl_share_setopt(share, CURLSHOPT_SHARE, what) == CURLSHE_OK);
}

}  // namespace

SessionState::SessionState(HttpClient& owner, CurlDriver& driver_of_owner, Dialer& dialer_of_owner,
                           const Origin& where_from, bool tls_sessions)
    : client(owner),
      driver(driver_of_owner),
      dialer(dialer_of_owner),
      origin(where_from),
      keeps_tls_sessions(tls_sessions) {}

// The dialer's entries stay in the multi handle, where all sessions find them.
CURLSH* SessionState::connections(bool usual) {
  CurlShare& share = usual ? usual_connections : other_connections;
  if (share == nullptr) {
    share.reset(curl_share_init());
    LOADRUN_CHECK(share != nullptr);
    share_also(share.get(), CURL_LOCK_DATA_CONNECT);
    if (keeps_tls_sessions) share_also(share.get(), CURL_LOCK_DATA_SSL_SESSION);
  }
  return share.get();
}

SessionState::~SessionState() = default;

int SessionState::on_close(void* self, curl_socket_t fd) {
  auto& session = *static_cast<SessionState*>(self);
  session.traffic.closing(fd);
  session.driver.closing(fd);
  return ::close(fd);
}

}  // namespace loadrun::net

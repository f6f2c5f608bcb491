#include "net/session_state.h"

#include <unistd.h>

#include "base/check.h"
#include "net/curl_driver.h"

namespace loadrun::net {

SessionState::SessionState(HttpClient& owner, CurlDriver& driver_of_owner)
    : client(owner), driver(driver_of_owner) {}

// Only connections are shared: DNS answers stay in the multi handle, where all sessions find them.
CURLSH* SessionState::connections(bool usual) {
  CurlShare& share = usual ? usual_connections : other_connections;
  if (share == nullptr) {
    share.reset(curl_share_init());
    LOADRUN_CHECK(share != nullptr);
    LOADRUN_CHECK(curl_share_setopt(share.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT) ==
                  CURLSHE_OK);
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

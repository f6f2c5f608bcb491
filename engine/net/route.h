#pragma once

#include <string>

namespace loadrun::net {

/// The way to the server that a request names itself, instead of the environment's proxies.
struct Route {
  std::string proxy = {};        ///< As parse_proxy_url() gives it; "" is no proxy.
  std::string unix_socket = {};  ///< Path of a stream socket that takes the server's place, or "".
};

}  // namespace loadrun::net

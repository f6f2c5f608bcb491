#pragma once

#include <curl/curl.h>

#include <optional>

#include "base/host_table.h"
#include "base/ip_address.h"
#include "base/result.h"
#include "net/failure.h"

namespace loadrun::net {

/// A TCP socket for a connection to `endpoint`, which becomes `address`, from `local` if there is
/// one. -1 with `failure` set when there cannot be one.
int open_socket(const Endpoint& endpoint, const std::optional<IpAddress>& local,
                curl_sockaddr& address, Failure& failure);

/// The port at the other end of the connection `fd`; 0 when it has none.
int peer_port(int fd);

}  // namespace loadrun::net

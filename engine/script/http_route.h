#pragma once

#include <string>

#include "net/http_types.h"
#include "script/lua_support.h"

namespace loadrun::script {

// Each reads the parameter on top of the stack into `request.route`, and returns what is wrong with
// it, "" when nothing.

/// `params.proxy`: the URL of a proxy; "" or false for none, whatever the environment says.
std::string read_proxy(lua_State* L, net::HttpRequest& request);

/// `params.unixSocket`: the path of a stream socket.
std::string read_unix_socket(lua_State* L, net::HttpRequest& request);

}  // namespace loadrun::script

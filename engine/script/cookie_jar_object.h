#pragma once

#include <memory>

#include "net/cookie_jar.h"
#include "script/lua_support.h"

namespace loadrun::script {

/// A cookie jar as a script holds it, possibly longer than its VU does.
using JarHandle = std::shared_ptr<net::CookieJar>;

/// The jar that the value at `index` is; null when it is none.
const JarHandle* jar_at(lua_State* L, int index);

}  // namespace loadrun::script

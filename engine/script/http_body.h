#pragma once

#include <string>
#include <vector>

#include "net/content_coding.h"
#include "net/http_types.h"
#include "script/lua_support.h"

namespace loadrun::script {

class Runtime;

/// Reads the value at `index`, neither a string nor nil, as the body of `request`: a table of form
/// fields, or a handle of open(path, "stream"). A form's `content_type` is set: urlencoded, or with
/// files of http.file multipart/form-data; k6's rules of encoding. Returns "" or what is wrong.
std::string read_body(lua_State* L, Runtime& runtime, int index, net::HttpRequest& request,
                      std::string& content_type);

/// Makes body and headers of `request`, all read, agree: adds the Content-Type unless the script
/// gave one, applies `codings` in their order and names them in Content-Encoding, and drops a
/// Content-Length, warning when it was wrong (k6-surface 3.3). Returns "" or what is wrong.
std::string complete_body(net::HttpRequest& request, const std::string& content_type,
                          const std::vector<net::Coding>& codings);

}  // namespace loadrun::script

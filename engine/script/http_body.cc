#include "script/http_body.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "net/upload.h"
#include "script/file_stream.h"
#include "script/form.h"
#include "script/form_reader.h"
#include "script/runtime.h"
#include "script/vu_script.h"

namespace loadrun::script {
namespace {

using net::Header;

Header* find(std::vector<Header>& headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(), [name](const Header& header) {
    return equals_ignoring_case(header.name, name);
  });
  return found == headers.end() ? nullptr : &*found;
}

/// Keeps the order of names, in which headers are sent.
void insert(std::vector<Header>& headers, Header header) {
  const auto place =
      std::upper_bound(headers.begin(), headers.end(), header,
                       [](const Header& a, const Header& b) { return a.name < b.name; });
  headers.insert(place, std::move(header));
}

std::uint64_t size_of_body(const net::HttpRequest& request) {
  return request.streamed_body ? request.streamed_body->size() : request.body.size();
}

std::string new_boundary(Runtime& runtime) {
  const auto now = static_cast<std::uint64_t>(runtime.host().now().since_origin.count());
  return boundary_of(mix64(now) ^ runtime.current().id());
}

void send_file(net::HttpRequest& request, std::shared_ptr<const net::UploadFile> file) {
  auto body = std::make_shared<net::StreamedBody>();
  body->add(std::move(file));
  request.streamed_body = std::move(body);
}

void name_encoding(net::HttpRequest& request, const std::string& encoding) {
  const Header* const given = find(request.headers, "Content-Encoding");
  if (given == nullptr) return insert(request.headers, {"Content-Encoding", encoding});
  if (given->value == encoding) return;
  log_warning(
      "{} {}: params.compression is \"{}\", the header Content-Encoding \"{}\": the header "
      "is sent as given, the body may be unreadable to the server",
      request.method, request.url, encoding, given->value);
}

std::string encode_body(net::HttpRequest& request, const std::vector<net::Coding>& codings) {
  if (request.streamed_body) {
    return "params.compression: a body with a file opened as \"stream\" is sent as it is; compress "
           "the file beforehand";
  }
  std::string encoding;
  for (const net::Coding coding : codings) {
    request.body = net::encode(coding, request.body);
    fmt::format_to(std::back_inserter(encoding), "{}{}", encoding.empty() ? "" : ", ",
                   net::name_of(coding));
  }
  name_encoding(request, encoding);
  return {};
}

void drop_content_length(net::HttpRequest& request) {
  Header* const given = find(request.headers, "Content-Length");
  if (given == nullptr) return;
  const std::string& text = given->value;
  std::uint64_t length = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), length);
  const bool number = failure == std::errc() && end == text.data() + text.size();
  if (!number || length != size_of_body(request)) {
    log_warning(
        "{} {}: the header Content-Length \"{}\" is ignored: it is not the length of the "
        "body, {}",
        request.method, request.url, text, size_of_body(request));
  }
  request.headers.erase(request.headers.begin() + (given - request.headers.data()));
}

}  // namespace

std::string read_body(lua_State* L, Runtime& runtime, int index, net::HttpRequest& request,
                      std::string& content_type) {
  if (lua_islightuserdata(L, index) && lua_touserdata(L, index) == nullptr) return {};  // null
  if (auto file = file_stream_at(L, index)) {
    send_file(request, std::move(file));
  } else if (lua_istable(L, index)) {
    FormFields fields;
    std::string problem = read_form(L, index, fields);
    if (!problem.empty()) return problem;
    content_type = encode_form(fields, new_boundary(runtime), request);
  } else {
    return fmt::format(
        "the body must be a string, a table of form fields or a file opened as "
        "\"stream\", not a {}",
        luaL_typename(L, index));
  }
  request.has_body = true;
  return {};
}

std::string complete_body(net::HttpRequest& request, const std::string& content_type,
                          const std::vector<net::Coding>& codings) {
  if (!content_type.empty() && find(request.headers, "Content-Type") == nullptr) {
    insert(request.headers, {"Content-Type", content_type});
  }
  std::string problem;
  if (request.has_body && !codings.empty()) problem = encode_body(request, codings);
  drop_content_length(request);
  return problem;
}

}  // namespace loadrun::script

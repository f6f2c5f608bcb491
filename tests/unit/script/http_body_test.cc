// Bodies of k6/http (k6-surface 3.3): forms, files, compression.

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <vector>

#include "net/body_decoder.h"
#include "net/upload.h"
#include "script/form.h"
#include "script_world.h"
#include "support/catch.h"
#include "support/temp_folder.h"

using namespace loadrun;
using script::Outcome;
using script::Stage;
using test::contains;
using test::ScriptWorld;

namespace {

constexpr const char* kForm = "application/x-www-form-urlencoded";

/// The request that `code` sends; `top` is init code of a script in `folder`.
net::HttpRequest asked_by(const std::string& code, const std::string& top = "",
                          const std::string& folder = "") {
  ScriptWorld world(test::script_of(code, top), folder + "test.lua");
  // The first init opens the files.
  REQUIRE(world.init_error(0).empty());
  const auto vu = world.vu();
  INFO(code);
  const Outcome outcome = vu->start("default", Stage::kIteration);
  INFO(vu->error());
  REQUIRE(outcome == Outcome::kSuspended);
  return world.host.calls.at(0).call.request;
}

net::HttpRequest posted(const std::string& body, const std::string& params = "nil") {
  return asked_by(fmt::format("http.post('http://h/', {}, {})", body, params));
}

std::string error_of(const std::string& code) { return test::result_of(code); }

std::string header(const net::HttpRequest& request, std::string_view name) {
  for (const net::Header& header : request.headers) {
    if (header.name == name) return header.value;
  }
  return "none";
}

std::string text_of(const net::HttpRequest& request) {
  if (!request.streamed_body) return request.body;
  std::string text(request.streamed_body->size(), '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    size += request.streamed_body->read(size, text.data() + size, text.size() - size).value();
  }
  return text;
}

/// A multipart body with its boundary replaced by "B".
std::string parts(const net::HttpRequest& request) {
  const std::string type = header(request, "Content-Type");
  REQUIRE(type.starts_with("multipart/form-data; boundary="));
  const std::string boundary = type.substr(type.find('=') + 1);
  CHECK(boundary.size() == 60);
  CHECK(boundary.find_first_not_of("0123456789abcdef") == std::string::npos);
  std::string text = text_of(request);
  for (std::size_t at = 0; (at = text.find(boundary)) != std::string::npos;) {
    text.replace(at, boundary.size(), "B");
  }
  return text;
}

}  // namespace

TEST_CASE("a table is sent as a form, its fields sorted by name") {
  const net::HttpRequest request = posted("{ b = 2, a = 'x y', c = { 'one', 'two' } }");
  CHECK(request.body == "a=x+y&b=2&c=one&c=two");
  CHECK(request.has_body);
  CHECK(header(request, "Content-Type") == kForm);
  CHECK(posted("{}").body.empty());
  CHECK(posted("{}").has_body);
  CHECK(header(posted("{}"), "Content-Type") == kForm);
}

TEST_CASE("values of form fields") {
  CHECK(posted("{ a = 123456789012345, b = 0.5, c = -1, d = 9007199254740992 }").body ==
        "a=123456789012345&b=0.5&c=-1&d=9007199254740992");
  CHECK(posted("{ a = true, b = false, c = json.null, d = {} }").body == "a=true&b=false&c=");
  CHECK(posted("{ [7] = 'x', a = { 1, true, json.null } }").body == "7=x&a=1&a=true&a=");
  CHECK(posted("{ a = { inner = 1 }, b = { { 1 } } }").body == "a=&b=");
}

TEST_CASE("forms are escaped as Go escapes them") {
  CHECK(posted("{ ['a&b='] = 'ü/?#[]@!$\\'()*+,;:' }").body ==
        "a%26b%3D=%C3%BC%2F%3F%23%5B%5D%40%21%24%27%28%29%2A%2B%2C%3B%3A");
  CHECK(posted("{ a = '-_.~azAZ09', b = '\\0\\127\\n' }").body == "a=-_.~azAZ09&b=%00%7F%0A");
}

TEST_CASE("the script's Content-Type wins, and headers stay sorted") {
  const net::HttpRequest request =
      posted("{ a = 1 }", "{ headers = { ['content-type'] = 'text/odd', A = '1', Z = '2' } }");
  CHECK(request.headers ==
        std::vector<net::Header>{{"A", "1"}, {"Z", "2"}, {"content-type", "text/odd"}});
  CHECK(posted("{ a = 1 }", "{ headers = { A = '1', Z = '2' } }").headers ==
        std::vector<net::Header>{{"A", "1"}, {"Content-Type", kForm}, {"Z", "2"}});
  CHECK(posted("'text'").headers.empty());
}

TEST_CASE("json.null is no body") {
  CHECK_FALSE(posted("json.null").has_body);
  CHECK(posted("json.null").headers.empty());
}

TEST_CASE("http.file") {
  CHECK(test::result_of("local f = http.file('x', 'test.bin') return { f.data, f.filename, "
                        "f.content_type }") == R"(["x","test.bin","application/octet-stream"])");
  CHECK(test::result_of("return http.file('x', 'a.txt', 'text/plain').content_type") ==
        "\"text/plain\"");
  CHECK(test::result_of("return http.file('x').filename:match('^%d+$') ~= nil") == "true");
  for (const char* wrong : {"{}", "5", "nil", "true", "function() end"}) {
    CHECK(contains(error_of(fmt::format("http.file({})", wrong)), "http.file: invalid type "));
  }
  CHECK(contains(error_of("http.file('x', {})"), "string expected"));
}

TEST_CASE("a table with a file is sent in parts") {
  CHECK(parts(posted("{ b = 5, a = { 'x', 'y' }, f = http.file('by\\0tes', 'n.bin') }")) ==
        std::string("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n"
                    "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ny\r\n"
                    "--B\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n5\r\n"
                    "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n.bin\"\r\n"
                    "Content-Type: application/octet-stream\r\n\r\nby") +
            std::string("\0tes\r\n--B--\r\n", 13));
  CHECK(contains(parts(posted("{ f = { http.file('1', 'a'), http.file('2', 'b', 'text/x') } }")),
                 "filename=\"b\"\r\nContent-Type: text/x\r\n\r\n2\r\n--B--"));
}

TEST_CASE("names in parts cannot leave their quotes") {
  const std::string text = parts(posted(
      "{ ['a\"\\\\b\\r\\nX: 1'] = http.file('x', 'q\"\\\\\\r\\nY: 2', 'text/x\\r\\nZ: 3') }"));
  CHECK(contains(text, R"(name="a\"\\b%0D%0AX: 1"; filename="q\"\\%0D%0AY: 2")"));
  CHECK(contains(text, "Content-Type: text/xZ: 3\r\n"));
}

TEST_CASE("boundaries differ") {
  CHECK(script::boundary_of(1) != script::boundary_of(2));
  CHECK(script::boundary_of(1) == script::boundary_of(1));
}

TEST_CASE("bodies that cannot be sent") {
  for (const auto& [body, problem] : std::vector<std::pair<std::string, std::string>>{
           {"5", "http: the body must be a string, a table of form fields or a file opened as"},
           {"true", "not a boolean"},
           {"function() end", "not a function"},
           {"{ 'a', 'b' }", "http: the body is a list: name its fields, or json.encode it"},
           {"{ a = function() end }", "http: the body: field \"a\" cannot be a function"},
           {"{ [true] = 1 }", "the name of a field must be a string, not a boolean"}}) {
    INFO(body);
    CHECK(contains(error_of(fmt::format("http.post('http://h/', {})", body)), problem));
  }
  CHECK(contains(error_of("local f = http.file('x') f.data = 5 http.post('http://h/', { f = f })"),
                 "the file of field \"f\" needs strings"));
}

TEST_CASE("compression encodes the body and says so") {
  const net::HttpRequest request = posted("('x'):rep(1000)", "{ compression = ' gzip,  br ' }");
  CHECK(header(request, "Content-Encoding") == "gzip, br");
  std::string body;
  net::BodyDecoder decoder({net::Coding::kGzip, net::Coding::kBrotli}, 1 << 20);
  CHECK(decoder.write(request.body, body).empty());
  CHECK(body == std::string(1000, 'x'));

  CHECK(posted("'x'", "{ compression = '' }").body == "x");
  CHECK(posted("'x'", "{ compression = '' }").headers.empty());
  CHECK(posted("nil", "{ compression = 'gzip' }").headers.empty());
  CHECK(header(posted("{ a = 1 }", "{ compression = 'zstd' }"), "Content-Type") == kForm);
  CHECK(header(posted("'x'", "{ compression = 'gzip', headers = { ['Content-Encoding'] = 'br' } }"),
               "Content-Encoding") == "br");
}

TEST_CASE("a compression that there is not") {
  for (const char* list : {"'George'", "'gzip, George'"}) {
    CHECK(
        contains(error_of(fmt::format("http.post('http://h/', 'x', {{ compression = {} }})", list)),
                 "http: params.compression: unknown compression algorithm George"));
  }
  CHECK(contains(error_of("http.post('http://h/', 'x', { compression = 5 })"),
                 "http: params.compression: expected a list like \"gzip\", got 5"));
}

TEST_CASE("a Content-Length is the transport's, whatever the script says") {
  for (const char* length : {"10", "'10'", "'7'", "'x'"}) {
    const std::string params = fmt::format("{{ headers = {{ ['content-length'] = {} }} }}", length);
    CHECK(posted("'0123456789'", params).headers.empty());
  }
}

TEST_CASE("a file opened as a stream is a body, or a part of one") {
  const test::TempFolder folder;
  folder.write("big.bin", "content of the file");
  const std::string top = "local file = open('big.bin', 'stream')";
  const std::string base = folder.path() + "/";

  const net::HttpRequest whole = asked_by("http.post('http://h/', file)", top, base);
  CHECK(whole.headers.empty());
  CHECK(whole.has_body);
  CHECK(whole.body.empty());
  CHECK(text_of(whole) == "content of the file");

  const net::HttpRequest form =
      asked_by("http.post('http://h/', { a = 1, f = http.file(file, 'n'), z = 2 })", top, base);
  CHECK(form.body.empty());
  CHECK(parts(form) ==
        "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
        "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n\"\r\n"
        "Content-Type: application/octet-stream\r\n\r\ncontent of the file\r\n"
        "--B\r\nContent-Disposition: form-data; name=\"z\"\r\n\r\n2\r\n--B--\r\n");
}

TEST_CASE("what cannot be done with a stream") {
  const test::TempFolder folder;
  folder.write("f", "x");
  for (const auto& [code, problem] : std::vector<std::pair<std::string, std::string>>{
           {"http.post('http://h/', { a = file })",
            "field \"a\" is an opened file: pass it to http.file"},
           {"http.post('http://h/', file, { compression = 'gzip' })",
            "params.compression: a body with a file opened as \"stream\" is sent as it is"},
           {"open('f', 'stream')", "open() works only in the init context"}}) {
    ScriptWorld world(test::script_of(code, "local file = open('f', 'stream')"),
                      folder.path() + "/test.lua");
    REQUIRE(world.init_error(0).empty());
    const auto vu = world.vu();
    CHECK(contains(world.run(*vu), problem));
  }
}

TEST_CASE("streams follow open's rules") {
  const test::TempFolder folder;
  folder.write("f", "x");
  const auto init_error = [&folder](const std::string& code, std::uint64_t vu = 0) {
    ScriptWorld world(test::script_of("", code), folder.path() + "/test.lua");
    return world.init_error(vu);
  };
  CHECK(init_error("assert(tostring(open('f', 'stream')):find('^file .*f$'))").empty());
  CHECK(contains(init_error("open('none', 'stream')"), "none: No such file or directory"));
  CHECK(contains(init_error("open('.', 'stream')"), "it is a folder"));
  CHECK(contains(init_error("open('f', 'r')"), "the modes are \"b\" (binary) and \"stream\""));
  CHECK(contains(init_error("open('f', 'stream')", 2), "only files that the first init (VU 0)"));
}

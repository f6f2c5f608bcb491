#include "net/upload.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "http_fixture.h"
#include "support/catch.h"
#include "support/temp_folder.h"
#include "tcp_server.h"

using namespace loadrun;
using namespace loadrun::net;
using test::HttpFixture;
using test::Reply;
using test::response;
using test::TcpServer;

namespace {

TcpServer::Handler ok() {
  return [](const std::string&) { return Reply{.bytes = response("200 OK", "x")}; };
}

/// What a body gives in reads of `length` bytes; "error: " and why not.
std::string all_of(const StreamedBody& body, std::size_t length) {
  std::string text, buffer(length, '\0');
  while (true) {
    const Result<std::size_t> got = body.read(text.size(), buffer.data(), length);
    if (!got.ok()) return "error: " + got.error().message;
    if (got.value() == 0) return text;
    text.append(buffer, 0, got.value());
  }
}

}  // namespace

TEST_CASE("a streamed body is its pieces, one after the other") {
  const test::TempFolder folder;
  const std::string path = folder.write("file", "from the file");
  StreamedBody body;
  body.add("<");
  body.add(UploadFile::open(path).value());
  body.add("");
  body.add(UploadFile::open(folder.write("empty", "")).value());
  body.add(">");
  CHECK(body.size() == 15);
  for (const std::size_t length : {1, 4, 100}) CHECK(all_of(body, length) == "<from the file>");
}

TEST_CASE("what is sent is the file that was opened") {
  const test::TempFolder folder;
  const std::string path = folder.write("file", "0123456789");
  auto body = std::make_shared<StreamedBody>();
  body->add(UploadFile::open(path).value());

  TcpServer server(ok());
  HttpFixture http;
  const HttpRequest request{
      .method = "POST", .url = server.url(), .streamed_body = body, .has_body = true};
  CHECK(http.send(request).exchanges.at(0).status == 200);
  CHECK(server.requests().at(0).ends_with("Content-Length: 10\r\n\r\n0123456789"));

  std::ofstream(path, std::ios::app) << "grown";
  CHECK(http.send(request).exchanges.at(0).status == 200);
  CHECK(server.requests().at(1).ends_with("\r\n\r\n0123456789"));

  std::filesystem::resize_file(path, 4);
  const HttpExchange failed = http.send(request).exchanges.at(0);
  CHECK(failed.status == 0);
  CHECK(failed.error_code == 1000);
  CHECK(failed.error == "cannot read " + path +
                            ": it has shrunk: 4 bytes of the 10 it had when the test opened it "
                            "were sent");
}

TEST_CASE("a file whose name is gone is sent all the same") {
  const test::TempFolder folder;
  const std::string path = folder.write("file", "still here");
  StreamedBody body;
  body.add(UploadFile::open(path).value());
  std::filesystem::remove(path);
  CHECK(all_of(body, 100) == "still here");
}

TEST_CASE("only regular files can be uploaded") {
  const test::TempFolder folder;
  CHECK(UploadFile::open("/nowhere/file").error().message ==
        "cannot read /nowhere/file: No such file or directory");
  CHECK(UploadFile::open("/tmp").error().message == "cannot read /tmp: it is a folder");
  CHECK(UploadFile::open("/dev/null").error().message ==
        "cannot read /dev/null: it is not a regular file");
}

TEST_CASE("a redirect that keeps the method sends the file again") {
  const test::TempFolder folder;
  auto body = std::make_shared<StreamedBody>();
  body->add(UploadFile::open(folder.write("file", "content")).value());
  TcpServer server([](const std::string& request) {
    if (request.starts_with("POST /end")) return Reply{.bytes = response("200 OK", "x")};
    if (request.starts_with("GET")) return Reply{.bytes = response("200 OK", "x")};
    const std::string status =
        request.starts_with("POST /303") ? "303 See Other" : "307 Temporary Redirect";
    return Reply{.bytes = response(status, "", "Location: /end\r\n")};
  });
  HttpFixture http;
  for (const char* path : {"/307", "/303"}) {
    http.send({.method = "POST", .url = server.url(path), .streamed_body = body, .has_body = true});
  }
  const auto requests = server.requests();
  CHECK(requests.at(1).starts_with("POST /end"));
  CHECK(requests.at(1).ends_with("\r\n\r\ncontent"));
  CHECK(requests.at(3).starts_with("GET /end"));
  CHECK(requests.at(3).ends_with("\r\n\r\n"));
}

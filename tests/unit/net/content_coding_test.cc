#include "net/content_coding.h"

#include <string>
#include <vector>

#include "http_fixture.h"
#include "net/body_decoder.h"
#include "support/catch.h"
#include "tcp_server.h"

using namespace loadrun;
using namespace loadrun::net;
using test::HttpFixture;
using test::Reply;
using test::response;
using test::TcpServer;

namespace {

using Codings = std::vector<Coding>;

constexpr std::uint64_t kMuch = 1 << 30;
const Codings kAll{Coding::kGzip, Coding::kDeflate, Coding::kBrotli, Coding::kZstd};

std::string encoded(const Codings& codings, std::string body) {
  for (const Coding coding : codings) body = encode(coding, body);
  return body;
}

/// A text that compresses to something longer than one buffer of the decoder.
std::string long_text() {
  std::string text;
  for (unsigned i = 0; text.size() < 300'000; ++i) text += std::to_string(i * 2654435761U) + ' ';
  return text;
}

struct Decoded {
  std::string body;
  std::string problem;
};

Decoded decoded(const Codings& codings, std::string_view body, std::size_t piece,
                std::uint64_t limit = kMuch) {
  BodyDecoder decoder(codings, limit);
  Decoded result;
  for (; !body.empty(); body.remove_prefix(std::min(piece, body.size()))) {
    result.problem = decoder.write(body.substr(0, piece), result.body);
    if (!result.problem.empty()) return result;
  }
  result.problem = decoder.finish();
  return result;
}

TcpServer::Handler answer_with(const std::string& encoding, const std::string& body) {
  return [=](const std::string&) {
    return Reply{.bytes = response("200 OK", body, "Content-Encoding: " + encoding + "\r\n")};
  };
}

}  // namespace

TEST_CASE("what is encoded can be decoded, however it is cut") {
  const std::string text = long_text();
  for (const Codings& codings :
       {Codings{Coding::kGzip}, Codings{Coding::kDeflate}, Codings{Coding::kBrotli},
        Codings{Coding::kZstd}, Codings{Coding::kZstd, Coding::kBrotli},
        Codings{Coding::kGzip, Coding::kGzip}, kAll}) {
    const std::string body = encoded(codings, text);
    CHECK(body.size() < text.size());
    for (const std::size_t piece : {std::size_t{1}, std::size_t{777}, body.size()}) {
      const Decoded result = decoded(codings, body, piece);
      CHECK(result.problem.empty());
      CHECK((result.body == text));
    }
    CHECK(decoded(codings, encoded(codings, ""), 3).body.empty());
    CHECK(decoded(codings, encoded(codings, ""), 3).problem.empty());
  }
}

TEST_CASE("a body that is cut off is no body") {
  for (const Coding coding : kAll) {
    const std::string body = encode(coding, long_text());
    CHECK(decoded({coding}, std::string_view(body).substr(0, body.size() - 20), 4096).problem ==
          "unexpected EOF");
  }
}

TEST_CASE("garbage is refused in the words of its decoder") {
  const std::string garbage = "garbage that is no coding at all";
  CHECK(decoded({Coding::kGzip}, garbage, 100).problem == "gzip: invalid header");
  CHECK(decoded({Coding::kDeflate}, garbage, 100).problem == "zlib: invalid header");
  CHECK(decoded({Coding::kBrotli}, garbage, 100).problem.starts_with("brotli: "));
  CHECK(decoded({Coding::kZstd}, garbage, 100).problem.starts_with("zstd: "));
  std::string damaged = encode(Coding::kGzip, "hello");
  damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1);
  CHECK(decoded({Coding::kGzip}, damaged, 100).problem == "gzip: invalid checksum");
}

TEST_CASE("files that follow one another are one body; after the end of a zlib stream is nothing") {
  const std::string two = encode(Coding::kGzip, "one ") + encode(Coding::kGzip, "two");
  CHECK(decoded({Coding::kGzip}, two, 5).body == "one two");
  const std::string frames = encode(Coding::kZstd, "one ") + encode(Coding::kZstd, "two");
  CHECK(decoded({Coding::kZstd}, frames, 5).body == "one two");
  CHECK(decoded({Coding::kDeflate}, encode(Coding::kDeflate, "one") + "rest", 4).body == "one");
  CHECK(decoded({Coding::kBrotli}, encode(Coding::kBrotli, "one") + "rest", 4).body == "one");
}

TEST_CASE("no coding gives more than the limit, not even one in between") {
  const std::string zeros(1'000'000, '\0');
  for (const Coding coding : kAll) {
    CHECK(decoded({coding}, encode(coding, zeros), 4096, 1'000'000).problem.empty());
    const Decoded result = decoded({coding}, encode(coding, zeros), 4096, 999'999);
    CHECK(result.problem == "more than 999999 bytes, the option maxDecompressedBody");
    CHECK(result.body.size() <= 999'999);
  }
  std::string inner = encode(Coding::kGzip, "x");
  for (int i = 0; i < 5000; ++i) inner += encode(Coding::kGzip, "");
  const std::string outer = encode(Coding::kGzip, inner);
  CHECK(decoded({Coding::kGzip, Coding::kGzip}, outer, 4096, 50'000).problem.starts_with("more "));
  CHECK(decoded(Codings(9, Coding::kGzip), "x", 1).problem == "too many content codings");
}

TEST_CASE("names of codings") {
  CHECK(codings_in("gzip") == Codings{Coding::kGzip});
  CHECK(codings_in(" GZIP ,br,custom, zstd") ==
        Codings{Coding::kGzip, Coding::kBrotli, Coding::kZstd});
  CHECK(codings_in("identity").empty());
  CHECK(codings_in("").empty());
  CHECK(parse_codings(" ").value().empty());
  CHECK(parse_codings("gzip,  Deflate").value() == Codings{Coding::kGzip, Coding::kDeflate});
  CHECK(parse_codings("gzip, George")
            .error()
            .message.starts_with("unknown compression algorithm George, "));
  CHECK(parse_codings("gzip,").error().message.starts_with("unknown compression algorithm \"\", "));
}

TEST_CASE("a response is decoded as its Content-Encoding says; bytes count the wire") {
  const std::string text = long_text();
  const std::string wire = encoded({Coding::kZstd, Coding::kBrotli}, text);
  TcpServer server(answer_with("zstd, br", wire));
  HttpFixture http;
  const HttpResult result = http.get(server.url());
  CHECK(result.exchanges.at(0).error_code == 0);
  CHECK(result.exchanges.at(0).bytes_received == server.bytes_sent());
  CHECK(result.exchanges.at(0).bytes_received < text.size());
  CHECK((result.body == text));
}

TEST_CASE("an unknown coding is left as it is") {
  TcpServer server(answer_with("custom", "as it is"));
  HttpFixture http;
  const HttpResult result = http.get(server.url());
  CHECK(result.exchanges.at(0).error_code == 0);
  CHECK(result.body == "as it is");
}

TEST_CASE("a response that cannot be decoded has error code 1701; its connection stays") {
  TcpServer server(answer_with("gzip", std::string(100'000, 'x')));
  HttpFixture http;
  for (int i = 0; i < 2; ++i) {
    const HttpResult result = http.get(server.url());
    CHECK(result.exchanges.at(0).status == 0);
    CHECK(result.exchanges.at(0).error_code == 1701);
    CHECK(result.exchanges.at(0).error ==
          "error decompressing response body (gzip: invalid header)");
    CHECK(result.body.empty());
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("a decompression bomb is refused") {
  TcpServer server(answer_with("gzip", encode(Coding::kGzip, std::string(2'000'000, '\0'))));
  HttpFixture http({.max_decompressed_body = 1'000'000});
  const HttpResult result = http.get(server.url());
  CHECK(result.exchanges.at(0).error_code == 1701);
  CHECK(result.exchanges.at(0).error ==
        "error decompressing response body (more than 1000000 bytes, the option "
        "maxDecompressedBody)");
}

TEST_CASE("a body that nobody reads is not decoded") {
  TcpServer server(answer_with("gzip", "garbage"));
  HttpFixture http;
  const HttpResult result = http.send({.url = server.url(), .discard_body = true});
  CHECK(result.exchanges.at(0).error_code == 0);
  CHECK(result.exchanges.at(0).status == 200);
}

TEST_CASE("responses without a body may name a coding") {
  TcpServer server([](const std::string& request) {
    const std::string status = request.starts_with("HEAD") ? "200 OK" : "204 No Content";
    return Reply{.bytes = "HTTP/1.1 " + status + "\r\nContent-Encoding: gzip\r\n" +
                          (request.starts_with("HEAD") ? "Content-Length: 9\r\n\r\n" : "\r\n")};
  });
  HttpFixture http;
  CHECK(http.send({.method = "HEAD", .url = server.url()}).exchanges.at(0).error_code == 0);
  CHECK(http.get(server.url()).exchanges.at(0).error_code == 0);
}

TEST_CASE("the body of a redirect is looked at only when it is not followed") {
  TcpServer server([](const std::string& request) {
    if (request.starts_with("GET /end")) return Reply{.bytes = response("200 OK", "end")};
    return Reply{
        .bytes = response("302 Found", "garbage", "Content-Encoding: gzip\r\nLocation: /end\r\n")};
  });
  HttpFixture http;
  CHECK(http.get(server.url()).body == "end");
  CHECK(http.send({.url = server.url(), .max_redirects = 0}).exchanges.at(0).error_code == 1701);
}

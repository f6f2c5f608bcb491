#include "net/null_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::net;

namespace {

constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
constexpr std::string_view kEndOfAnswer = "\r\n\r\nok";

std::size_t count_of(std::string_view what, std::string_view text) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

class Client {
 public:
  explicit Client(const NullServer& server) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }

  void send(std::string_view bytes) {
    REQUIRE(::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
  }
  /// What the server sends until there were `answers` of it, or it closes.
  std::string receive(std::size_t answers) {
    std::string text;
    std::array<char, 65536> block{};
    while (count_of(kEndOfAnswer, text) < answers) {
      const ssize_t size = recv(fd_.get(), block.data(), block.size(), 0);
      if (size <= 0) break;
      text.append(block.data(), static_cast<std::size_t>(size));
    }
    return text;
  }
  void shut_down() { REQUIRE(shutdown(fd_.get(), SHUT_WR) == 0); }

 private:
  UniqueFd fd_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
};

struct Served {
  SystemClock clock{};
  std::unique_ptr<NullServer> server = std::move(NullServer::start(clock)).value();
};

}  // namespace

TEST_CASE("the null server answers requests on one connection after the other") {
  Served served;
  CHECK(served.server->url() == "http://127.0.0.1:" + std::to_string(served.server->port()) + "/");
  Client client(*served.server);
  for (int i = 0; i < 3; ++i) {
    client.send(kRequest);
    const std::string answer = client.receive(1);
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(answer.find("Content-Length: 2\r\n") != answer.npos);
    CHECK(answer.ends_with(kEndOfAnswer));
  }
  CHECK(served.server->stop() == 3);
}

TEST_CASE("the null server reads heads that come in pieces") {
  Served served;
  Client client(*served.server);
  for (const char byte : kRequest) client.send({&byte, 1});
  CHECK(count_of("HTTP/1.1 200", client.receive(1)) == 1);
  client.send("GET / HTTP/1.1\r\nA: b\r\n\r");
  client.send("\n");
  CHECK(count_of("HTTP/1.1 200", client.receive(1)) == 1);
  CHECK(served.server->stop() == 2);
}

TEST_CASE("an end that only looks like one is none to the null server") {
  Served served;
  Client client(*served.server);
  client.send("GET / HTTP/1.1\r\n\r A: b\n\n\r\r\n\r\n");
  CHECK(count_of("HTTP/1.1 200", client.receive(1)) == 1);
  CHECK(served.server->stop() == 1);
}

TEST_CASE("the null server answers pipelined requests, more than a socket has room for") {
  constexpr std::size_t kMany = 50'000;
  Served served;
  Client client(*served.server);
  std::string requests;
  for (std::size_t i = 0; i < kMany; ++i) requests += kRequest;
  std::thread sender([&] { client.send(requests); });
  const std::string answers = client.receive(kMany);
  sender.join();
  CHECK(count_of("HTTP/1.1 200 OK\r\n", answers) == kMany);
  CHECK(answers.ends_with(kEndOfAnswer));
  CHECK(served.server->stop() == kMany);
}

TEST_CASE("the null server goes on when a client leaves, in the middle of a head or of an answer") {
  Served served;
  {
    Client leaves(*served.server);
    leaves.send(kRequest.substr(0, 10));
    Client never_reads(*served.server);
    for (int i = 0; i < 1000; ++i) never_reads.send(kRequest);
  }
  Client stays(*served.server);
  stays.send(kRequest);
  CHECK(count_of("HTTP/1.1 200", stays.receive(1)) == 1);
  stays.shut_down();
  CHECK(stays.receive(1).empty());  // closed from there, too
}

TEST_CASE("the end of the null server ends its connections") {
  Served served;
  Client client(*served.server);
  client.send(kRequest);
  CHECK(count_of("HTTP/1.1 200", client.receive(1)) == 1);
  CHECK(served.server->stop() == 1);
  CHECK(client.receive(1).empty());
}

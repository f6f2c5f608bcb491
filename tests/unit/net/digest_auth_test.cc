#include "net/digest_auth.h"

#include <algorithm>

#include "support/catch.h"

using namespace loadrun::net;

namespace {

const Credentials kMufasa{"Mufasa", "Circle of Life"};
constexpr const char* kNonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

/// The challenge of RFC 7616 3.9.1.
std::string challenge(const std::string& more) {
  return R"(Digest realm="http-auth@example.org", )"
         R"(nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", )"
         R"(opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS")" +
         more;
}

bool answers(const std::string& more, const std::string& response) {
  const auto answer =
      answer_digest(challenge(more), {"GET", "/dir/index.html", ""}, kMufasa, kNonce);
  REQUIRE(answer.has_value());
  return answer->find("response=\"" + response + "\"") != std::string::npos;
}

}  // namespace

TEST_CASE("a digest is that of RFC 7616's examples") {
  CHECK(answers(R"(, qop="auth, auth-int", algorithm=MD5)", "8ca523f5e9506fed4657c9700eebdbec"));
  CHECK(answers(R"(, qop="auth, auth-int", algorithm=SHA-256)",
                "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"));
}

TEST_CASE("an answer repeats what it answers") {
  const auto answer = answer_digest(challenge(R"(, qop="auth", algorithm=MD5)"),
                                    {"GET", "/dir/index.html", ""}, kMufasa, kNonce);
  REQUIRE(answer.has_value());
  for (const char* part :
       {R"(Digest username="Mufasa", realm="http-auth@example.org")", R"(uri="/dir/index.html")",
        R"(nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v")", "algorithm=MD5",
        R"(opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS")",
        R"(qop=auth, nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")"}) {
    INFO(part);
    CHECK(answer->find(part) != std::string::npos);
  }
}

TEST_CASE("a digest without qop is RFC 2069's") {
  // MD5(MD5("Mufasa:testrealm@host.com:Circle Of Life") ":" nonce ":" MD5("GET:/dir/index.html"))
  const auto answer = answer_digest(
      R"(Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093")",
      {"GET", "/dir/index.html", ""}, {"Mufasa", "Circle Of Life"}, kNonce);
  REQUIRE(answer.has_value());
  CHECK(answer->find("response=\"670fd8c2df070c60b045671b8b24ff02\"") != std::string::npos);
  CHECK(answer->find("qop") == std::string::npos);
}

TEST_CASE("auth-int covers the body") {
  const auto of = [](std::string_view body) {
    return answer_digest(challenge(R"(, qop="auth-int")"), {"POST", "/", body}, kMufasa, kNonce);
  };
  CHECK(of("a") != of("b"));
  CHECK(of("a") == of("a"));
  CHECK(of("a")->find("qop=auth-int") != std::string::npos);
}

TEST_CASE("what is no digest that is known is not answered") {
  for (const std::string text :
       {"Basic realm=\"r\"", "Digest", "NTLM", "", "Digest realm=\"r\", algorithm=SHA-512-256",
        "Digest realm=\"r\", qop=\"other\""}) {
    INFO(text);
    CHECK_FALSE(answer_digest(text, {"GET", "/", ""}, kMufasa, kNonce).has_value());
  }
}

TEST_CASE("credentials are taken out of an URL, decoded") {
  const auto taken = [](std::string url) {
    const auto credentials = take_credentials(url);
    return credentials ? url + " " + credentials->user + " " + credentials->password : url;
  };
  CHECK(taken("http://user:pass@h/p?q=a@b") == "http://h/p?q=a@b user pass");
  CHECK(taken("http://us%40er:p%3Aw:x@h") == "http://h us@er p:w:x");
  CHECK(taken("http://user@h") == "http://h user ");
  CHECK(taken("http://h/a@b") == "http://h/a@b");
  CHECK(taken("http://h") == "http://h");
  CHECK(taken("no url") == "no url");
}

TEST_CASE("the target of a request is its URL's path and query") {
  CHECK(request_target("http://h/a/b?c=d#e") == "/a/b?c=d");
  CHECK(request_target("http://h") == "/");
  CHECK(request_target("http://h#e") == "/");
  CHECK(request_target("http://h/") == "/");
}

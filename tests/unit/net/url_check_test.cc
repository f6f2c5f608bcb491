// What k6 2.2.0 says of the same URLs.
#include "net/url_check.h"

#include <string>

#include "support/catch.h"

using namespace loadrun::net;

TEST_CASE("text that is no URL: 1020") {
  struct Row {
    std::string url, problem;
  };
  const Row rows[] = {
      {"://x", R"("://x": missing protocol scheme)"},
      {"http://[::1", R"("http://[::1": missing ']' in host)"},
      {"http://[::1]x/", R"("http://[::1]x/": invalid port "x" after host)"},
      {"http://[::1]:x/", R"("http://[::1]:x/": invalid port ":x" after host)"},
      {"http://h.invalid:abc/", R"("http://h.invalid:abc/": invalid port ":abc" after host)"},
      {"http://127.0.0.1:-1/", R"("http://127.0.0.1:-1/": invalid port ":-1" after host)"},
      {"http://a b/", R"("http://a b/": invalid character " " in host name)"},
      {"http://a%20b/", R"("http://a%20b/": invalid URL escape "%20")"},
      {"http://exa%41mple/", R"("http://exa%41mple/": invalid URL escape "%41")"},
      {"http://h/%zz", R"("http://h/%zz": invalid URL escape "%zz")"},
      {"http://h/a%2", R"("http://h/a%2": invalid URL escape "%2")"},
      {"http://h/#%", R"("http://h/#%": invalid URL escape "%")"},
      {"http://h/\t", R"("http://h/\t": net/url: invalid control character in URL)"},
      {" http://h/", R"(" http://h/": first path segment in URL cannot contain colon)"},
      {"127.0.0.1:80/", R"("127.0.0.1:80/": first path segment in URL cannot contain colon)"},
  };
  for (const Row& row : rows) {
    const Failure failure = check_url(row.url);
    CHECK(failure.text == "invalid URL: parse " + row.problem);
    CHECK(failure.code == 1020);
  }
}

TEST_CASE("URLs of other schemes, without a host, and with a port beyond all") {
  for (const char* url : {"", "/relative", "//127.0.0.1:1/"}) {
    CHECK(check_url(url).text == "unsupported protocol scheme \"\"");
    CHECK(check_url(url).code == 1000);
  }
  CHECK(check_url("localhost:80/").text == "unsupported protocol scheme \"localhost\"");
  CHECK(check_url("file:///etc/passwd").text == "unsupported protocol scheme \"file\"");
  for (const char* url :
       {"http://", "https://", "http:///x", "http://u:p@/", "http:/x", "http:x"}) {
    CHECK(check_url(url).text == "http: no Host in request URL");
    CHECK(check_url(url).code == 1000);
  }
  for (const char* url : {"http://h:65536/", "http://h:99999999999999999999/"})
    CHECK(check_url(url).code == 1210);
  CHECK(check_url("http://h:70000/").text == "dial tcp: address 70000: invalid port");
}

TEST_CASE("URLs that can be requested") {
  for (const char* url :
       {"http://h", "HTTP://h/", "https://u:p@h:8/a%20b?q=%zz&r=a:b#f", "http://h:/",
        "http://h:065/", "http://[::1]:80/", "http://[fe80::1%25lo]/",
        "http://\xC3\xBC.h/\xC3\xBC \xC3\xB6", "http://h%C3%BC/", "http://h?a/b:c"})
    CHECK(check_url(url).code == 0);
}

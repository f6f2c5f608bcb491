#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "base/log.h"
#include "net/cookie_jar.h"
#include "script_world.h"
#include "support/catch.h"
#include "support/temp_folder.h"

using namespace loadrun;
using namespace loadrun::test;
using script::Outcome;
using script::Stage;

namespace {

/// What one request asks the engine for, and the world it was asked in.
struct Asked {
  explicit Asked(const std::string& code) : world(script_of(code)), vu(world.vu()) {
    INFO(code);
    const Outcome outcome = vu->start("default", Stage::kIteration);
    INFO(vu->error());
    REQUIRE(outcome == Outcome::kSuspended);
    REQUIRE(world.host.calls.size() == 1);
  }

  const net::HttpRequest& request() const { return world.host.calls[0].call.request; }
  /// "name=value" of each of the request's own cookies; those that replace the jar's with a "!".
  std::string cookies() const {
    std::string text;
    for (const net::RequestCookie& cookie : request().cookies)
      text += fmt::format("{}={}{} ", cookie.name, cookie.value, cookie.replace ? "!" : "");
    return text;
  }
  /// What the request's jar has for a URL.
  std::string in_jar(const std::string& url) const {
    std::string text;
    for (const auto& [name, value] : request().jar->matching(*net::CookieScope::of(url), {}))
      text += fmt::format("{}={} ", name, value);
    return text;
  }

  ScriptWorld world;
  std::unique_ptr<script::VuScript> vu;
};

/// What an iteration does with the response to one request: its result as JSON.
std::string with_response(const std::string& code, net::HttpResult result) {
  ScriptWorld world(script_of("local res = http.get('http://h/')\n" + code));
  const auto vu = world.vu();
  REQUIRE(vu->start("default", Stage::kIteration) == Outcome::kSuspended);
  return world.finish(*vu, vu->resume(vu->main_task(), result));
}

std::string jar_result(const std::string& code) {
  return result_of("local jar = http.CookieJar()\n" + code);
}

/// What a call in `stage` returns.
std::string run_stage(ScriptWorld& world, script::VuScript& vu, const std::string& exec,
                      Stage stage) {
  return world.finish(vu, vu.start(exec, stage));
}

}  // namespace

TEST_CASE("params.cookies are sent sorted by name; a table may replace the jar's") {
  CHECK(Asked("http.get('http://h/', { cookies = { b = 'x', a = 1, c = 'y z' } })").cookies() ==
        "a=1 b=x c=y z ");
  CHECK(Asked("http.get('http://h/', { cookies = { a = { value = 5, replace = true },"
              " b = { Value = 'v', REPLACE = false }, c = {} } })")
            .cookies() == "a=5! b=v c= ");
  CHECK(Asked("http.get('http://h/')").cookies().empty());
}

TEST_CASE("a request uses the VU's jar unless params.jar is another") {
  const std::string fill =
      "local own = http.CookieJar()\n"
      "http.cookieJar():set('http://h/', 'vu', '1')\n"
      "own:set('http://h/', 'own', '2')\n";
  CHECK(Asked(fill + "http.get('http://h/')").in_jar("http://h/") == "vu=1 ");
  CHECK(Asked(fill + "http.get('http://h/', { jar = own })").in_jar("http://h/") == "own=2 ");
  CHECK(Asked(fill + "http.get('http://h/', { jar = http.cookieJar() })").in_jar("http://h/") ==
        "vu=1 ");
  CHECK(Asked("http.get('http://h/')").request().jar->empty());
}

TEST_CASE("jar:set takes k6's attributes, in any case, and ignores others") {
  CHECK(jar_result("return { jar:set('http://h/', 'a', 'b'), jar:cookiesForURL('http://h/x') }") ==
        R"([true,{"a":["b"]}])");
  CHECK(jar_result("jar:set('http://h/x/y', 'a', 1, { path = '/' })\n"
                   "jar:set('http://h/x/y', 'a', 2.5)\n"
                   "return jar:cookiesForURL('http://h/x/z')") == R"({"a":["2.5","1"]})");
  CHECK(jar_result("jar:set('http://www.h.test/', 'a', '1', { Domain = 'h.test', sameSite = 1 })\n"
                   "jar:set('http://www.h.test/', 'b', '2')\n"
                   "return jar:cookiesForURL('http://h.test/')") == R"({"a":["1"]})");
  CHECK(jar_result("jar:set('https://h/', 'a', '1', { secure = true })\n"
                   "jar:set('https://h/', 'b', '2', { secure = false, http_only = true })\n"
                   "return jar:cookiesForURL('http://h/')") == R"({"b":["2"]})");
  CHECK(jar_result("jar:set('http://h/', 'a', '1', { max_age = 0.5 })\n"
                   "jar:set('http://h/', 'b', '2', { max_age = 2 })\n"
                   "k6.sleep(1)\n"
                   "jar:set('http://h/', 'c', '3', { expires = '' })\n"
                   "jar:set('http://h/', 'd', '4', { expires = 'Thu, 01 Jan 1970 00:00:00 GMT' })\n"
                   "jar:set('http://h/', 'e', '5', { expires = 'Sat, 24 Jul 2083 17:01:02 GMT' })\n"
                   "return jar:cookiesForURL('http://h/')") ==
        R"({"a":["1"],"b":["2"],"c":["3"],"e":["5"]})");
  CHECK(jar_result("jar:set('http://h/', 'a', '1')\n"
                   "jar:set('http://h/', 'a', '', { max_age = -1 })\n"
                   "return jar:cookiesForURL('http://h/')") == "{}");
}

TEST_CASE("cookies of a jar end in virtual time") {
  ScriptWorld world(
      script_of("if __ITER == 0 then\n"
                "  JAR = http.CookieJar()\n"
                "  JAR:set('http://h/', 'a', '1', { max_age = 10 })\n"
                "end\n"
                "return JAR:cookiesForURL('http://h/')"));
  const auto vu = world.vu();
  vu->begin_iteration({.of_vu = 0});
  CHECK(world.run(*vu) == R"({"a":["1"]})");
  vu->begin_iteration({.of_vu = 1});
  world.host.clock.advance(9999ms);
  CHECK(world.run(*vu) == R"({"a":["1"]})");
  world.host.clock.advance(1ms);
  CHECK(world.run(*vu) == "{}");
}

TEST_CASE("delete and clear leave what was set with a path or for a domain, as in k6") {
  const std::string fill =
      "local u = 'http://www.h.test/x/y'\n"
      "jar:set(u, 'a', '1') jar:set(u, 'b', '2') jar:set(u, 'c', '3', { path = '/' })\n"
      "jar:set(u, 'd', '4', { domain = 'h.test' })\n";
  CHECK(jar_result(fill + "jar:delete(u, 'a') jar:delete(u, 'c') jar:delete(u, 'd')\n"
                          "return jar:cookiesForURL(u)") == R"({"b":["2"],"c":["3"],"d":["4"]})");
  CHECK(jar_result(fill + "jar:clear('http://www.h.test/x/z') return jar:cookiesForURL(u)") ==
        R"({"c":["3"],"d":["4"]})");
  CHECK(jar_result(
            "return { n = select('#', jar:clear('http://h/')), jar:delete('http://h/', 'x') }") ==
        R"({"n":1})");
}

TEST_CASE("what is wrong with the arguments of a jar is said") {
  const std::vector<std::pair<const char*, const char*>> cases{
      {"jar.set('http://h/', 'a', 'b')", "test.lua:4: jar:set: call it with a colon: jar:set(...)"},
      {"jar.clear()", "jar:clear: call it with a colon"},
      {"jar:set(5, 'a', 'b')", "jar:set: the URL must be a string, not a number"},
      {"jar:set('h.test', 'a', 'b')", "jar:set: unsupported protocol scheme \"\""},
      {"jar:cookiesForURL('ftp://h/')", "jar:cookiesForURL: unsupported protocol scheme \"ftp\""},
      {"jar:clear('http://')", "jar:clear: http: no Host in request URL"},
      {"jar:delete('http://h h/', 'a')", "jar:delete: invalid URL"},
      {"jar:delete('http://h\\n/', 'a')", "jar:delete: invalid URL: parse \"http://h\\n/\""},
      {"jar:set('http://h:x/', 'a', 'b')", "jar:set: invalid URL: parse \"http://h:x/\""},
      {"jar:set('http://h/', 5, 'b')", "jar:set: the name must be a string, not a number"},
      {"jar:set('http://h/', 'a')", "jar:set: the value must be a string or a number, not a nil"},
      {"jar:set('http://h/', 'a', true)", "the value must be a string or a number, not a boolean"},
      {"jar:set('http://h/', 'a', 'b', 'c')", "jar:set: options must be a table, not a string"},
      {"jar:set('http://h/', 'a', 'b', { domain = 5 })", "domain: expected a string, got 5"},
      {"jar:set('http://h/', 'a', 'b', { path = true })", "path: expected a string, got boolean"},
      {"jar:set('http://h/', 'a', 'b', { max_age = 'x' })",
       "jar:set: max_age: expected a number of seconds, got x"},
      {"jar:set('http://h/', 'a', 'b', { max_age = 0/0 })",
       "max_age: expected a number of seconds"},
      {"jar:set('http://h/', 'a', 'b', { max_age = 1e300 })", "max_age: expected a number"},
      {"jar:set('http://h/', 'a', 'b', { secure = 1 })", "secure: expected a boolean, got 1"},
      {"jar:set('http://h/', 'a', 'b', { http_only = 'no' })", "http_only: expected a boolean"},
      {"jar:set('http://h/', 'a', 'b', { expires = 'soon' })",
       "unable to parse \"expires\" date string, expires: expected a date like \"Sun, 06 Nov 1994 "
       "08:49:37 GMT\", got soon"},
      {"jar:set('http://h/', 'a', 'b', { expires = 5 })", "unable to parse \"expires\""},
      {"jar:delete('http://h/', '')", "jar:delete: the name must be a string that is not empty"},
      {"jar:delete('http://h/')", "jar:delete: the name must be a string"},
  };
  for (const auto& [code, error] : cases) {
    INFO(code);
    contains(jar_result(std::string(code)), error);
  }
}

TEST_CASE("what is wrong with params.cookies and params.jar is said, and nothing is sent") {
  const std::vector<std::pair<const char*, const char*>> cases{
      {"cookies = 'a=b'", "params.cookies: expected a table of name = value, got a=b"},
      {"cookies = { 'a=b' }", "params.cookies: names must be strings"},
      {"cookies = { a = true }",
       "params.cookies.a: expected a string, a number or a table { value, replace }, got boolean"},
      {"cookies = { a = { value = {} } }",
       "params.cookies.a.value: expected a string or a number, got table"},
      {"cookies = { a = { replace = 1 } }", "params.cookies.a.replace: expected a boolean, got 1"},
      {"jar = {}", "params.jar: expected a jar of http.CookieJar(), got table"},
      {"jar = 'x'", "params.jar: expected a jar of http.CookieJar(), got x"},
  };
  for (const auto& [params, error] : cases) {
    INFO(params);
    ScriptWorld world(script_of(fmt::format("http.get('http://h/', {{ {} }})", params)));
    const auto vu = world.vu();
    contains(world.run(*vu), std::string("test.lua:3: http: ") + error);
    CHECK(world.host.calls.empty());
  }
}

TEST_CASE("bytes that no cookie may have are warned of, once a cookie") {
  const TempFolder folder;
  const std::string path = folder.write("log", "");
  REQUIRE(configure_log({.output = "file=" + path}).ok());
  jar_result("jar:set('http://h/', 'mine', 'a;b;c') jar:set('http://h/', 'fine', 'a b,c')");
  const Asked asked("http.get('http://h/', { cookies = { other = '\\1' } })");
  REQUIRE(configure_log({}).ok());
  std::ifstream file(path);
  const std::string log(std::istreambuf_iterator<char>(file), {});
  contains(log, R"(cookie \"mine\": invalid byte 0x3b in its value; dropping invalid bytes)");
  contains(log, R"(cookie \"other\": invalid byte 0x01 in its value)");
  CHECK(log.find("fine") == std::string::npos);
}

TEST_CASE("res.cookies: what Set-Cookie headers say, by name") {
  const net::HttpResult result =
      response(200, "",
               {{"Set-Cookie",
                 "a=1; Domain=h.test; Path=/x; Max-Age=60; Expires=Sat, 24 Jul 2083 17:01:02 GMT; "
                 "Secure; HttpOnly"},
                {"Set-Cookie", "b=2"},
                {"X-Set-Cookie", "x=1"},
                {"Set-Cookie", "a=3; max-age=0"},
                {"Set-Cookie", "no cookie"}});
  CHECK(with_response("return res.cookies.a[1]", result) ==
        R"({"domain":"h.test","expires":3583674062000,"http_only":true,"max_age":60,"name":"a",)"
        R"("path":"/x","secure":true,"value":"1"})");
  CHECK(with_response("return res.cookies.b", result) ==
        R"([{"domain":"","expires":-6795364578871,"http_only":false,"max_age":0,"name":"b",)"
        R"("path":"","secure":false,"value":"2"}])");
  CHECK(with_response("return { #res.cookies.a, res.cookies.a[2].max_age, res.cookies.x == nil, "
                      "res.cookies == res.cookies }",
                      result) == "[2,-1,true,true]");
  CHECK(with_response("return res.cookies", response(0, "")) == "{}");
}

TEST_CASE("res.request.cookies: the Cookie header of the first request, by name") {
  net::HttpResult result = response(200, "");
  CHECK(with_response("return res.request.cookies", result) == "{}");
  result.sent_cookies = "a=1; b=\"x y\"; a=2";
  CHECK(
      with_response("return res.request.cookies", result) ==
      R"({"a":[{"name":"a","replace":false,"value":"1"},{"name":"a","replace":false,"value":"2"}],)"
      R"("b":[{"name":"b","replace":false,"value":"x y"}]})");
}

TEST_CASE("the VU's jar is not for the init context; a jar of one's own is") {
  ScriptWorld world(script_of("", "http.cookieJar()"));
  contains(world.init_error(), "Making cookie jars in the init context is not supported");
  CHECK(result_of("return JAR:cookiesForURL('http://h/')",
                  "JAR = http.CookieJar() JAR:set('http://h/', 'a', '1')") == R"({"a":["1"]})");
}

TEST_CASE("each iteration has a new jar; noCookiesReset keeps it") {
  const std::string code = script_of(
      "local before = http.cookieJar():cookiesForURL('http://h/')\n"
      "http.cookieJar():set('http://h/', 'a', '1')\n"
      "return before");
  for (const bool keeps : {false, true}) {
    INFO(keeps);
    ScriptWorld world(code);
    world.runtime->settings.no_cookies_reset = keeps;
    const auto vu = world.vu();
    const auto other = world.vu(2);
    const auto run = [&](script::VuScript& on, Stage stage) {
      return world.finish(on, on.start("default", stage));
    };
    CHECK(run(*vu, Stage::kSetup) == "{}");
    CHECK(run(*vu, Stage::kIteration) == (keeps ? R"({"a":["1"]})" : "{}"));
    CHECK(run(*vu, Stage::kIteration) == (keeps ? R"({"a":["1"]})" : "{}"));
    CHECK(run(*other, Stage::kIteration) == "{}");
    CHECK(run(*vu, Stage::kTeardown) == "{}");
  }
}

TEST_CASE("what prepare got is there for the iteration that it prepared") {
  ScriptWorld world(
      script_of("local before = http.cookieJar():cookiesForURL('http://h/')\n"
                "http.cookieJar():set('http://h/', 'a', '1')\n"
                "return before"));
  const auto vu = world.vu();
  CHECK(run_stage(world, *vu, "default", Stage::kPrepare) == "{}");
  CHECK(run_stage(world, *vu, "default", Stage::kIteration) == R"({"a":["1"]})");
  CHECK(run_stage(world, *vu, "default", Stage::kIteration) == "{}");
}

TEST_CASE("a jar that a script still holds is left to it") {
  ScriptWorld world(script_of(
      "if HELD then HELD:set('http://h/', 'late', '1') end\n"
      "HELD = HELD or http.cookieJar()\n"
      "return { http.cookieJar():cookiesForURL('http://h/'), HELD:cookiesForURL('http://h/') }"));
  const auto vu = world.vu();
  CHECK(world.run(*vu) == "[{},{}]");
  CHECK(world.run(*vu) == R"([{},{"late":["1"]}])");
}

TEST_CASE("tasks of a VU share its jar") {
  CHECK(result_of(
            "local task = k6.spawn(function() http.cookieJar():set('http://h/', 'a', '1') end)\n"
            "task:await()\n"
            "return http.cookieJar():cookiesForURL('http://h/')") == R"({"a":["1"]})");
}

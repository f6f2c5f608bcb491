#include <fmt/format.h>

#include "base/log.h"
#include "script_world.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::test;
using script::Outcome;
using script::Stage;

namespace {

/// What the call in the Lua expression `code` asks the engine for.
struct Asked {
  net::HttpRequest request;
  metrics::Tags tags;
  std::optional<std::string> name;
};

Asked asked_by(const std::string& code, script::ScriptSettings settings = {}) {
  ScriptWorld world(script_of(code));
  world.runtime->settings = settings;
  const auto vu = world.vu();
  INFO(code);
  const Outcome outcome = vu->start("default", Stage::kIteration);
  INFO(vu->error());
  REQUIRE(outcome == Outcome::kSuspended);
  REQUIRE(world.host.calls.size() == 1);
  const script::HttpCall& call = world.host.calls[0].call;
  CHECK(&world.host.calls[0].task->vu() == vu.get());
  return {call.request, world.host.tags().tags(call.tags), call.name};
}

/// What an iteration does with the response to one request: its result as JSON.
std::string with_response(const std::string& code, net::HttpResult result,
                          const std::string& params = "nil", script::ScriptSettings settings = {}) {
  ScriptWorld world(script_of("local res = http.get('http://h/', " + params + ")\n" + code));
  world.runtime->settings = settings;
  const auto vu = world.vu();
  REQUIRE(vu->start("default", Stage::kIteration) == Outcome::kSuspended);
  world.host.calls.clear();
  return world.finish(*vu, vu->resume(vu->main_task(), result));
}

using Headers = std::vector<net::Header>;

}  // namespace

// k6/http (k6-surface 3.3).

TEST_CASE("each function of k6/http sends its method, and its body where it takes one") {
  CHECK(asked_by("http.get('http://h/a')").request.method == "GET");
  CHECK(asked_by("http.get('http://h/a')").request.url == "http://h/a");
  CHECK_FALSE(asked_by("http.get('http://h/a')").request.has_body);
  CHECK(asked_by("http.head('http://h/a')").request.method == "HEAD");
  for (const auto& [function, method] :
       std::vector<std::pair<std::string, std::string>>{{"post", "POST"},
                                                        {"put", "PUT"},
                                                        {"patch", "PATCH"},
                                                        {"del", "DELETE"},
                                                        {"options", "OPTIONS"}}) {
    const Asked asked =
        asked_by("http." + function + "('http://h/', 'a\\0b', { headers = { X = 'y' } })");
    CHECK(asked.request.method == method);
    CHECK(asked.request.has_body);
    CHECK(asked.request.body == std::string("a\0b", 3));
    CHECK(asked.request.headers == Headers{{"X", "y"}});
    CHECK_FALSE(asked_by("http." + function + "('http://h/')").request.has_body);
  }
  const Asked asked = asked_by("http.request('PURGE', 'http://h/', '', { timeout = 1 })");
  CHECK(asked.request.method == "PURGE");
  CHECK(asked.request.has_body);
  CHECK(asked.request.timeout == 1ms);
}

TEST_CASE("headers are sent sorted by name; numbers in full") {
  const Asked asked = asked_by(
      "http.get('http://h/', { headers = { b = 'x', ['A-Id'] = 123456789012345, c = 0.5, "
      "['User-Agent'] = '' } })");
  CHECK(asked.request.headers ==
        Headers{{"A-Id", "123456789012345"}, {"User-Agent", ""}, {"b", "x"}, {"c", "0.5"}});
}

TEST_CASE("timeout is milliseconds or a duration") {
  const auto timeout = [](const std::string& value) {
    return asked_by("http.get('http://h/', { timeout = " + value + " })").request.timeout;
  };
  CHECK(timeout("1500") == 1500ms);
  CHECK(timeout("0.5") == 500us);
  CHECK(timeout("'10s'") == 10s);
  CHECK(timeout("'250'") == 250ms);
  CHECK(timeout("'1m30s'") == 90s);
  CHECK(asked_by("http.get('http://h/')").request.timeout == 60s);
}

TEST_CASE("redirects and responseType override the options") {
  const script::ScriptSettings settings{.max_redirects = 3, .discard_response_bodies = true};
  CHECK(asked_by("http.get('http://h/')").request.max_redirects == 10);
  CHECK(asked_by("http.get('http://h/')", settings).request.max_redirects == 3);
  CHECK(asked_by("http.get('http://h/', { redirects = 0 })", settings).request.max_redirects == 0);
  CHECK_FALSE(asked_by("http.get('http://h/')").request.discard_body);
  CHECK(asked_by("http.get('http://h/')", settings).request.discard_body);
  CHECK(asked_by("http.get('http://h/', { responseType = 'none' })").request.discard_body);
  for (const char* type : {"text", "binary"}) {
    CHECK_FALSE(
        asked_by(fmt::format("http.get('http://h/', {{ responseType = '{}' }})", type), settings)
            .request.discard_body);
  }
}

TEST_CASE("one request's params do not leak into the next") {
  ScriptWorld world(script_of(R"(
    http.post("http://h/1", "body", { headers = { A = "1" }, timeout = 5, redirects = 0,
      responseType = "none", tags = { name = "n", t = 1 } })
    http.get("http://h/2"))"));
  const auto vu = world.vu();
  REQUIRE(vu->start("default", Stage::kIteration) == Outcome::kSuspended);
  net::HttpResult result = response(200, "");
  REQUIRE(vu->resume(vu->main_task(), result) == Outcome::kSuspended);
  const script::HttpCall& second = world.host.calls.at(1).call;
  CHECK(second.request.headers.empty());
  CHECK(second.request.timeout == 60s);
  CHECK(second.request.max_redirects == 10);
  CHECK_FALSE(second.request.discard_body);
  CHECK_FALSE(second.request.has_body);
  CHECK_FALSE(second.name.has_value());
  CHECK(world.host.tags().tags(second.tags) == metrics::Tags{{"group", ""}});
}

TEST_CASE("a request carries the VU's, the group's and its own tags") {
  const Asked asked = asked_by(
      "k6.group('g', function() http.get('http://h/', { tags = { a = 1, name = 'n', ok = true } }) "
      "end)");
  CHECK(metrics::tag_value(asked.tags, "group") == "::g");
  CHECK(metrics::tag_value(asked.tags, "a") == "1");
  CHECK(metrics::tag_value(asked.tags, "ok") == "true");
  CHECK(asked.name == "n");
  CHECK(asked_by("http.get('http://h/', { tags = { name = 5 } })").name == "5");
}

TEST_CASE("arguments of the wrong type raise where they were given, and nothing is sent") {
  for (const char* call : {"http.get()",
                           "http.get(5)",
                           "http.get({})",
                           "http.request(nil, 'http://h/')",
                           "http.get('http://h/', 5)",
                           "http.get('http://h/', 'x')",
                           "http.post('http://h/', true)",
                           "http.post('http://h/', 5)",
                           "http.get('http://h/', { headers = 'x' })",
                           "http.get('http://h/', { headers = { A = {} } })",
                           "http.get('http://h/', { headers = { 'x' } })",
                           "http.get('http://h/', { timeout = -1 })",
                           "http.get('http://h/', { timeout = 'soon' })",
                           "http.get('http://h/', { timeout = {} })",
                           "http.get('http://h/', { timeout = 0/0 })",
                           "http.get('http://h/', { redirects = -1 })",
                           "http.get('http://h/', { redirects = 1.5 })",
                           "http.get('http://h/', { redirects = 'x' })",
                           "http.get('http://h/', { responseType = 'xml' })",
                           "http.get('http://h/', { responseType = 5 })",
                           "http.get('http://h/', { tags = 'x' })",
                           "http.get('http://h/', { tags = { a = {} } })"}) {
    ScriptWorld world(script_of(call));
    const auto vu = world.vu();
    INFO(call);
    CHECK(vu->start("default", Stage::kIteration) == Outcome::kFailed);
    contains(vu->error(), "test.lua:3:");
    CHECK(world.host.calls.empty());
  }
}

TEST_CASE("an error of a param names it and says what was expected") {
  contains(result_of("http.get('http://h/', { timeout = 'soon' })"),
           "test.lua:3: http: params.timeout: expected milliseconds or a duration like \"10s\", "
           "not negative, got soon");
  contains(result_of("http.get('http://h/', { auth = 'kerberos' })"),
           "params.auth: expected \"basic\", \"digest\" or \"ntlm\", got kerberos");
  for (const char* param : {"auth", "responseCallback", "throw"}) {
    contains(result_of(fmt::format("http.get('http://h/', {{ {} = {{}} }})", param)),
             fmt::format("params.{}: expected ", param));
  }
}

TEST_CASE("a response has k6's fields") {
  net::HttpResult result = response(201, "made");
  net::HttpExchange& exchange = result.exchanges.back();
  exchange.method = "POST";
  exchange.url = "http://h/x";
  exchange.status_text = "201 Created";
  exchange.proto = "HTTP/1.1";
  exchange.remote_ip = "127.0.0.1";
  exchange.remote_port = 8080;
  exchange.tls_version = "tls1.3";
  exchange.tls_cipher_suite = "TLS_AES_128_GCM_SHA256";
  exchange.timings = {.blocked = 1ms,
                      .looking_up = 2ms,
                      .connecting = 3ms,
                      .tls_handshaking = 4ms,
                      .sending = 5ms,
                      .waiting = 6ms,
                      .receiving = 7500us};
  CHECK(
      with_response("return { res.url, res.status, res.status_text, res.proto, res.body, "
                    "res.remote_ip, res.remote_port, res.tls_version, res.tls_cipher_suite, "
                    "res.error, res.error_code }",
                    result) ==
      R"(["http://h/x",201,"201 Created","HTTP/1.1","made","127.0.0.1",8080,"tls1.3","TLS_AES_128_GCM_SHA256","",0])");
  CHECK(with_response("return { res.ocsp.status, res.ocsp.revoked_at }", result) ==
        R"(["unknown",0])");
  exchange.ocsp =
      std::make_shared<const net::OcspStatus>(net::OcspStatus{.produced_at = 1,
                                                              .this_update = 2,
                                                              .next_update = 3,
                                                              .revoked_at = 4,
                                                              .revocation_reason = "superseded",
                                                              .status = "revoked"});
  CHECK(with_response("return { res.ocsp, res.body, res.url }", result) ==
        R"([{"next_update":3,"produced_at":1,"revocation_reason":"superseded","revoked_at":4,)"
        R"("status":"revoked","this_update":2},"made","http://h/x"])");
  CHECK(
      with_response("return { res.timings, res.request }", result) ==
      R"([{"blocked":1,"connecting":3,"duration":18.5,"looking_up":2,"receiving":7.5,"sending":5,)"
      R"("tls_handshaking":4,"waiting":6},{"body":"","cookies":{},"headers":{},"method":"POST","url":"http://h/x"}])");
  CHECK(with_response(
            "return { type(res), tostring(res.nothing), (pcall(function() res.status = 1 end)) }",
            result) == R"(["userdata","nil",false])");
}

TEST_CASE("response headers: canonical names, repeated ones joined") {
  CHECK(with_response("return res.headers", response(200, "",
                                                     {{"Content-Type", "text/plain"},
                                                      {"Set-Cookie", "a=1"},
                                                      {"Set-Cookie", "b=2"},
                                                      {"X", ""}})) ==
        R"({"Content-Type":"text/plain","Set-Cookie":"a=1, b=2","X":""})");
}

TEST_CASE("the last exchange is the response") {
  net::HttpResult result = response(302, "");
  result.exchanges.push_back(response(200, "").exchanges.back());
  result.exchanges.back().url = "http://h/there";
  CHECK(with_response("return { res.status, res.url }", result) == R"([200,"http://h/there"])");
}

TEST_CASE("fields that are tables are the same table each time, one per response") {
  CHECK(
      with_response("res.headers.mine = 1\n"
                    "return { res.headers == res.headers, res.timings == res.timings, "
                    "res.request == res.request, res.headers.mine, rawequal(res.body, res.body) }",
                    response(200, "x")) == "[true,true,true,1,true]");
  ScriptWorld world(
      script_of("local a, b = http.get('http://h/'), http.get('http://h/')\n"
                "a.headers.mine = 1\n"
                "return { a.headers == b.headers, b.headers.mine == nil, a.body, b.body }"));
  const auto vu = world.vu();
  vu->start("default", Stage::kIteration);
  net::HttpResult one = response(200, "one");
  net::HttpResult two = response(200, "two");
  vu->resume(vu->main_task(), one);
  REQUIRE(vu->resume(vu->main_task(), two) == Outcome::kFinished);
  CHECK(vu->returned_json().value() == R"([false,true,"one","two"])");
}

TEST_CASE("res.request is what the script asked for, res.url where it ended") {
  net::HttpResult result = response(200, "x");
  result.exchanges.insert(result.exchanges.begin(), net::HttpExchange{});
  result.exchanges.front().method = "POST";
  result.exchanges.front().url = "http://h/first";
  result.exchanges.back().method = "GET";
  result.exchanges.back().url = "http://h/last";
  result.request_body = "asked";
  CHECK(with_response("return { res.request.method, res.request.url, res.request.body, res.url }",
                      result) == R"(["POST","http://h/first","asked","http://h/last"])");
}

TEST_CASE("statuses that have no body have none") {
  for (const int status : {204, 304}) {
    CHECK(with_response("return res.body == nil", response(status, "")) == "true");
    contains(with_response("return res:json()", response(status, "")), "the body is null");
  }
  CHECK(with_response("return res.body", response(404, "")) == "\"\"");
}

TEST_CASE("responses may outlive their iteration and survive the collector") {
  ScriptWorld world(script_of(R"(
    kept = kept or {}
    for i = 1, 50 do kept[#kept + 1] = http.get("http://h/") end
    local garbage = {}
    for i = 1, 20000 do garbage[i % 10 + 1] = { tostring(i) } end
    local sum = 0
    for _, res in ipairs(kept) do sum = sum + res:json("n") + #res.headers.X end
    return sum)"));
  const auto vu = world.vu();
  const auto run = [&] {
    Outcome outcome = vu->start("default", Stage::kIteration);
    for (int i = 0; i < 50; ++i) {
      REQUIRE(outcome == Outcome::kSuspended);
      net::HttpResult result = response(200, R"({"n": 1})", {{"X", "y"}});
      outcome = vu->resume(vu->main_task(), result);
    }
    REQUIRE(outcome == Outcome::kFinished);
    return vu->returned_json().value();
  };
  CHECK(run() == "100");
  CHECK(run() == "200");
}

TEST_CASE("the body is nil when it was discarded and when there was no response") {
  CHECK(with_response("return { res.body == nil, (pcall(res.json, res)) }", response(200, ""),
                      "{ responseType = 'none' }") == "[true,false]");
  CHECK(with_response("return res.body == nil", response(200, ""), "nil",
                      {.discard_response_bodies = true}) == "true");
  CHECK(with_response("return { res.body == nil, res.status }", response(0, "")) == "[true,0]");
  CHECK(with_response("return res.body", response(200, "")) == "\"\"");
  CHECK(with_response("return #res.body", response(200, std::string("a\0b", 3))) == "3");
}

TEST_CASE("a failed request gives a response with error and error_code") {
  net::HttpResult result = response(0, "");
  result.exchanges.back().error = "dial: connection refused";
  result.exchanges.back().error_code = 1212;
  CHECK(with_response("return { res.status, res.error, res.error_code, res.status_text }",
                      result) == R"([0,"dial: connection refused",1212,""])");
}

// k6/metrics (k6-surface 3.4).

TEST_CASE("custom metrics of all types record what is added") {
  ScriptWorld world(script_of(R"(
    c:add(2) c:add("3") c:add(true)
    g:add(7) g:add(5)
    r:add(true) r:add(false) r:add(0) r:add(2)
    t:add(1.5, { kind = "x", n = 1 }) t:add(2.5)
    return { c.name, t.name })",
                              "local c, g, r, t = metrics.Counter('my_c'), metrics.Gauge('my_g'), "
                              "metrics.Rate('my_r'), metrics.Trend('my_t', true)"));
  CHECK(world.run(*world.vu()) == R"(["my_c","my_t"])");
  const auto measured = world.host.measured.take();
  REQUIRE(measured.size() == 5);
  CHECK(std::get<metrics::Counter>(measured[0].sink).sum.value() == 6);
  CHECK(std::get<metrics::Gauge>(measured[1].sink).last == 5);
  CHECK(std::get<metrics::Gauge>(measured[1].sink).max == 7);
  CHECK(std::get<metrics::Rate>(measured[2].sink).trues == 2);
  CHECK(std::get<metrics::Rate>(measured[2].sink).total == 4);
  CHECK(measured[3].tags == metrics::Tags{{"group", ""}, {"kind", "x"}, {"n", "1"}});
  CHECK(std::get<metrics::Trend>(measured[3].sink).max() == 1.5);
  CHECK(measured[4].tags == metrics::Tags{{"group", ""}});
  CHECK(world.host.registry().find("my_t")->contains == metrics::ValueKind::kTime);
  CHECK(world.host.registry().find("my_c")->contains == metrics::ValueKind::kDefault);
}

TEST_CASE("add returns whether it recorded; what is no number is refused with a warning") {
  REQUIRE(configure_log({.output = "none"}).ok());
  ScriptWorld world(script_of(R"(
    local got = {}
    for _, value in ipairs { 1, "2", true, false, "x", "", 0/0, 1/0, {}, print } do
      got[#got + 1] = c:add(value)
    end
    got[#got + 1] = c:add(nil)
    got[#got + 1] = c:add()
    return got)",
                              "local c = metrics.Counter('my_c')"));
  CHECK(world.run(*world.vu()) ==
        "[true,true,true,true,false,false,false,false,false,false,false,false]");
  const auto measured = world.host.measured.take("my_c");
  REQUIRE(measured.size() == 1);
  CHECK(std::get<metrics::Counter>(measured[0].sink).samples == 4);
}

TEST_CASE("metrics are declared in the init context, with valid names, once per type") {
  contains(ScriptWorld("\nrequire('k6/metrics').Counter('no-dash')").init_error(), "test.lua:2:");
  contains(ScriptWorld("require('k6/metrics').Counter('')").init_error(), "test.lua:1:");
  contains(ScriptWorld("require('k6/metrics').Counter()").init_error(), "test.lua:1:");
  contains(
      ScriptWorld("local m = require('k6/metrics') m.Counter('a_b') m.Trend('a_b')").init_error(),
      "test.lua:1:");
  contains(ScriptWorld("local m = require('k6/metrics') m.Trend('a_b') m.Trend('a_b', true)")
               .init_error(),
           "test.lua:1:");
  CHECK(ScriptWorld("local m = require('k6/metrics') m.Trend('a_b', true) m.Trend('a_b', true)")
            .init_error() == kNothing);
  contains(result_of("metrics.Counter('late')"), "init context");
}

TEST_CASE("invalid values of metrics raise with the option throw") {
  constexpr const char* kTop = "local c = metrics.Counter('my_c')";
  for (const char* arguments : {"", "nil", "{}", "'many'", "0 / 0", "1 / 0", "c"}) {
    ScriptWorld world(
        script_of(std::string("\nlocal added = c:add(") + arguments + ") return added", kTop));
    world.runtime->settings.throw_errors = true;
    INFO(arguments);
    contains(world.run(*world.vu()), "error: test.lua:4: ");
    CHECK(world.host.measured.take("my_c").empty());
    world.runtime->settings.throw_errors = false;
    CHECK(world.run(*world.vu()) == "false");
  }
}

TEST_CASE("metric objects are read-only and know their methods") {
  constexpr const char* kTop = "local c = metrics.Counter('my_c')";
  contains(result_of("c.name = 'x'", kTop), "read-only");
  CHECK(result_of("return { c.nothing == nil, type(c.add), (pcall(c.add, {}, 1)), (pcall(c.add)) }",
                  kTop) == R"([true,"function",false,false])");
  contains(result_of("c:add(1, 'tag')", kTop), "error: ");
}

TEST_CASE("a metric's samples follow the group it is in") {
  ScriptWorld world(script_of("c:add(1) k6.group('g', function() c:add(1) end) c:add(1)",
                              "local c = metrics.Counter('my_c')"));
  CHECK(world.run(*world.vu()) == kNothing);
  const auto measured = world.host.measured.take("my_c");
  REQUIRE(measured.size() == 2);
  CHECK(std::get<metrics::Counter>(measured[0].sink).sum.value() == 2);
  CHECK(measured[1].tags == metrics::Tags{{"group", "::g"}});
}

// k6/data (k6-surface 3.5).

TEST_CASE("a SharedArray is built once per process and read by all VUs") {
  ScriptWorld world(R"(
    local built = 0
    local a = require("k6/data").SharedArray("users", function()
      built = built + 1
      return { { name = "ann", ids = { 1, 2 } }, "two", 3.5, false }
    end)
    return function() return { built, #a, a[1], a[2], a[3], a[4], a[5] == nil, a[0] == nil } end)");
  const auto first = world.vu(0);
  const auto second = world.vu(1);
  CHECK(world.run(*first) == R"([1,4,{"ids":[1,2],"name":"ann"},"two",3.5,false,true,true])");
  CHECK(world.run(*second) == R"([0,4,{"ids":[1,2],"name":"ann"},"two",3.5,false,true,true])");
}

TEST_CASE("an element of a SharedArray is a copy; the array itself is read-only") {
  constexpr const char* kTop =
      "local a = require('k6/data').SharedArray('x', function() return { { n = 1 } } end)";
  CHECK(result_of("a[1].n = 2 return a[1].n", kTop) == "1");
  contains(result_of("a[1] = 5", kTop), "read-only");
  contains(result_of("a.something = 5", kTop), "read-only");
  CHECK(result_of("return json.encode(a)", kTop) == R"("[{\"n\":1}]")");
}

TEST_CASE("indexes that are no position of a SharedArray select nothing") {
  constexpr const char* kTop =
      "local a = require('k6/data').SharedArray('x', function() return { 'a', 'b' } end)";
  for (const char* index : {"0", "-1", "3", "1.5", "0/0", "1/0", "'1'", "'x'", "true", "{}"}) {
    INFO(index);
    CHECK(result_of(std::string("return a[") + index + "] == nil", kTop) == "true");
  }
  CHECK(result_of("return #require('k6/data').SharedArray") != "1");
}

TEST_CASE("SharedArrays of different names are different, an empty one is fine") {
  CHECK(result_of("return { #a, #b, b[1] }",
                  "local data = require 'k6/data'\n"
                  "local a = data.SharedArray('a', function() return {} end)\n"
                  "local b = data.SharedArray('b', function() return { 'b' } end)") ==
        R"([0,1,"b"])");
}

TEST_CASE("a SharedArray needs a name, a function that returns a sequence, and the init context") {
  for (const char* arguments :
       {"'', function() return {} end", "nil, function() return {} end",
        "5, function() return {} end", "'x', 'astring'", "'x'", "'x', function() return 5 end",
        "'x', function() end", "'x', function() return { print } end",
        "'x', function() error('inside') end"}) {
    ScriptWorld world(std::string("\nrequire('k6/data').SharedArray(") + arguments + ")");
    INFO(arguments);
    contains(world.init_error(), "test.lua:2:");
  }
  contains(result_of("require('k6/data').SharedArray('x', function() return {} end)"),
           "init context");
}

TEST_CASE("elements that are no UTF-8 do not end the process") {
  ScriptWorld world(R"(
    local ok, a = pcall(require("k6/data").SharedArray, "latin", function() return { "caf\233" } end)
    return function() return ok and #a[1] end)");
  const auto vu = world.vu(0);
  const std::string result = world.run(*vu);
  CHECK(result == "6");  // "caf" and U+FFFD, as JavaScript would have it
}

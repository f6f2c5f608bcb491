"""data/http.jsonl: how requests are made, named, judged and followed, case by case, against a real httpbin, over
every transport.

CASES maps the text of each case to Lua that says the same; what it prints is compared with what the case expects.
"""

import http.server
import json
import os
import re
import threading
import unittest

from support.dns_server import NamesTest
from support.httpbin_server import Httpbin
from support.transports import H1, H1_TLS, H2, H2C, Gateway

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "http.jsonl")
SKIPPED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "SKIPPED.md")
AREAS = (
    "http.auth",
    "http.batch",
    "http.error",
    "http.error_code",
    "http.expectedStatuses",
    "http.expected_response_tag",
    "http.methods",
    "http.params",
    "http.redirects",
    "http.request_headers",
    "http.tags",
    "http.timeout",
    "http.url_template",
    "http.user_agent",
)


class Plan:
    """`expression` gives a response (or what `shown` makes of it); `check` compares it with what is expected."""

    def __init__(self, expression, check=None, options="", tags=None, shown="shown(r)", arguments=()):
        self.expression = expression
        self.check = check
        self.options = options
        self.tags = tags
        self.shown = shown
        self.arguments = arguments


PROTOCOLS = ("HTTP/1.1", "HTTP/2.0")


def script(plan):
    tag_sets = [*(plan.tags or ()), *(f"proto:{protocol}" for protocol in PROTOCOLS)]
    thresholds = ", ".join(f'["http_reqs{{{tags}}}"] = {{ "count>=0" }}' for tags in tag_sets)
    return f"""
    local http, json = require "k6/http", require "loadrun/json"
    local function shown(r)
      return {{ status = r.status, error_code = r.error_code, error = r.error, url = r.url, body = r.body,
        location = r.headers.Location, request = r.request, timings = r.timings }}
    end
    return {{ options = {{ thresholds = {{ {thresholds} }}, {plan.options} }}, default = function()
      local BASE, FAULTS = __ENV.BASE, __ENV.FAULTS
      local function with_credentials(url) return (url:gsub("://", "://user:pwd@")) end
      local ok, r = pcall(function() return {plan.expression} end)
      console.log(json.encode(ok and {{ result = {plan.shown} }} or {{ raised = r }}))
    end }}
    """


def fields(**names):
    """Compares the named fields of the response with the case's."""

    def check(test, expected, result, _):
        for key, path in names.items():
            value = result
            for step in path.split("/"):
                value = value.get(step) if isinstance(value, dict) else value[int(step)]
            test.assertEqual(value, expected[key.replace("__", ".")], key)

    return check


def sent(test, expected, result, _):
    """What httpbin's /headers says of the request."""
    headers = json.loads(result["body"])["headers"]
    for key, value in expected.items():
        if key.startswith("sent_"):
            test.assertEqual(headers.get(key[len("sent_") :]), value)
        elif key == "sent":
            test.assertLessEqual(value.items(), headers.items())
        elif key == "res.request.headers.Host":
            test.assertEqual(result["request"]["headers"]["Host"], value)


def failed(test, expected, result, run):
    for key in ("status", "error_code"):
        test.assertEqual(result[key], expected[key])
    test.assertIn(expected.get("error_contains", ""), result["error"])
    test.assertEqual(result["error"], expected.get("error", result["error"]))
    test.assertEqual(run.count("http_reqs"), expected.get("sample_groups", 1))
    test.assertNotIn("body", result)


def counted(*tags):
    """Each of the tag sets has one request."""

    def check(test, _expected, _result, run):
        for tag in tags:
            test.assertEqual(run.metric(f"http_reqs{{{tag}}}")["count"], 1, tag)

    return check


def tagged(test, expected, _result, run):
    # An URL has characters that a threshold's key cannot hold; the count of all requests shows that it was one.
    test.assertEqual(run.count("http_reqs"), 1)
    for tag, value in expected.items():
        if value.startswith("BASE"):
            continue
        test.assertEqual(run.metric(f"http_reqs{{{tag}:{value}}}")["count"], 1)


def named(test, expected, result, run):
    test.assertEqual(result, expected)


def warned(test, expected, _result, run):
    test.assertIn(expected.get("warning_contains") or expected["warning"], run.log)


def batch_failed(test, expected, result, run):
    test.assertIn("A batch request failed", run.log)
    test.assertEqual(result[0]["error_code"], expected["0.error_code"])
    test.assertEqual(len(result), 1)
    test.assertEqual(run.count("http_reqs"), 1)


def timed_out(test, expected, result, run):
    test.assertIn(expected["error_contains"], result["error"])
    test.assertAlmostEqual(run.metric("http_req_blocked")["max"] + result["timings"]["duration"], 1000, delta=300)


def slow(test, _expected, result, _run):
    test.assertGreaterEqual(result["timings"]["waiting"], 2000)
    test.assertGreaterEqual(result["timings"]["duration"], 2000)


def by_key(test, expected, result, run):
    for key in ("shorthand", "arr", "obj1", "obj2"):
        test.assertEqual(result[key], key)
    for name in expected["name_tags"]:
        if not name.startswith("BASE"):
            test.assertEqual(run.metric(f"http_reqs{{name:{name}}}")["count"], 1)


INVALID = '"https:// invalidurl.com"'
NAME_OF_URL = 'function() local u = http.url({}) return {{ url = u.url, name = u.name }} end'
DIGEST = 'with_credentials(BASE) .. "/digest-auth/auth/user/pwd"'
THROW = "throw = true"

CASES = {
    'http.post(digestUrl,"super secret body",{auth:"digest"})': Plan(
        '{ r = http.post(with_credentials(FAULTS) .. "/digest", "super secret body", { auth = "digest" }) }',
        shown="shown(r.r)",
        check=lambda test, expected, result, run: (
            test.assertEqual(result["status"], expected["status"]),
            test.assertEqual(result["body"], expected["body_received_on_authenticated_request"]),
        ),
    ),
    "http.batch(null) with throw=true": Plan("http.batch(nil)", options=THROW),
    "http.batch(undefined) with throw=true": Plan("http.batch()", options=THROW),
    'http.batch("https://somevalidurl.com") with throw=true': Plan('http.batch("https://somevalidurl.com")', options=THROW),
    'http.batch(["https:// invalidurl.com"]) with throw=true': Plan(f"http.batch({{ {INVALID} }})", options=THROW),
    'http.batch([ {method: "GET"} ]) with throw=true': Plan('http.batch({ { method = "GET" } })', options=THROW),
    'http.batch([ ["GET", "https:// invalidurl.com"] ]) with throw=false': Plan(
        f'http.batch({{ {{ "GET", {INVALID} }} }})', batch_failed, shown="{ shown(r[1]) }"
    ),
    'http.batch([ {method: "GET", url: "https:// invalidurl.com"} ]) with throw=false': Plan(
        f'http.batch({{ {{ method = "GET", url = {INVALID} }} }})', batch_failed, shown="{ shown(r[1]) }"
    ),
    'http.batch([["GET","https:// invalidurl.com"],["GET","https://somevalidurl.com"]]) with throw=false': Plan(
        f'http.batch({{ {{ "GET", {INVALID} }}, {{ "GET", "https://somevalidurl.com" }} }})',
        batch_failed,
        shown="{ shown(r[1]), r[2] }",
    ),
    'http.batch({shorthand:"BASE/get?r=shorthand",arr:["GET","BASE/get?r=arr",null,{tags:{name:"arr"}}],'
    'obj1:{method:"GET",url:"BASE/get?r=obj1"},obj2:{url:"BASE/get?r=obj2",params:{tags:{name:"obj2"}},method:"GET"}})': Plan(
        """http.batch({ shorthand = BASE .. "/get?r=shorthand", arr = { "GET", BASE .. "/get?r=arr", nil, { tags = { name = "arr" } } },
          obj1 = { method = "GET", url = BASE .. "/get?r=obj1" },
          obj2 = { url = BASE .. "/get?r=obj2", params = { tags = { name = "obj2" } }, method = "GET" } })""",
        by_key,
        tags=("name:arr", "name:obj2"),
        shown="""{ shorthand = r.shorthand:json("args.r"), arr = r.arr:json("args.r"), obj1 = r.obj1:json("args.r"),
          obj2 = r.obj2:json("args.r") }""",
    ),
    'http.batch(["BASE/","BASE2/"])': Plan(
        'http.batch({ BASE .. "/get?n=1", BASE .. "/status/200" })',
        lambda test, expected, result, run: test.assertEqual(result, [*expected["status"], "1"]),
        shown='{ r[1].status, r[2].status, r[1]:json("args.n") }',
    ),
    '100 requests ["GET","BASE/get?req="+i] in one batch': Plan(
        """(function()
          local requests = {}
          for i = 1, 100 do requests[i] = { "GET", BASE .. "/get?req=" .. i } end
          return http.batch(requests)
        end)()""",
        lambda test, expected, result, run: test.assertEqual(result, 100),
        shown='(function() local right = 0 for i = 1, 100 do right = right + (r[i]:json("args.req") == tostring(i) and 1 or 0) end return right end)()',
    ),
    'http.request("","") with throw=true': Plan('http.request("", "")', options=THROW),
    'http.request("GET","https:// test.k6.io") with throw=true': Plan('http.request("GET", "https:// test.k6.io")', options=THROW),
    'http.get("https://<unresolvable>",{responseType:"binary"}) with throw=false': Plan(
        'http.get("https://no-such-host.invalid/", { responseType = "binary" })',
        lambda test, expected, result, run: (test.assertEqual(result["status"], 0), test.assertNotIn("body", result)),
    ),
    "GET answering 204 with Content-Encoding: gzip and no body": Plan(
        'http.get(FAULTS .. "/gzip-204")', fields(status="status", error="error")
    ),
    'http.request("GET","http://sdafsgdhfjg.com/")': Plan('http.request("GET", "http://sdafsgdhfjg.invalid/")', failed),
    'http.request("GET","BASE/redirect-to?url=http://dafsgdhfjg.com/")': Plan(
        'http.request("GET", BASE .. "/redirect-to?url=http://dafsgdhfjg.invalid/")', failed
    ),
    'GET that answers 302 Location: "h\\t:/"': Plan('http.get(FAULTS .. "/bad-location")', failed),
    'http.request("GET","dafsgdhfjg.com/")': Plan('http.request("GET", "dafsgdhfjg.com/")', failed),
    'http.get("BASE/redirect-to?url=http%3A%2F%2F127.0.0.1%3A1%2Fpesho")': Plan(
        'http.get(BASE .. "/redirect-to?url=http%3A%2F%2F127.0.0.1%3A1%2Fpesho")', failed
    ),
    "http.get('BASE/delay/3',{timeout:'1s'})": Plan('http.get(BASE .. "/delay/3", { timeout = "1s" })', failed),
    "options.blacklistIPs=['127.0.0.0/8']; http.get('http://127.0.0.1/')": Plan(
        'http.get("http://127.0.0.1/")', failed, options='blacklistIPs = { "127.0.0.0/8" }'
    ),
    "http.get('http://no-such-host.invalid/')": Plan('http.get("http://no-such-host.invalid/")', failed),
    'http.expectedStatuses(200, 300, {min: 200, max:300, other: "attribute"})': Plan(
        """(function()
          http.setResponseCallback(http.expectedStatuses(200, 300, { min = 200, max = 300, other = "attribute" }))
          for _, status in ipairs({ 200, 300, 250, 199 + 202 }) do http.get(BASE .. "/status/" .. status) end
        end)()""",
        lambda test, expected, result, run: test.assertEqual(run.metric("http_req_failed")["passes"], 1),
        shown="true",
    ),
    'http.expectedStatuses(200, "300", {min: 200, max:300})': Plan('http.expectedStatuses(200, "300", { min = 200, max = 300 })'),
    'http.expectedStatuses(200, 300, {min: 200, max:"300"})': Plan('http.expectedStatuses(200, 300, { min = 200, max = "300" })'),
    "http.expectedStatuses(200, 300.5, {min: 200, max:300})": Plan("http.expectedStatuses(200, 300.5, { min = 200, max = 300 })"),
    "http.expectedStatuses()": Plan("http.expectedStatuses()"),
    'http.get("http://user:pwd@IP:PORT/digest-auth/auth/user/pwd",{auth:"digest"})': Plan(
        f'http.get({DIGEST}, {{ auth = "digest" }})',
        lambda test, expected, result, run: (
            test.assertEqual(result["url"], f"{run.base}/digest-auth/auth/user/pwd"),
            counted(
                "status:401,expected_response:true,error_code:1401", "status:200,expected_response:true"
            )(test, expected, result, run),
            test.assertEqual(run.metric("http_req_failed")["passes"], 0),
        ),
        tags=("status:401,expected_response:true,error_code:1401", "status:200,expected_response:true"),
    ),
    "http.get(url,null,{headers:{}})": Plan('http.get(BASE .. "/get", nil, { headers = {} })', warned),
    'http.head("BASE/get?a=1")': Plan(
        'http.head(BASE .. "/get?a=1")',
        lambda test, expected, result, run: (
            test.assertEqual(result["status"], expected["status"]),
            test.assertEqual(len(result["body"]), expected["body.length"]),
        ),
    ),
    'http.request("GET","BASE/headers",null,{headers:null})': Plan(
        'http.request("GET", BASE .. "/headers", nil, { headers = json.null })', fields(status="status")
    ),
    'http.request("GET","BASE/headers",null,{tags:null})': Plan(
        'http.request("GET", BASE .. "/headers", nil, { tags = json.null })', fields(status="status")
    ),
    'http.request("GET","BASE/headers",null,undefined)': Plan(
        'http.request("GET", BASE .. "/headers", nil, nil)', fields(status="status")
    ),
    'http.request("GET","BASE/headers",null,{headers:undefined})': Plan(
        'http.request("GET", BASE .. "/headers", nil, { headers = nil })', fields(status="status")
    ),
    'http.get("BASE/redirect/9")': Plan(
        'http.get(BASE .. "/redirect/9")',
        lambda test, expected, result, run: (
            test.assertEqual(run.count("http_reqs"), expected["http_reqs"]),
            test.assertEqual(result["status"], expected["final_status"]),
        ),
    ),
    'http.get("BASE/redirect/11")': Plan(
        'http.get(BASE .. "/redirect/11")',
        lambda test, expected, result, run: test.assertEqual(
            (result["status"], result["url"].replace(run.base, "BASE"), result["location"]),
            (expected["status"], expected["url"], expected["headers.Location"]),
        ),
    ),
    'http.get("BASE/redirect/11") with maxRedirects not explicitly set': Plan('http.get(BASE .. "/redirect/11")', warned),
    'http.get("BASE/redirect/1",{redirects:0})': Plan(
        'http.get(BASE .. "/redirect/1", { redirects = 0 })',
        lambda test, expected, result, run: (
            test.assertEqual(result["url"].replace(run.base, "BASE"), expected["url"]),
            test.assertEqual((result["status"], result["location"]), (expected["status"], expected["headers.Location"])),
            test.assertNotIn("Stopped after", run.log),
        ),
    ),
    'http.post("BASE/post-redirect"(308 to /post),"pesho",{redirects:1,headers:{"Content-Type":"text"}})': Plan(
        'http.post(BASE .. "/redirect-to?status_code=308&url=/post", "pesho", { redirects = 1, headers = { ["Content-Type"] = "text" } })',
        lambda test, expected, result, run: (
            test.assertEqual(result["url"].replace(run.base, "BASE"), expected["url"]),
            test.assertEqual(json.loads(result["body"])["data"], expected["server_received_body"]),
        ),
    ),
    'http.post("BASE/redirect/post"(301 to /get),{data:"some data"})': Plan(
        'http.post(BASE .. "/redirect-to?status_code=301&url=/get", "data=some+data")',
        counted("method:POST,status:301", "method:GET,status:200"),
        tags=("method:POST,status:301", "method:GET,status:200"),
    ),
    'http.batch([["POST","BASE/post",{key:"value"}]])': Plan(
        'http.batch({ { "POST", BASE .. "/post", { key = "value" } } })',
        lambda test, expected, result, run: test.assertEqual(result, {"key": "value"}),
        shown='r[1]:json("form")',
    ),
    '{"body": "0123456789", "headers": {"Content-Length": "10"}}': Plan(
        'http.post(BASE .. "/post", "0123456789", { headers = { ["Content-Length"] = "10" } })',
        lambda test, expected, result, run: (
            test.assertEqual(json.loads(result["body"])["headers"]["Content-Length"], expected["Content-Length"]),
            test.assertNotIn("Content-Length", run.log.split("{")[0]),
        ),
    ),
    '{headers:{"X-My-Header":"value"}}': Plan('http.get(BASE .. "/headers", { headers = { ["X-My-Header"] = "value" } })', sent),
    '{headers:{"host":"k6.io"}}': Plan('http.get(BASE .. "/headers", { headers = { host = "k6.io" } })', sent),
    'http.get("BASE/headers")': Plan('http.get(BASE .. "/headers")', tagged),
    'http.get("BASE/headers",{tags:{name:"myReq"}})': Plan(
        'http.get(BASE .. "/headers", { tags = { name = "myReq" } })', tagged, tags=("url:myReq", "name:myReq")
    ),
    'run tags {runtag1:"val1",runtag2:"val2"}; http.get(url,{tags:{method:"test",name:"myName",runtag1:"fromreq"}})': Plan(
        'http.get(BASE .. "/headers", { tags = { method = "test", name = "myName", runtag1 = "fromreq" } })',
        tagged,
        options='tags = { runtag1 = "val1", runtag2 = "val2" }',
        tags=("method:GET", "name:myName", "url:myName", "runtag1:fromreq", "runtag2:val2"),
    ),
    'http.get("BASE/delay/10",{timeout:1*1000})': Plan('http.get(BASE .. "/delay/10", { timeout = 1 * 1000 })', timed_out),
    'http.get("BASE/delay/10",{timeout:"1s"})': Plan('http.get(BASE .. "/delay/10", { timeout = "1s" })', timed_out),
    'http.get("BASE/delay/10",{timeout:2500}) with throw=false': Plan('http.get(BASE .. "/delay/10", { timeout = 2500 })', slow),
    "http.url`http://localhost/anything/${1+1}`": Plan(
        'http.url("http://localhost/anything/${}", 1 + 1)', named, shown="{ url = r.url, name = r.name }"
    ),
    "http.url`http://localhost/anything/${1+1}/`": Plan(
        'http.url("http://localhost/anything/${}/", 1 + 1)', named, shown="{ url = r.url, name = r.name }"
    ),
    "http.url`http://localhost/anything/${1+1}/${1+2}`": Plan(
        'http.url("http://localhost/anything/${}/${}", 1 + 1, 1 + 2)', named, shown="{ url = r.url, name = r.name }"
    ),
    'http.get("BASE/headers",{headers:{"User-Agent":"OtherUserAgent"}})': Plan(
        'http.get(BASE .. "/headers", { headers = { ["User-Agent"] = "OtherUserAgent" } })', sent
    ),
    'http.get("BASE/headers",{headers:{"User-Agent":""}})': Plan('http.get(BASE .. "/headers", { headers = { ["User-Agent"] = "" } })', sent),
    'options.userAgent=""; http.get("BASE/headers")': Plan('http.get(BASE .. "/headers")', sent, options='userAgent = ""'),
    "http.get(http.url`BASE/get?a=${a}&b=${b}`)": Plan(
        'http.get(http.url(BASE .. "/get?a=${}&b=${}", 1, "x y"))',
        lambda test, expected, result, run: (
            test.assertEqual(json.loads(result["body"])["args"], {"a": "1", "b": "x y"}),
            test.assertEqual(result["url"].replace(run.base, "BASE"), "BASE/get?a=1&b=x%20y"),
        ),
    ),
}


class Faults(http.server.BaseHTTPRequestHandler):
    """Answers that httpbin does not give: a 204 that says gzip, a Location that is no URL, a digest of a POST."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/gzip-204":
            self.answer(204, {"Content-Encoding": "gzip"})
        elif self.path == "/bad-location":
            self.answer(302, {"Location": "h\t:/", "Content-Length": "0"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Authorization"] is None:
            self.answer(401, {"WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth"', "Content-Length": "0"})
        elif 'username="user"' in self.headers["Authorization"]:
            self.answer(200, {"Content-Length": str(len(body))}, body)

    def answer(self, status, headers, body=b""):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class FaultServer(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """haproxy ends connections on answers that are not HTTP."""


def cases():
    with open(DATA, encoding="utf-8") as lines:
        for line in lines:
            case = json.loads(line)
            if case["area"] in AREAS:
                yield case["input"] if isinstance(case["input"], str) else case["input"].get("script", json.dumps(case["input"])), case


class CallsTest(NamesTest):
    @classmethod
    def setUpClass(cls):
        cls.httpbin = Httpbin()
        cls.httpbin.__enter__()
        cls.addClassCleanup(cls.httpbin.__exit__)
        cls.faults = FaultServer(("127.0.0.1", 0), Faults)
        threading.Thread(target=cls.faults.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.faults.server_close)
        cls.addClassCleanup(cls.faults.shutdown)
        cls.gateway = Gateway(httpbin=cls.httpbin.port, faults=cls.faults.server_address[1])
        cls.gateway.__enter__()
        cls.addClassCleanup(cls.gateway.__exit__)

    def test_every_case_is_here_or_skipped(self):
        with open(SKIPPED, encoding="utf-8") as text:
            skipped = text.read()
        for text, case in cases():
            with self.subTest(case=text):
                if text not in CASES:
                    self.assertTrue(f"| `{case['area']}` | `{text}`" in skipped, "neither a case here nor skipped")

    def test_http_1(self):
        self.check_all(H1)

    def test_http_1_over_tls(self):
        self.check_all(H1_TLS)

    def test_http_2(self):
        self.check_all(H2)

    def test_http_2_in_plain_text(self):
        self.check_all(H2C)

    def check_all(self, transport):
        self.serve_names()
        for text, case in cases():
            if text in CASES:
                with self.subTest(case=text):
                    self.check(CASES[text], case["expected"], transport)

    def check(self, plan, expected, transport):
        base = self.gateway.url("httpbin", transport)
        run = self.loadrun(
            script(plan),
            *("-e", f"BASE={base}", "-e", f"FAULTS={self.gateway.url('faults', transport)}"),
            *self.gateway.arguments(transport),
            *plan.arguments,
        )
        run.base = base
        for protocol in PROTOCOLS:
            if protocol != transport.proto:
                self.assertEqual(run.metric(f"http_reqs{{proto:{protocol}}}")["count"], 0)
        said = json.loads(run.said()[-1])
        wanted = isinstance(expected, dict) and (expected.get("throws_contains") or plan.check is None and expected["error_contains"])
        if wanted:
            self.assertIn(wanted, re.sub(r"\s+", " ", said["raised"]))
        else:
            self.assertIn("result", said, said)
            plan.check(self, expected, said["result"], run)


if __name__ == "__main__":
    unittest.main()

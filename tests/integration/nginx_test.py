"""HTTP against a real nginx: what its access log counts is what the summary says."""

import collections
import unittest

from support.nginx_server import Nginx
from support.run_loadrun import LoadrunTest

MIXED = """
local http = require "k6/http"
local BASE = __ENV.BASE
return {
  options = { scenarios = { all = { executor = "per-vu-iterations", vus = 4, iterations = 5 } },
    thresholds = { ["http_reqs{status:200}"] = {}, ["http_reqs{status:204}"] = {}, ["http_reqs{status:404}"] = {},
      ["http_reqs{status:500}"] = {}, ["http_reqs{method:GET}"] = {}, ["http_reqs{method:PUT}"] = {},
      ["http_reqs{method:DELETE}"] = {}, ["http_reqs{method:HEAD}"] = {}, ["http_reqs{method:OPTIONS}"] = {},
      ["http_reqs{method:POST}"] = {}, ["http_reqs{method:PATCH}"] = {}, ["http_reqs{method:PURGE}"] = {},
      ["http_req_duration{name:tagged}"] = {} } },
  default = function()
    http.get(BASE .. "/text")
    http.get(BASE .. "/none", { tags = { name = "tagged" } })
    http.get(BASE .. "/missing")
    http.head(BASE .. "/text")
    http.post(BASE .. "/echo", "a")
    http.put(BASE .. "/echo", "b")
    http.patch(BASE .. "/echo", "c")
    http.del(BASE .. "/broken")
    http.options(BASE .. "/text")
    http.request("PURGE", BASE .. "/text")
  end,
}
"""

# One iteration: prints what the script saw of a response, one "field=value" a line.
REPORT = """
local http = require "k6/http"
local BASE = __ENV.BASE
local function show(name, value) console.log(name .. "=" .. tostring(value)) end
"""


class HttpTest(LoadrunTest):
    def setUp(self):
        super().setUp()
        self.nginx = self.enterContext(Nginx())

    def run_script(self, script, *arguments, **keywords):
        run = self.loadrun(script, "-e", f"BASE={self.nginx.url}", *arguments, **keywords)
        return run, self.nginx.take_requests()

    def shown(self, body, *arguments):
        """Runs one iteration of `body`; its show() calls as a dictionary, and what nginx logged."""
        run, requests = self.run_script(REPORT + body, *arguments)
        return dict(line.split("=", 1) for line in run.said()), requests


class CountsTest(HttpTest):
    def assert_counts_agree(self, run, requests):
        self.assertEqual(run.count("http_reqs"), len(requests), str(run))
        for field in ("status", "method"):
            logged = collections.Counter(request[field] for request in requests)
            for value, count in logged.items():
                self.assertEqual(run.count(f"http_reqs{{{field}:{value}}}"), count, f"{field} {value}\n{run}")

    def test_requests_by_status_and_method(self):
        run, requests = self.run_script(MIXED)
        self.assertEqual(len(requests), 4 * 5 * 10)
        self.assert_counts_agree(run, requests)
        self.assertEqual(run.metric("http_req_failed"), {"value": 0.2, "passes": 40, "fails": 160})
        self.assertEqual(run.count("iterations"), 20)

    def test_the_split_over_workers_changes_no_count(self):
        for workers in ("1", "2", "4"):
            with self.subTest(workers=workers):
                run, requests = self.run_script(MIXED, "--workers", workers)
                self.assertEqual(len(requests), 200)
                self.assert_counts_agree(run, requests)
                self.assertEqual(run.count("http_reqs{status:404}"), 20)

    def test_many_vus(self):
        run, requests = self.run_script(
            REPORT + 'return function() http.get(BASE .. "/text") end', "-u", "200", "-i", "4000"
        )
        self.assertEqual(len(requests), 4000)
        self.assertEqual(run.count("http_reqs"), 4000)
        self.assertEqual(run.count("iterations"), 4000)

    def test_bytes_are_those_on_the_wire(self):
        body = "x" * 5000
        run, _ = self.run_script(
            REPORT + f'return function() http.post(BASE .. "/text", "{body}") end', "-u", "1", "-i", "10"
        )
        self.assertGreater(run.count("data_sent"), 10 * 5000)
        self.assertLess(run.count("data_sent"), 10 * 5400)  # the body and a head of a few headers
        self.assertGreater(run.count("data_received"), 10 * 100)
        self.assertLess(run.count("data_received"), 10 * 400)


class ConnectionsTest(HttpTest):
    SCRIPT = """
    local http = require "k6/http"
    return {
      options = { scenarios = { all = { executor = "per-vu-iterations", vus = 8, iterations = 6 } } },
      default = function()
        http.get(__ENV.BASE .. "/text", { headers = { ["X-Test"] = __VU } })
        http.get(__ENV.BASE .. "/json", { headers = { ["X-Test"] = __VU } })
      end,
    }
    """

    def test_one_connection_per_vu(self):
        _, requests = self.run_script(self.SCRIPT)
        self.assertEqual(len(requests), 8 * 6 * 2)
        pairs = {(request["connection"], request["test"]) for request in requests}
        self.assertEqual(len(pairs), 8, "each VU keeps one connection, and none shares it")

    def test_one_connection_per_request_without_reuse(self):
        for arguments, env in ((["--no-connection-reuse"], {}), ([], {"LOADRUN_NO_CONNECTION_REUSE": "true"})):
            with self.subTest(arguments=arguments, env=env):
                _, requests = self.run_script(self.SCRIPT, *arguments, env=env)
                self.assertEqual(len({request["connection"] for request in requests}), 8 * 6 * 2)


class RequestTest(HttpTest):
    def test_headers_and_body_arrive_as_given(self):
        _, requests = self.shown(
            """return function()
              http.post(BASE .. "/echo", "k=v&ü=%20", { headers = {
                ["X-Test"] = "grün", ["Content-Type"] = "text/x-odd", Host = "shop.test" } })
            end"""
        )
        self.assertEqual(len(requests), 1)
        expected = {"method": "POST", "body": "k=v&ü=%20", "test": "grün", "type": "text/x-odd", "host": "shop.test"}
        self.assertEqual({name: requests[0][name] for name in expected}, expected)

    def test_a_string_body_sends_no_content_type(self):
        _, requests = self.shown('return function() http.put(BASE .. "/echo", "{}") end')
        self.assertEqual((requests[0]["type"], requests[0]["body"]), ("", "{}"))

    def test_large_whole_numbers_in_headers_stay_whole(self):
        _, requests = self.shown(
            'return function() http.get(BASE .. "/text", { headers = { ["X-Test"] = 123456789012345 } }) end'
        )
        self.assertEqual(requests[0]["test"], "123456789012345")

    def test_user_agent(self):
        script = 'return function() http.get(BASE .. "/text") end'
        _, requests = self.shown(script)
        self.assertRegex(requests[0]["agent"], r"^loadrun/\d+\.\d+\.\d+$")
        _, requests = self.shown(script, "--user-agent", "shopper/1")
        self.assertEqual(requests[0]["agent"], "shopper/1")
        _, requests = self.shown(
            'return { options = { userAgent = "from the script" }, default = function()\n'
            'http.get(BASE .. "/text")\n'
            'http.get(BASE .. "/text", { headers = { ["User-Agent"] = "own" } })\n'
            'http.get(BASE .. "/text", { headers = { ["User-Agent"] = "" } }) end }'
        )
        self.assertEqual([request["agent"] for request in requests], ["from the script", "own", ""])


class ResponseTest(HttpTest):
    def test_fields(self):
        shown, _ = self.shown(
            """return function()
              local r = http.get(BASE .. "/json")
              show("status", r.status)  show("text", r.status_text)  show("proto", r.proto)
              show("type", r.headers["Content-Type"])  show("ip", r.remote_ip)  show("port", r.remote_port)
              show("error", r.error)  show("code", r.error_code)  show("url", r.url)  show("method", r.request.method)
              show("id", r:json("data.id"))  show("big", r:json("data.big"))  show("element", r:json("data.list.2"))
              show("absent", r:json("data.nothing"))  show("total", r.timings.duration > 0)
            end"""
        )
        self.assertEqual(
            shown,
            {
                "status": "200", "text": "200 OK", "proto": "HTTP/1.1", "type": "application/json",
                "ip": "127.0.0.1", "port": str(self.nginx.port), "error": "", "code": "0",
                "url": self.nginx.url + "/json", "method": "GET", "id": "7", "big": "9007199254740993",
                "element": "3", "absent": "nil", "total": "true",
            },
        )

    def test_statuses_of_400_and_more_have_a_code_and_no_error(self):
        shown, _ = self.shown(
            'return function() local r = http.get(BASE .. "/missing")\n'
            'show("status", r.status) show("error", r.error) show("code", r.error_code) show("body", r.body) end'
        )
        self.assertEqual(shown, {"status": "404", "error": "", "code": "1404", "body": "not here"})

    def test_discarded_bodies_are_nil(self):
        script = """return function()
          local r = http.get(BASE .. "/text")
          show("body", r.body)  show("status", r.status)
          show("asked", http.get(BASE .. "/text", { responseType = "text" }).body)
          show("json", pcall(r.json, r))
        end"""
        shown, _ = self.shown(script, "--discard-response-bodies")
        self.assertEqual(shown, {"body": "nil", "status": "200", "asked": "hello", "json": "false"})
        shown, _ = self.shown(script)
        self.assertEqual(shown["body"], "hello")

    def test_response_type_none_drops_one_body(self):
        shown, _ = self.shown(
            'return function() show("body", http.get(BASE .. "/text", { responseType = "none" }).body) end'
        )
        self.assertEqual(shown, {"body": "nil"})


class RedirectTest(HttpTest):
    def hops(self, call, *arguments):
        return self.shown(f'return function() local r = {call} show("status", r.status) show("url", r.url) end', *arguments)

    def uris(self, requests):
        return [(request["method"], request["uri"]) for request in requests]

    def test_a_chain_is_followed_and_every_hop_counts(self):
        run, requests = self.run_script(
            REPORT + 'return function() local r = http.get(BASE .. "/hop/3") show("at", r.url) show("is", r.status) end'
        )
        self.assertEqual(self.uris(requests), [("GET", f"/hop/{left}") for left in (3, 2, 1, 0)])
        self.assertEqual(run.count("http_reqs"), 4)
        self.assertEqual(run.said(), [f"at={self.nginx.url}/hop/0", "is=200"])

    def test_past_the_limit_the_last_redirect_is_the_answer(self):
        shown, requests = self.hops('http.get(BASE .. "/hop/3", { redirects = 1 })')
        self.assertEqual(shown, {"status": "302", "url": self.nginx.url + "/hop/2"})
        self.assertEqual(len(requests), 2)
        shown, requests = self.hops('http.get(BASE .. "/hop/3")', "--max-redirects", "0")
        self.assertEqual((shown["status"], len(requests)), ("302", 1))

    def test_the_limit_is_10_by_default(self):
        shown, requests = self.hops('http.get(BASE .. "/loop")')
        self.assertEqual((shown["status"], len(requests)), ("302", 11))

    def test_302_and_303_turn_a_post_into_a_get(self):
        for uri in ("/found", "/see-other"):
            with self.subTest(uri):
                _, requests = self.hops(f'http.post(BASE .. "{uri}", "kept?")')
                self.assertEqual(self.uris(requests), [("POST", uri), ("GET", "/echo")])
                self.assertEqual(requests[1]["body"], "")

    def test_307_keeps_the_post_and_its_body(self):
        shown, requests = self.hops('http.post(BASE .. "/keep-method", "kept")')
        self.assertEqual(self.uris(requests), [("POST", "/keep-method"), ("POST", "/echo")])
        self.assertEqual((requests[1]["body"], shown["status"]), ("kept", "200"))


class IterationOptionsTest(HttpTest):
    def test_min_iteration_duration_spaces_the_requests(self):
        script = REPORT + """
        return { options = { iterations = 3, minIterationDuration = "300ms" },
          default = function() http.get(BASE .. "/text") end }
        """
        _, requests = self.run_script(script)
        times = [request["time"] for request in requests]
        for before, after in zip(times, times[1:]):
            self.assertGreaterEqual(after - before, 0.298)  # nginx logs milliseconds

    def test_no_vu_connection_reuse_opens_one_per_iteration(self):
        script = REPORT + """
        return { options = { iterations = 3, noVUConnectionReuse = true },
          default = function() http.get(BASE .. "/text") http.get(BASE .. "/text") end }
        """
        _, requests = self.run_script(script)
        connections = collections.Counter(request["connection"] for request in requests)
        self.assertEqual(sorted(connections.values()), [2, 2, 2])

    def test_throw_raises_at_the_line_of_the_call(self):
        script = """
        local http = require "k6/http"
        return { options = { throw = true },
          default = function()
            http.get("http://127.0.0.1:1/")
            error("never reached")
          end }
        """
        run = self.loadrun(script, code=107)
        self.assertRegex(run.stderr, r"script.lua:5: GET http://127.0.0.1:1/: dial: connection refused")
        self.assertNotIn("never reached", run.stderr)


if __name__ == "__main__":
    unittest.main()

"""HTTP/2 against a real server: which version is spoken, one connection for a VU's parallel requests, large bodies, and
faults of streams and connections."""

import json
import resource
import time
import unittest

from support.h2_server import H2Server
from support.httpbin_server import Httpbin
from support.run_loadrun import LoadrunTest
from support.transports import H1, H2, H2C, Gateway

SAY = """local http, json = require "k6/http", require "loadrun/json"
local function say(res)
  console.log(json.encode({ status = res.status, proto = res.proto, code = res.error_code, error = res.error,
    body = res.body, timings = res.timings, tls = res.tls_version }))
end
"""


def script(body, options=""):
    return SAY + f"return {{ options = {{ insecureSkipTLSVerify = true, {options} }}, default = function() {body} end }}"


def said(run):
    return [json.loads(line) for line in run.said()]


def cpu_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class VersionTest(LoadrunTest):
    """Over a haproxy that speaks both versions, in plain text and by ALPN."""

    @classmethod
    def setUpClass(cls):
        cls.httpbin = cls.enterClassContext(Httpbin())
        cls.gateway = cls.enterClassContext(Gateway(httpbin=cls.httpbin.port))

    def protocols(self, text, *arguments, **more):
        env = ("-e", f"PLAIN={self.gateway.url('httpbin', H1)}/get", "-e", f"TLS={self.gateway.url('httpbin', H2)}/get")
        run = self.loadrun(text, *env, *arguments, **more)
        return [answer["proto"] for answer in said(run)]

    BOTH = "say(http.get(__ENV.PLAIN)) say(http.get(__ENV.TLS))"

    def test_the_option_says_which(self):
        for version, plain, tls in (("auto", 1, 2), ("1.1", 1, 1), ("2", 2, 2)):
            expected = [f"HTTP/{number}.{2 - number}" for number in (plain, tls)]
            self.assertEqual(self.protocols(script(self.BOTH, f'httpVersion = "{version}"')), expected)
            self.assertEqual(self.protocols(script(self.BOTH), "--http-version", version), expected)
            self.assertEqual(self.protocols(script(self.BOTH), env={"LOADRUN_HTTP_VERSION": version}), expected)

    def test_gos_switch(self):
        old = ["HTTP/1.1", "HTTP/1.1"]
        self.assertEqual(self.protocols(script(self.BOTH), env={"GODEBUG": "netdns=go,http2client=0"}), old)
        self.assertEqual(self.protocols(script(self.BOTH), env={"GODEBUG": "http2client=1"}), ["HTTP/1.1", "HTTP/2.0"])

    def test_versions_of_single_requests_keep_their_own_connections(self):
        body = """for _ = 1, 3 do
          for _, version in ipairs({ "2", "1.1", "auto" }) do
            say(http.get(__ENV.PLAIN, { httpVersion = version }))
            say(http.get(__ENV.TLS, { httpVersion = version }))
          end
        end"""
        run = self.loadrun(
            script(body),
            *("-e", f"PLAIN={self.gateway.url('httpbin', H1)}/get", "-e", f"TLS={self.gateway.url('httpbin', H2)}/get"),
        )
        answers = said(run)
        expected = ["HTTP/2.0", "HTTP/2.0", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/2.0"]
        self.assertEqual([answer["proto"] for answer in answers], 3 * expected)
        opened = [answer["timings"]["connecting"] > 0 for answer in answers]
        self.assertEqual(opened, [True, True, True, True, False, False] + 12 * [False])

    def test_the_version_is_a_tag(self):
        keys = ", ".join(f'["http_reqs{{proto:{proto}}}"] = {{ "count==1" }}' for proto in ("HTTP/1.1", "HTTP/2.0"))
        self.protocols(script(self.BOTH, f"thresholds = {{ {keys} }}"))

    def test_anything_else_is_an_error(self):
        text = 'httpVersion: "3" is none of "auto", "1.1" and "2"'
        for run in (
            self.loadrun(script("", 'httpVersion = "3"'), code=104),
            self.loadrun(script(""), "--http-version", "3", code=104),
            self.loadrun(script(""), env={"LOADRUN_HTTP_VERSION": "3"}, code=104),
        ):
            self.assertIn(text, run.log)
        run = self.loadrun(script('http.get(__ENV.X, { httpVersion = "3" })'), "-e", "X=http://127.0.0.1:1/", code=107)
        self.assertIn('params.httpVersion: expected "auto", "1.1" or "2", got 3', run.log)
        self.assertEqual(run.count("http_reqs"), 0)


class ServerTest(LoadrunTest):
    """Against Node's server, over TLS and in plain text."""

    def on_both(self, body, options="", streams=1000, **more):
        """The run and what the server saw of it, for each."""
        for kind in ("tls", "plain"):
            server = self.enterContext(H2Server(streams))
            run = self.loadrun(
                script(body, options), "--http-version=2", "-e", f"URL={getattr(server, kind)}", **more
            )
            with self.subTest(kind):
                yield run, server

    def test_a_batch_of_a_new_user_takes_one_connection(self):
        body = """for _ = 1, 3 do
          local requests = {}
          for i = 1, 20 do requests[i] = __ENV.URL .. "/wait/50" end
          for _, res in ipairs(http.batch(requests)) do say(res) end
        end"""
        for run, server in self.on_both(body, "batchPerHost = 0"):
            answers = said(run)
            self.assertEqual([answer["status"] for answer in answers], 60 * [200])
            seen = server.seen()
            self.assertEqual((seen["connections"], seen["most"]), (1, 20))
            self.assertEqual(len([answer for answer in answers if answer["timings"]["connecting"] > 0]), 1)
            for timings in (answer["timings"] for answer in answers):
                self.assertGreaterEqual(min(timings.values()), 0)
                self.assertAlmostEqual(timings["sending"] + timings["waiting"] + timings["receiving"], timings["duration"], delta=0.001)
                self.assertGreaterEqual(timings["waiting"], 49)
            handshakes = [answer["timings"]["tls_handshaking"] > 0 for answer in answers]
            self.assertEqual(sum(handshakes), 1 if answers[0]["tls"] else 0)

    def test_many_users_have_a_connection_each(self):
        body = """local requests = {}
          for i = 1, 10 do requests[i] = __ENV.URL .. "/ok" end
          http.batch(requests)"""
        for run, server in self.on_both(body, "batchPerHost = 0, vus = 100, iterations = 300"):
            self.assertEqual(run.count("http_reqs"), 3000)
            self.assertEqual(run.metric("http_req_failed")["passes"], 0)
            self.assertEqual(server.seen()["connections"], 100)

    def test_a_server_of_few_streams(self):
        body = """local requests = {}
          for i = 1, 50 do requests[i] = __ENV.URL .. "/wait/20" end
          for _, res in ipairs(http.batch(requests)) do say(res) end"""
        for streams in (1, 10):
            for run, server in self.on_both(body, "batch = 50, batchPerHost = 0", streams=streams):
                self.assertEqual([answer["status"] for answer in said(run)], 50 * [200])
                self.assertEqual(server.seen()["requests"], {"/wait/20": 50})

    def test_more_streams_than_a_hundred(self):
        body = """local requests = {}
          for i = 1, 300 do requests[i] = __ENV.URL .. "/wait/100" end
          http.batch(requests)"""
        for run, server in self.on_both(body, "batch = 0, batchPerHost = 0"):
            self.assertEqual(run.metric("http_req_failed")["passes"], 0)
            self.assertEqual(server.seen()["requests"], {"/wait/100": 300})

    def test_a_batch_that_nobody_answers_fails_as_a_whole(self):
        body = """local requests = {}
          for i = 1, 20 do requests[i] = "https://127.0.0.1:1/" end
          for _, res in ipairs(http.batch(requests)) do say(res) end"""
        run = self.loadrun(script(body, "batchPerHost = 0"))
        self.assertEqual([answer["code"] for answer in said(run)], 20 * [1212])

    def test_bytes_of_a_shared_connection_count_once(self):
        body = """local requests = {}
          for i = 1, 20 do requests[i] = { "POST", __ENV.URL .. "/size/5000", ("x"):rep(3000) } end
          http.batch(requests)"""
        with H2Server() as server:
            run = self.loadrun(script(body, "batchPerHost = 0"), "--http-version=2", "-e", f"URL={server.plain}")
            time.sleep(0.3)
            seen = server.seen()
        # What is acknowledged after the last response (SETTINGS, WINDOW_UPDATE) belongs to no request.
        self.assertAlmostEqual(run.count("data_received"), seen["sent"], delta=100)
        self.assertAlmostEqual(run.count("data_sent"), seen["received"], delta=100)

    def test_a_large_upload(self):
        for path in ("ok", "slow"):
            body = f'say(http.post(__ENV.URL .. "/{path}", ("x"):rep(8 * 1024 * 1024)))'
            before = cpu_of_children()
            for run, server in self.on_both(body):
                used, before = cpu_of_children() - before, cpu_of_children()
                self.assertEqual(said(run)[0]["status"], 200)
                self.assertEqual(server.seen()["bytes"], 8 * 1024 * 1024)
                self.assertLess(run.seconds, 20)
                if path == "slow":
                    self.assertGreater(said(run)[0]["timings"]["sending"], 900)
                    self.assertLess(said(run)[0]["timings"]["waiting"], 300)
                    # A client that asks again and again whether it may send uses all of the time.
                    self.assertLess(used, 0.8 * run.seconds)

    def test_a_large_download(self):
        body = 'local res = http.get(__ENV.URL .. "/size/104857600") assert(#res.body == 104857600) res = nil'
        for run, _ in self.on_both(body):
            self.assertEqual(run.metric("http_req_failed")["passes"], 0)
            self.assertNotIn("error", run.log)
            self.assertGreater(run.count("data_received"), 104857600)

    def test_a_stream_that_times_out_leaves_the_others_alone(self):
        body = """local requests = {}
          for i = 1, 5 do requests[i] = { "GET", __ENV.URL .. "/wait/400", nil, { timeout = i == 3 and 100 or 5000 } } end
          for _, res in ipairs(http.batch(requests)) do say(res) end
          say(http.get(__ENV.URL .. "/ok"))"""
        for run, server in self.on_both(body):
            self.assertEqual([answer["code"] for answer in said(run)], [0, 0, 1050, 0, 0, 0])
            self.assertEqual(server.seen()["connections"], 1)


# Codes of streams: a stream that was REFUSED, and one that needs HTTP/1.1, is sent again.
CODES = [code for code in range(13) if code != 7]
# The error code of each path of the server. Over TLS libcurl does not say that bytes before the response's head were no
# HTTP/2: there it is the end of a connection.
FAULTS = {
    "/vanish": 1000,
    "/tear": 1000,
    "/goaway/0": 1611,
    "/goaway/11": 1622,
    "/goaway/14": 1610,
    "/leave/2": 1613,
    "/frame": 1650,
    **{f"/rst/{code}": 1631 + code for code in CODES},
    **{f"/cut/{code}": 1631 + code for code in CODES if code != 0},
    "/rst/14": 1630,
}
# Who closes a socket before everything is read resets the connection: a question of time.
ALSO = {"/vanish": (1220,), "/tear": (1220,)}


class FaultTest(LoadrunTest):
    """What goes wrong has k6's code, and the next request is none the worse for it."""

    def answers_of(self, url, paths):
        """Of each path and of /ok after it."""
        body = f"""for _, path in ipairs({{ {", ".join(f'"{path}"' for path in paths)} }}) do
          say(http.get(__ENV.URL .. path))
          say(http.get(__ENV.URL .. "/ok"))
        end"""
        run = self.loadrun(script(body), "--http-version=2", "-e", f"URL={url}")
        answers = said(run)
        self.assertEqual(len(answers), 2 * len(paths))
        for path, after in zip(paths, answers[1::2]):
            self.assertEqual((after["status"], after["body"]), (200, "ok"), f"after {path}")
        return answers[::2]

    def test_every_fault_has_its_code(self):
        for kind in ("tls", "plain"):
            with H2Server() as server:
                answers = self.answers_of(getattr(server, kind), list(FAULTS))
            for (path, code), answer in zip(FAULTS.items(), answers):
                with self.subTest(kind, path=path):
                    self.assertEqual(answer["status"], 0)
                    self.assertIn(answer["code"], (code, *ALSO.get(path, ())), answer["error"])
                    self.assertNotIn("body", answer)

    def test_bytes_that_are_no_http2(self):
        with H2Server() as server:
            self.assertEqual(self.answers_of(server.plain, ["/garbage"])[0]["code"], 1650)
            self.assertEqual(self.answers_of(server.tls, ["/garbage"])[0]["code"], 1000)

    def test_what_the_server_did_not_look_at_is_sent_again(self):
        for kind in ("tls", "plain"):
            for path in ("/refuse/0", "/refuse/11"):
                with H2Server() as server:
                    self.assertEqual(self.answers_of(getattr(server, kind), [path])[0]["status"], 200)
                    self.assertEqual(server.seen()["connections"], 2)
                    self.assertEqual(server.seen()["requests"][path], 2)

    def test_a_server_that_leaves_with_manners(self):
        for kind in ("tls", "plain"):
            with H2Server() as server:
                self.assertEqual(self.answers_of(getattr(server, kind), ["/graceful"])[0]["status"], 200)
                self.assertEqual(server.seen()["connections"], 2)

    def test_a_connection_that_ends_while_nobody_looks(self):
        body = """say(http.get(__ENV.URL .. "/close"))
          require("k6").sleep(0.2)
          say(http.get(__ENV.URL .. "/ok"))"""
        for kind in ("tls", "plain"):
            with H2Server() as server:
                run = self.loadrun(script(body), "--http-version=2", "-e", f"URL={getattr(server, kind)}")
                self.assertEqual([answer["status"] for answer in said(run)], [200, 200])

    def test_a_fault_takes_its_own_stream_only(self):
        body = """local paths = { "/wait/100", "/rst/2", "/wait/100", "/cut/8", "/wait/100" }
          for i, path in ipairs(paths) do paths[i] = __ENV.URL .. path end
          for _, res in ipairs(http.batch(paths)) do say(res) end"""
        for kind in ("tls", "plain"):
            with H2Server() as server:
                run = self.loadrun(script(body), "--http-version=2", "-e", f"URL={getattr(server, kind)}")
                self.assertEqual([answer["code"] for answer in said(run)], [0, 1633, 0, 1639, 0])
                self.assertEqual(server.seen()["connections"], 1)

    def test_no_error_of_a_lost_connection_is_lost(self):
        body = """local paths = {}
          for i = 1, 10 do paths[i] = __ENV.URL .. "/wait/2000" end
          paths[11] = __ENV.URL .. "/leave/11"
          for _, res in ipairs(http.batch(paths)) do say(res) end
          say(http.get(__ENV.URL .. "/ok"))"""
        for kind in ("tls", "plain"):
            with H2Server() as server:
                run = self.loadrun(
                    script(body, "batchPerHost = 0"), "--http-version=2", "-e", f"URL={getattr(server, kind)}"
                )
                self.assertEqual([answer["code"] for answer in said(run)], 11 * [1622] + [0])


if __name__ == "__main__":
    unittest.main()

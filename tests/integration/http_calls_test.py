"""How requests of k6/http are made: credentials, what is expected, batches, tasks, what is logged."""

import base64
import http.server
import json
import threading
import time

import unittest

from support.httpbin_server import Httpbin
from support.run_loadrun import LoadrunTest


class Handler(http.server.BaseHTTPRequestHandler):
    """/ntlm wants the three messages of NTLM; /wait answers after 100 ms; anything else says what it got."""

    protocol_version = "HTTP/1.1"

    def handle_request(self):
        server = self.server
        with server.lock:
            server.seen.append((self.path, self.headers.get("Authorization")))
            server.active += 1
            server.most = max(server.most, server.active)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/wait":
            time.sleep(0.1)
        status, headers = self.ntlm() if self.path == "/ntlm" else (200, {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        with server.lock:
            server.active -= 1

    do_GET = do_POST = handle_request

    def ntlm(self):
        """Message type 1 gets the challenge of [MS-NLMP] 2.2.1.2, type 3 is let in when it names the user."""
        message = base64.b64decode((self.headers.get("Authorization") or "NTLM ").split(" ", 1)[1])
        if message[8:9] == b"\x01":
            challenge = (
                b"NTLMSSP\0\2\0\0\0" + b"\0\0\0\0\x38\0\0\0" + b"\x05\x02\x00\x00" + b"12345678" + b"\0" * 8 + b"\0" * 8 + b"\0" * 8
            )
            return 401, {"WWW-Authenticate": "NTLM " + base64.b64encode(challenge).decode()}
        if message[8:9] == b"\x03":
            return (200 if b"user" in message.replace(b"\0", b"") else 403), {}
        return 401, {"WWW-Authenticate": "NTLM"}

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __enter__(self):
        self.seen, self.active, self.most, self.lock = [], 0, 0, threading.Lock()
        self.url = f"127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


def script(body, options="", init=""):
    return f"""
    local http, k6, json = require "k6/http", require "k6", require "loadrun/json"
    local HOST = __ENV.HOST
    local URL = "http://" .. HOST
    {init}
    return {{ options = {{ {options} }}, default = function() {body} end }}
    """


class HttpCallsTest(LoadrunTest):
    def run_against_server(self, text, *arguments, code=0):
        with Server(("127.0.0.1", 0), Handler) as server:
            run = self.loadrun(text, "-e", f"HOST={server.url}", *arguments, code=code)
        return server, run

    def test_basic_credentials_come_from_the_url(self):
        server, _ = self.run_against_server(
            script('http.get("http://user:p%40ss@" .. HOST .. "/a") http.get("http://u:p@" .. HOST .. "/b", { auth = "basic" })')
        )
        expected = ["Basic " + base64.b64encode(text).decode() for text in (b"user:p@ss", b"u:p")]
        self.assertEqual([authorization for _, authorization in server.seen], expected)

    def test_digest_of_a_real_server(self):
        with Httpbin() as httpbin:
            for path in ("auth/user/pwd", "auth/user/pwd/SHA-256", "auth-int/user/pwd"):
                url = httpbin.url.replace("://", "://user:pwd@") + "/digest-auth/" + path
                run = self.loadrun(
                    script('local res = http.get(__ENV.URL, { auth = "digest" }) console.log(res.status, res:json("user"))'),
                    *("-e", f"URL={url}", "-e", "HOST=x"),
                )
                self.assertEqual(run.said(), ["200 user"], path)
                self.assertEqual(run.count("http_reqs"), 2)
                self.assertEqual(run.metric("http_req_failed")["passes"], 0)
            wrong = httpbin.url.replace("://", "://user:wrong@") + "/digest-auth/auth/user/pwd"
            run = self.loadrun(script('console.log(http.get(__ENV.URL, { auth = "digest" }).status)'), "-e", f"URL={wrong}", "-e", "HOST=x")
            self.assertEqual(run.said(), ["401"])
            self.assertEqual((run.count("http_reqs"), run.metric("http_req_failed")["passes"]), (2, 1))

    def test_the_legs_of_ntlm_are_one_exchange(self):
        server, run = self.run_against_server(
            script("""
              local res = http.post("http://user:pass@" .. HOST .. "/ntlm", "body", { auth = "ntlm" })
              console.log(res.status, res.body)
              http.get(URL .. "/plain")""")
        )
        self.assertEqual(run.said(), ["200 body"])
        self.assertEqual(run.count("http_reqs"), 2)
        self.assertEqual([(path, (text or "")[:4]) for path, text in server.seen[-2:]], [("/ntlm", "NTLM"), ("/plain", "")])

    def test_unknown_credentials_are_refused(self):
        run = self.loadrun(script('http.get("http://x/", { auth = "kerberos" })'), "-e", "HOST=x", code=107)
        self.assertIn('params.auth: expected "basic", "digest" or "ntlm", got kerberos', run.log)
        self.assertEqual(run.count("http_reqs"), 0)

    def test_what_is_expected_is_the_scripts_to_say(self):
        with Httpbin() as httpbin:
            run = self.loadrun(
                script(
                    """http.get(URL .. "/status/404")                                             -- expected by the VU
                    http.get(URL .. "/status/418", { responseCallback = http.expectedStatuses(418) })
                    http.get(URL .. "/status/404", { responseCallback = http.expectedStatuses({ min = 200, max = 299 }) })
                    http.get(URL .. "/status/500", { responseCallback = json.null })               -- not judged
                    http.setResponseCallback(nil)
                    http.get(URL .. "/status/500")""",
                    init="http.setResponseCallback(http.expectedStatuses(404))",
                ),
                *("-e", f"HOST=127.0.0.1:{httpbin.port}"),
            )
        self.assertEqual(run.count("http_reqs"), 5)
        failed = run.metric("http_req_failed")
        self.assertEqual((failed["passes"], failed["fails"]), (1, 2))

    def test_wrong_callbacks_are_refused(self):
        run = self.loadrun(
            script('console.log(pcall(http.setResponseCallback, 5)) console.log(pcall(http.get, "http://x/", { responseCallback = "x" }))'),
            *("-e", "HOST=x"),
        )
        self.assertIn("expected http.expectedStatuses(...) or nil, got a number", run.log)
        self.assertIn("params.responseCallback: expected http.expectedStatuses(...), or json.null for none, got x", run.log)

    def test_a_request_raises_when_its_params_say_so(self):
        body = """console.log(pcall(http.get, "http://127.0.0.1:1/", { throw = true }))
          console.log(http.get("http://127.0.0.1:1/", { throw = false }).error_code)"""
        for options in ("", "throw = true"):
            run = self.loadrun(script(body, options), "-e", "HOST=x")
            self.assertIn("dial: connection refused", run.said()[0])
            self.assertEqual(run.said()[1], "1212")

    def test_a_batch_keeps_to_its_limits(self):
        body = """local requests = {} for i = 1, 20 do requests[i] = URL .. "/wait" end
          local responses = http.batch(requests)
          console.log(#responses)"""
        for options, most in (("", 6), ("batchPerHost = 0", 20), ("batchPerHost = 0, batch = 4", 4), ("batchPerHost = 2", 2)):
            server, run = self.run_against_server(script(body, options))
            self.assertEqual(run.said(), ["20"])
            self.assertEqual(server.most, most, options)
        server, _ = self.run_against_server(script(body), "--batch", "3")
        self.assertEqual(server.most, 3)

    def test_a_batch_raises_the_first_error(self):
        body = 'console.log(pcall(http.batch, { URL .. "/a", { "GET", "http://127.0.0.1:1/" } }))'
        server, run = self.run_against_server(script(body, "throw = true"))
        self.assertIn("connection refused", run.said()[0])
        self.assertEqual(len(server.seen), 1)

    def test_an_async_request_is_a_task(self):
        body = """local started = os.time()
          local tasks = {} for i = 1, 5 do tasks[i] = http.asyncRequest("POST", URL .. "/wait", "n" .. i) end
          for i = 1, 5 do console.log(tasks[i]:await().body) end"""
        server, run = self.run_against_server(script(body))
        self.assertEqual(run.said(), ["n1", "n2", "n3", "n4", "n5"])
        self.assertEqual(server.most, 5)

    def test_a_template_names_the_request(self):
        body = """http.get(http.url(URL .. "/items/${}/${}", 7, "a/b"))
          http.get(http.url(URL .. "/items/${}", 2 ^ 40), { tags = { name = "mine" } })
          console.log(pcall(http.url, "/${}/${}", 1))"""
        server, run = self.run_against_server(script(body, 'thresholds = { ["http_reqs{name:mine}"] = { "count==1" } }'))
        self.assertEqual([path for path, _ in server.seen], ["/items/7/a%2Fb", "/items/1099511627776"])
        self.assertIn("http.url: 2 ${} and 1 values", run.said()[0])

    def test_the_request_is_part_of_the_response(self):
        body = """local res = http.post(URL .. "/p", "body", { headers = { ["x-own"] = "1", ["User-Agent"] = "me" } })
          console.log(json.encode(res.request))"""
        _, run = self.run_against_server(script(body))
        request = json.loads(run.said()[0])
        self.assertEqual((request["method"], request["body"]), ("POST", "body"))
        self.assertEqual(request["headers"], {"X-Own": ["1"], "User-Agent": ["me"]})

    def test_http_debug_shows_what_was_on_the_wire(self):
        body = 'http.post(URL .. "/p", "the body")'
        for arguments, shows_body in ((["--http-debug"], False), (["--http-debug=full"], True)):
            _, run = self.run_against_server(script(body), *arguments)
            self.assertRegex(run.log, r"Request:\s+POST /p HTTP/1\.1")
            self.assertRegex(run.log, r"Response:\s+HTTP/1\.1 200 OK")
            self.assertEqual("the body" in run.log, shows_body)
            self.assertIn("source=http-debug", run.stderr)
        _, run = self.run_against_server(script(body, 'httpDebug = "full"'))
        self.assertIn("the body", run.log)

    def test_http_debug_of_failures_only(self):
        body = 'http.get(URL .. "/fine") http.get(URL .. "/ntlm")'
        _, run = self.run_against_server(script(body), "--http-debug=failed")
        self.assertNotIn("GET /fine", run.log)
        self.assertIn("GET /ntlm", run.log)

    def test_http_debug_of_something_else_is_refused(self):
        run = self.loadrun(script(""), "--http-debug=loud", "-e", "HOST=x", code=104)
        self.assertIn('httpDebug: "loud" is none of headers, full and failed', run.log)


if __name__ == "__main__":
    unittest.main()

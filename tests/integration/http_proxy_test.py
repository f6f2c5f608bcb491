"""Proxies of the environment and of requests, judged by what the proxy and the server behind it saw."""

import base64
import http.server
import os
import socket
import ssl
import subprocess
import threading
import time
import unittest

from support.nginx_server import Nginx, free_port
from support.proxy_servers import Microsocks, Tinyproxy
from support.run_loadrun import LoadrunTest

SCRIPT = """
local http = require "k6/http"
local E = __ENV
local function show(r)
  console.log(r.status, r.error_code, r.error, r.body)
end
return { options = { insecureSkipTLSVerify = true, %s }, default = function() %s end }
"""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append((self.path, self.client_address[1], dict(self.headers)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


class Origin(http.server.ThreadingHTTPServer):
    """Notes path, port of the client and headers of each request."""

    daemon_threads = True

    def __init__(self, certificate=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen = []
        self.port = self.server_address[1]
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def paths(self):
        return [path for path, _, _ in self.seen]


class ProxyTest(LoadrunTest):
    def certificate(self):
        path = os.path.join(self.dir, "both.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
             "-keyout", path + ".key", "-out", path],
            check=True, capture_output=True,
        )
        with open(path, "a", encoding="ascii") as out, open(path + ".key", encoding="ascii") as key:
            out.write(key.read())
        return path

    def run_with(self, body, variables=None, env=None, options="", arguments=(), code=0):
        named = [part for name, value in (variables or {}).items() for part in ("-e", f"{name}={value}")]
        return self.loadrun(SCRIPT % (options, body), *named, *arguments, env=env, code=code)


class RequestProxyTest(ProxyTest):
    def test_http_through_an_http_proxy(self):
        with Origin() as origin, Tinyproxy() as proxy:
            run = self.run_with(
                'for i = 1, 3 do show(http.get(E.URL .. "/" .. i, { proxy = "http://" .. E.PROXY })) end show(http.get(E.URL .. "/direct"))',
                {"URL": origin.url, "PROXY": proxy.address},
            )
            self.assertEqual(run.said(), ["200 0  ok"] * 4)
            self.assertEqual(origin.paths(), ["/1", "/2", "/3", "/direct"])
            self.assertEqual(proxy.requests(), [f"GET {origin.url}/{i}" for i in (1, 2, 3)])

    def test_https_through_a_tunnel_that_is_used_again(self):
        with Origin(self.certificate()) as origin, Tinyproxy() as proxy:
            run = self.run_with(
                """for i = 1, 3 do
                  local r = http.get(E.URL .. "/" .. i, { proxy = E.PROXY, headers = { ["X-Own"] = "1" } })
                  console.log(r.status, r.proto, r.headers["Via"], r.headers["Proxy-Agent"], r.remote_port == tonumber(E.PORT),
                    r.timings.connecting > 0, r.timings.tls_handshaking > 0)
                end""",
                {"URL": origin.url, "PROXY": proxy.address, "PORT": proxy.port},
            )
            self.assertEqual(run.said(), [f"200 HTTP/1.1 nil nil true {new} {new}" for new in ("true", "false", "false")])
            self.assertEqual(proxy.requests(), [f"CONNECT 127.0.0.1:{origin.port}"])
            self.assertEqual(origin.paths(), ["/1", "/2", "/3"])
            self.assertEqual(len({port for _, port, _ in origin.seen}), 1)
            self.assertTrue(all("Proxy-Connection" not in headers for _, _, headers in origin.seen))

    def test_credentials(self):
        with Origin() as origin, Origin(self.certificate()) as secure, Tinyproxy("BasicAuth user s3cr-t") as proxy:
            run = self.run_with(
                """for _, url in ipairs({ E.URL, E.TLS }) do
                  show(http.get(url, { proxy = "http://user:s3cr%2Dt@" .. E.PROXY }))
                  show(http.get(url, { proxy = "http://user:wr0ng@" .. E.PROXY, responseType = "none" }))
                  show(http.get(url, { proxy = "http://" .. E.PROXY, responseType = "none" }))
                end""",
                {"URL": origin.url, "TLS": secure.url, "PROXY": proxy.address},
                arguments=("--http-debug=full",),
            )
            said = run.said()
            self.assertEqual(said[0], "200 0  ok")
            self.assertEqual([text[:8] for text in said[1:3]], ["401 1401", "407 1407"])
            self.assertEqual(said[3], "200 0  ok")
            self.assertTrue(said[4].startswith("0 1000 the proxy refused CONNECT: 401 "), said)
            self.assertTrue(said[5].startswith("0 1000 the proxy refused CONNECT: 407 Proxy Authentication Required"), said)
            self.assertEqual((len(origin.seen), len(secure.seen)), (1, 1))
            secrets = ["s3cr", "wr0ng"] + [base64.b64encode(text).decode() for text in (b"user:s3cr-t", b"user:wr0ng")]
            for secret in secrets:
                self.assertNotIn(secret, run.stderr + run.stdout)
            self.assertIn("Proxy-Authorization: ***", run.log)

    def test_connections_are_not_mixed(self):
        """The same server, directly, through two proxies and through one proxy as two users: five connections."""
        with Origin(self.certificate()) as origin, Tinyproxy() as one, Tinyproxy() as other:
            self.run_with(
                """for i = 1, 3 do
                  http.get(E.URL .. "/direct")
                  http.get(E.URL .. "/one", { proxy = E.ONE })
                  http.get(E.URL .. "/other", { proxy = E.OTHER })
                  http.get(E.URL .. "/as-a", { proxy = "http://a:1@" .. E.ONE })
                  http.get(E.URL .. "/as-b", { proxy = "http://b:2@" .. E.ONE })
                end""",
                {"URL": origin.url, "ONE": one.address, "OTHER": other.address},
            )
            used = {}
            for path, port, _ in origin.seen:
                used.setdefault(path, set()).add(port)
            self.assertEqual({path: len(ports) for path, ports in used.items()},
                             {"/direct": 1, "/one": 1, "/other": 1, "/as-a": 3, "/as-b": 3})
            self.assertEqual(len(set.union(*used.values())), 9)
            self.assertEqual((len(one.requests()), len(other.requests())), (7, 1))

    def test_redirects_stay_with_the_proxy(self):
        with Nginx() as origin, Tinyproxy() as proxy:
            run = self.run_with(
                'show(http.get(E.URL .. "/hop/2", { proxy = E.PROXY })) show(http.get(E.URL .. "/text"))',
                {"URL": origin.url, "PROXY": proxy.address},
            )
            self.assertEqual(run.said(), ["200 0  arrived", "200 0  hello"])
            self.assertEqual([line.split("/hop")[1] for line in proxy.requests()], ["/2", "/1", "/0"])

    def test_socks(self):
        """The proxy looks the name up, as with k6."""
        with Origin() as origin, Origin(self.certificate()) as secure, Microsocks() as proxy, Microsocks("-u", "me", "-P", "pw") as closed:
            run = self.run_with(
                """show(http.get(E.URL, { proxy = "socks5://" .. E.PROXY }))
                show(http.get(E.TLS, { proxy = "socks5://" .. E.PROXY }))
                show(http.get(E.URL, { proxy = "socks5://me:pw@" .. E.CLOSED }))
                show(http.get(E.URL, { proxy = "socks5://me:wr0ng@" .. E.CLOSED }))
                show(http.get("http://no-such-host.invalid/", { proxy = "socks5://" .. E.PROXY }))""",
                {"URL": origin.url.replace("127.0.0.1", "localhost"), "TLS": secure.url, "PROXY": proxy.address, "CLOSED": closed.address},
            )
            said = run.said()
            self.assertEqual(said[:3], ["200 0  ok"] * 3)
            self.assertRegex(said[3], "^0 1200 socks connect: ")
            self.assertRegex(said[4], "^0 1200 socks connect: ")
            self.assertNotIn("wr0ng", run.stderr)
            self.assertEqual(proxy.targets()[:2], [f"localhost:{origin.port}", f"127.0.0.1:{secure.port}"])

    def test_proxies_that_are_not_there(self):
        with Origin() as origin:
            run = self.run_with(
                """for _, proxy in ipairs({ "http://u:s3cret@127.0.0.1:" .. E.PORT, "socks5://127.0.0.1:" .. E.PORT, "http://u:s3cret@no-such-host.invalid:80" }) do
                  show(http.get(E.URL, { proxy = proxy }))
                end""",
                {"URL": origin.url, "PORT": free_port()},
            )
            self.assertEqual(run.said()[:2], ["0 1200 proxyconnect tcp: dial: connection refused nil"] * 2)
            self.assertEqual(run.said()[2], "0 1200 proxyconnect tcp: lookup: no such host nil")
            self.assertNotIn("s3cret", run.stderr)
            self.assertEqual(origin.seen, [])

    def test_a_tunnel_that_takes_long_is_blocked_time(self):
        with Origin(self.certificate()) as origin, SlowTunnel(origin.port, 0.3) as proxy:
            run = self.run_with(
                'local t = http.get(E.URL, { proxy = E.PROXY }).timings console.log(t.blocked >= 300, t.tls_handshaking < 250, t.connecting < 250, t.duration < 250)',
                {"URL": origin.url, "PROXY": f"http://127.0.0.1:{proxy.port}"},
            )
            self.assertEqual(run.said(), ["true true true true"])

    def test_https_to_the_proxy_itself(self):
        certificate = self.certificate()
        body = 'show(http.get(E.URL, { proxy = "https://" .. E.PROXY }))'
        for options, said in (
            ("", "200 0  ok"),
            ("insecureSkipTLSVerify = false", "0 1200 proxyconnect tcp: x509: unknown authority nil"),
        ):
            with Origin(certificate) as origin, SlowTunnel(origin.port, 0, certificate) as proxy:
                run = self.run_with(body, {"URL": origin.url, "PROXY": f"127.0.0.1:{proxy.port}"}, options=options)
                self.assertEqual(run.said(), [said])

    def test_malformed(self):
        for value, message in (
            ('"ftp://u:s3cret@host"', "must begin with http://, https:// or socks5://"),
            ('"http://u:s3cret@"', "must "),
            ('"http://u:s3cret@a b"', "must not have blanks"),
            ('"http://u:s3cret@host:port"', "must have the form http://host:port"),
            ("7", "expected the URL of a proxy, or false for none, got a number"),
            ("true", "expected the URL of a proxy, or false for none, got a boolean"),
        ):
            run = self.run_with(f'http.get("http://127.0.0.1:1/", {{ proxy = {value} }})', code=107)
            self.assertIn("params.proxy: ", run.log, value)
            self.assertIn(message, run.log, value)
            self.assertNotIn("s3cret", run.log.split("source")[0].replace(value, ""))


class SlowTunnel:
    """A proxy for one tunnel that takes its time with the answer to CONNECT; with a certificate, an https one."""

    def __init__(self, target, seconds, certificate=None):
        self.target, self.seconds, self.certificate = target, seconds, certificate

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def serve(self):
        client, _ = self.listener.accept()
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            try:
                client = context.wrap_socket(client, server_side=True)
            except ssl.SSLError:
                return
        while b"\r\n\r\n" not in client.recv(65536):
            pass
        time.sleep(self.seconds)
        server = socket.create_connection(("127.0.0.1", self.target))
        client.sendall(b"HTTP/1.1 200 fine\r\nX-Leak: 1\r\n\r\n")
        threading.Thread(target=self.copy, args=(client, server), daemon=True).start()
        self.copy(server, client)

    @staticmethod
    def copy(source, target):
        while data := source.recv(65536):
            target.sendall(data)


class EnvironmentTest(ProxyTest):
    """Loopback addresses are never proxied by the environment: 0.0.0.0 reaches this machine, too, and is none."""

    def seen_by_proxy(self, env, urls, body='for url in E.URLS:gmatch("%S+") do http.get(url, { timeout = "5s" }) end'):
        with Origin() as origin, Origin(self.certificate()) as secure, Tinyproxy() as proxy:
            def fill(text):
                return text.format(proxy=proxy.address, port=origin.port, tls=secure.port)

            run = self.run_with(body, {"URLS": fill(" ".join(urls))}, {name: fill(value) for name, value in env.items()})
            return [text.replace(str(origin.port), "P").replace(str(secure.port), "T") for text in proxy.requests()], origin, run

    def test_is_by_scheme(self):
        urls = ("http://0.0.0.0:{port}/", "https://0.0.0.0:{tls}/")
        self.assertEqual(self.seen_by_proxy({"HTTP_PROXY": "http://{proxy}"}, urls)[0], ["GET http://0.0.0.0:P/"])
        self.assertEqual(self.seen_by_proxy({"https_proxy": "{proxy}"}, urls)[0], ["CONNECT 0.0.0.0:T"])
        both = {"http_proxy": "{proxy}", "HTTPS_PROXY": "http://{proxy}", "ALL_PROXY": "http://127.0.0.1:1"}
        self.assertEqual(self.seen_by_proxy(both, urls)[0], ["GET http://0.0.0.0:P/", "CONNECT 0.0.0.0:T"])
        self.assertEqual(self.seen_by_proxy({"ALL_PROXY": "http://{proxy}"}, urls)[0], [])

    def test_loopback_and_no_proxy_go_directly(self):
        urls = ("http://127.0.0.1:{port}/a", "http://localhost:{port}/b")
        seen, origin, _ = self.seen_by_proxy({"HTTP_PROXY": "{proxy}"}, urls)
        self.assertEqual((seen, origin.paths()), ([], ["/a", "/b"]))
        for no_proxy in ("*", "0.0.0.0", "10.0.0.0/8, 0.0.0.0/8", "0.0.0.0:{port}"):
            seen, origin, _ = self.seen_by_proxy({"HTTP_PROXY": "{proxy}", "NO_PROXY": no_proxy}, ("http://0.0.0.0:{port}/c",))
            self.assertEqual((seen, origin.paths()), ([], ["/c"]), no_proxy)
        seen, _, _ = self.seen_by_proxy({"HTTP_PROXY": "{proxy}", "NO_PROXY": "0.0.0.0:1,example.com"}, ("http://0.0.0.0:{port}/d",))
        self.assertEqual(seen, ["GET http://0.0.0.0:P/d"])

    def test_requests_can_do_without(self):
        body = 'for _, none in ipairs({ false, "" }) do http.get(E.URLS, { proxy = none }) end http.get(E.URLS .. "via", { proxy = require("loadrun/json").null })'
        seen, origin, _ = self.seen_by_proxy({"HTTP_PROXY": "{proxy}"}, ("http://0.0.0.0:{port}/",), body)
        self.assertEqual((seen, origin.paths()), (["GET http://0.0.0.0:P/via"], ["/", "/", "/via"]))

    def test_malformed_has_no_effect_and_says_so(self):
        seen, origin, run = self.seen_by_proxy({"HTTP_PROXY": "ftp://u:s3cret@{proxy}"}, ("http://0.0.0.0:{port}/",))
        self.assertEqual((seen, origin.paths()), ([], ["/"]))
        self.assertIn("the environment's HTTP_PROXY has no effect: the URL of a proxy must begin with", run.log)
        self.assertNotIn("s3cret", run.stderr)


if __name__ == "__main__":
    unittest.main()

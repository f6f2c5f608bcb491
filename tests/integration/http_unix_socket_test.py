"""params.unixSocket, judged by what nginx behind the socket saw."""

import os
import socket
import tempfile
import threading
import unittest

from support.nginx_server import Nginx
from support.run_loadrun import LoadrunTest

SCRIPT = """
local http = require "k6/http"
local SOCKET = __ENV.SOCKET
return { options = { %s }, default = function() %s end }
"""


class UnixSocketTest(LoadrunTest):
    def run_with(self, body, path, *arguments, options="", env=None, code=0):
        return self.loadrun(SCRIPT % (options, body), "-e", f"SOCKET={path}", *arguments, env=env, code=code)

    def run_against_nginx(self, body, *arguments, options="", env=None):
        with Nginx(unix_socket=True) as nginx:
            run = self.run_with(body, nginx.socket_path, *arguments, options=options, env=env)
            return run, nginx.take_requests()

    def test_takes_the_place_of_the_server(self):
        run, requests = self.run_against_nginx(
            """local params = { unixSocket = SOCKET, headers = { ["X-Test"] = "t" } }
            for _ = 1, 2 do
              local r = http.get("http://api.example:81/json?a=b", params)
              console.log(r.status, r.remote_ip == "", r.remote_port, r.timings.duration > 0, r.url)
            end
            local r = http.post("http://api.example/echo", ("x"):rep(100000), params)
            console.log(r.status, r.body)
            local r = http.get("http://api.example/hop/2", params)
            console.log(r.status, r.body)"""
        )
        self.assertEqual(
            run.said(), ["200 true 0 true http://api.example:81/json?a=b"] * 2 + ["200 POST", "200 arrived"]
        )
        self.assertEqual([request["uri"] for request in requests], ["/json?a=b"] * 2 + ["/echo", "/hop/2", "/hop/1", "/hop/0"])
        self.assertEqual([request["host"] for request in requests], ["api.example:81"] * 2 + ["api.example"] * 4)
        # One connection to each name, as without a socket.
        self.assertEqual(len({request["connection"] for request in requests}), 2)

    def test_connections_are_not_mixed_with_others(self):
        with Nginx(unix_socket=True) as nginx:
            run = self.run_with(
                """for _ = 1, 2 do
                  console.log(http.get(__ENV.URL .. "/text").remote_ip)
                  console.log(http.get(__ENV.URL .. "/text", { unixSocket = SOCKET }).remote_ip)
                end""",
                nginx.socket_path, "-e", f"URL={nginx.url}",
            )
            self.assertEqual(run.said(), ["127.0.0.1", ""] * 2)
            self.assertEqual(len({request["connection"] for request in nginx.take_requests()}), 2)

    def test_bytes(self):
        """Of requests and responses as they are on the wire: what a socket in Python counts."""
        for method, body in (("GET", "nil"), ("POST", '("x"):rep(5)'), ("POST", '("x"):rep(100000)')):
            with CountingServer() as server:
                run = self.run_with(f'for _ = 1, 3 do http.request("{method}", "http://a/", {body}, {{ unixSocket = SOCKET }}) end', server.path)
                self.assertEqual(run.count("data_sent"), server.received, (method, body))
                self.assertEqual(run.count("data_received"), server.sent, (method, body))

    def test_goes_before_proxies_of_the_environment(self):
        run, requests = self.run_against_nginx(
            'console.log(http.get("http://api.example/text", { unixSocket = SOCKET }).body)', env={"HTTP_PROXY": "http://127.0.0.1:1"}
        )
        self.assertEqual((run.said(), len(requests)), (["hello"], 1))

    def test_sockets_that_are_not_there(self):
        body = 'local r = http.get("http://a/", { unixSocket = SOCKET }) console.log(r.status, r.error_code, r.error)'
        absent = os.path.join(self.dir, "absent")
        self.assertEqual(self.run_with(body, absent).said(), [f"0 1213 dial unix {absent}: no such file or directory"])
        refused = os.path.join(self.dir, "refused")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(refused)
        self.assertEqual(self.run_with(body, refused).said(), [f"0 1212 dial unix {refused}: connection refused"])

    def test_malformed(self):
        for params, message in (
            ("unixSocket = 7", "params.unixSocket: expected a path of 1 to 107 bytes, got 7"),
            ('unixSocket = ""', "params.unixSocket: expected a path of 1 to 107 bytes, got"),
            ('unixSocket = ("x"):rep(108)', "params.unixSocket: expected a path of 1 to 107 bytes, got xxx"),
            ('unixSocket = "/a", proxy = "http://b"', "params.unixSocket: there is no proxy on the way to a socket"),
        ):
            run = self.run_with(f'http.get("http://a/", {{ {params} }})', "", code=107)
            self.assertIn(message, run.log, params)


class CountingServer:
    """Answers "ok" on a Unix socket and counts the bytes of the stream."""

    ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    def __enter__(self):
        self.dir = tempfile.TemporaryDirectory(prefix="loadrun-unix-")
        self.path = os.path.join(self.dir.name, "s")
        self.sent = self.received = 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(8)
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.dir.cleanup()

    def serve(self):
        client, _ = self.listener.accept()
        data = b""
        while more := client.recv(65536):
            self.received += len(more)
            data += more
            head, end, body = data.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0] or 0)
            if end and len(body) >= length:
                data = body[length:]
                self.sent += client.send(self.ANSWER)


if __name__ == "__main__":
    unittest.main()

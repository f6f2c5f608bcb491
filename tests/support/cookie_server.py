"""A server that sets cookies as a request's query says and remembers those that it got."""

import http.server
import json
import os
import ssl
import subprocess
import tempfile
import threading
import urllib.parse


class Handler(http.server.BaseHTTPRequestHandler):
    """`set` in the query, possibly repeated, is a Set-Cookie header each; `to` is where to be redirected."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        self.server.note(url.path, "; ".join(self.headers.get_all("Cookie", [])))
        self.send_response(302 if "to" in query else 200)
        for line in query.get("set", []):
            self.send_header("Set-Cookie", line)
        if "to" in query:
            self.send_header("Location", query["to"][0])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class CookieServer(http.server.ThreadingHTTPServer):
    """Listens while the `with` block runs. `got` lists path and Cookie header of each request, in their order."""

    daemon_threads = True

    def __init__(self, host="127.0.0.1", tls=False):
        super().__init__((host, 0), Handler)
        self.got = []
        self.lock = threading.Lock()
        self.port = self.server_address[1]
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}"
        if tls:
            self.socket = tls_context(host).wrap_socket(self.socket, server_side=True)

    def note(self, path, cookies):
        with self.lock:
            self.got.append((path, cookies))

    def cookies(self):
        """Of the last request: values by name."""
        header = self.got[-1][1]
        return dict(pair.split("=", 1) for pair in header.split("; ")) if header else {}

    def __enter__(self):
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.thread.join()
        self.server_close()


def tls_context(host):
    """With a certificate that is made for the occasion and that nobody trusts."""
    with tempfile.TemporaryDirectory(prefix="loadrun-tls-") as folder:
        path = os.path.join(folder, "certificate.pem")
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        command += ["-days", "2", "-subj", f"/CN={host}", "-keyout", path]
        subprocess.run([*command, "-out", path + ".crt"], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path + ".crt", path)
    return context

"""An HTTP server that keeps what it was sent and answers with bodies in content codings and of any size."""

import gzip
import http.server
import subprocess
import threading
import zlib
from dataclasses import dataclass

PIECE = bytes(1 << 20)


def filtered(command, data):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


ENCODERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: filtered(["brotli", "-c", "-q", "5"], data),
    "zstd": lambda data: filtered(["zstd", "-qc"], data),
}
DECODERS = {
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "br": lambda data: filtered(["brotli", "-dc"], data),
    "zstd": lambda data: filtered(["zstd", "-qdc"], data),
}


def names(codings):
    return [name.strip() for name in codings.split(",") if name.strip()]


def encoded(codings, data):
    """`data` in the codings of a Content-Encoding header, unknown ones left out."""
    for name in names(codings):
        data = ENCODERS.get(name, bytes)(data)
    return data


def decoded(codings, data):
    for name in reversed(names(codings)):
        data = DECODERS[name](data)
    return data


@dataclass
class Request:
    method: str
    path: str
    headers: object  # an email.message.Message: names in any case
    body: bytes  # empty below /sink
    length: int


@dataclass
class Answer:
    body: bytes = b"ok"
    headers: tuple = ()
    status: int = 200


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16

    def log_message(self, *_):
        pass

    def read_body(self):
        """The body, or below /sink only its length."""
        left = length = int(self.headers.get("Content-Length", 0))
        pieces = []
        while left > 0:
            piece = self.rfile.read(min(left, len(PIECE)))
            if not piece:
                raise ConnectionError("the request was cut off")
            left -= len(piece)
            if not self.path.startswith("/sink"):
                pieces.append(piece)
        return b"".join(pieces), length

    def answer(self):
        body, length = self.read_body()
        self.server.requests.append(Request(self.command, self.path, self.headers, body, length))
        if self.path.startswith("/zeros/"):
            return self.send_zeros(int(self.path.split("/")[2]))
        answer = self.server.answers.get(self.path, Answer())
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD" and answer.status != 204:
            self.wfile.write(answer.body)
        self.wfile.flush()

    def send_zeros(self, length):
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        while length > 0:
            self.wfile.write(PIECE[:length])
            length -= len(PIECE)
        self.wfile.flush()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer


class QuietServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # a connection that a test cut off


class BodyServer:
    """Runs while the `with` block does. `requests` are those that were complete, in the order they ended; `answers` maps
    a path to its Answer; /zeros/N answers N zeros and /sink takes any body without keeping it."""

    def __enter__(self):
        self.server = QuietServer(("127.0.0.1", 0), Handler)
        self.requests = self.server.requests = []
        self.answers = self.server.answers = {}
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

"""A TCP server whose answers are broken on purpose, one way a path."""

import re
import socket
import struct
import threading

ANSWERS = {
    "/late": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "/ok": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "/never": b"",
    "/cut-body": b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this",
    "/cut-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nonly this",
    "/cut-head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "/empty": b"",
    "/no-http": b"this is no HTTP at all\r\n\r\n",
    "/reset": b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this",
}
KEEP_ALIVE = ("/ok", "/late")
DELAYS_S = {"/late": 0.2, "/never": 60}


class FaultServer:
    """/ok and /late (after 200 ms) answer and keep the connection; /never waits until the server stops; the others
    answer as ANSWERS says and close. `requests` counts by path."""

    def __enter__(self):
        self.requests = {}
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.threads = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.listener.settimeout(0.05)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.acceptor = threading.Thread(target=self.accept, daemon=True)
        self.acceptor.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.acceptor.join()
        self.listener.close()
        for thread in self.threads:
            thread.join(5)

    def accept(self):
        while not self.stopping.is_set():
            try:
                connection, _ = self.listener.accept()
            except TimeoutError:
                continue
            thread = threading.Thread(target=self.serve, args=(connection,), daemon=True)
            thread.start()
            self.threads.append(thread)

    def serve(self, connection):
        with connection:
            connection.settimeout(10)
            path = self.read_path(connection)
            while path:
                with self.lock:
                    self.requests[path] = self.requests.get(path, 0) + 1
                self.answer(connection, path)
                path = self.read_path(connection) if path in KEEP_ALIVE else None

    def answer(self, connection, path):
        if path in DELAYS_S:
            self.stopping.wait(DELAYS_S[path])
        connection.sendall(ANSWERS[path])
        if path == "/reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    @staticmethod
    def read_path(connection):
        """Reads one request, body included; its path, or None when the peer has gone or says nothing for long."""
        text = b""
        try:
            while not complete(text):
                received = connection.recv(65536)
                if not received:
                    return None
                text += received
        except OSError:
            return None
        return text.split(b" ", 2)[1].decode()


def complete(request):
    head, separator, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    return bool(separator) and len(body) >= (int(length[1]) if length else 0)

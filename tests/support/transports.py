"""The ways a request can reach a server: HTTP/1.1 and HTTP/2, each in plain text and over TLS. A real haproxy stands
between and speaks HTTP/1.1 to the server, which stays what it is."""

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass

from support.certificates import Authority
from support.nginx_server import free_ports


@dataclass(frozen=True)
class Transport:
    name: str
    scheme: str
    proto: str  # res.proto
    bind: str  # haproxy's
    version: str = "auto"  # the option httpVersion

    @property
    def tls(self):
        return self.scheme == "https"


H1 = Transport("h1", "http", "HTTP/1.1", "")
H1_TLS = Transport("h1_tls", "https", "HTTP/1.1", "ssl crt {certificate} alpn http/1.1")
H2 = Transport("h2", "https", "HTTP/2.0", "ssl crt {certificate} alpn h2")
H2C = Transport("h2c", "http", "HTTP/2.0", "proto h2", version="2")
TRANSPORTS = (H1, H1_TLS, H2, H2C)

CONFIG = """
global
  maxconn 4000
  log stdout format raw local0 crit
defaults
  mode http
  timeout connect 10s
  timeout client 100s
  timeout server 100s
"""
FRONTEND = """
frontend {name}_{transport}
  bind 127.0.0.1:{port} {bind}
  default_backend {name}
"""
BACKEND = """
backend {name}
  server origin 127.0.0.1:{port}
"""


class Gateway:
    """Runs while the `with` block does. `servers` are ports of HTTP/1.1 servers by name; url(name, transport) is where a
    transport reaches one, and arguments(transport) are loadrun's for it."""

    def __init__(self, **servers):
        self.servers = servers
        fronts = list(itertools.product(servers, TRANSPORTS))
        self.ports = dict(zip(fronts, free_ports(len(fronts))))

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="loadrun-haproxy-")
        leaf = Authority(self.dir).sign("server")
        both = os.path.join(self.dir, "both.pem")
        with open(both, "wb") as out:
            for part in (leaf.cert, leaf.key):
                with open(part, "rb") as text:
                    out.write(text.read())
        config = os.path.join(self.dir, "haproxy.cfg")
        with open(config, "w", encoding="ascii") as out:
            out.write(self.config(both))
        path = os.environ.get("PATH", "") + ":/usr/sbin"
        self.process = subprocess.Popen(["haproxy", "-db", "-q", "-f", config], env={**os.environ, "PATH": path})
        try:
            self.wait_until_listening()
        except BaseException:
            self.__exit__()
            raise
        return self

    def config(self, certificate):
        text = CONFIG
        for name, port in self.servers.items():
            text += BACKEND.format(name=name, port=port)
        for (name, transport), port in self.ports.items():
            bind = transport.bind.format(certificate=certificate)
            text += FRONTEND.format(name=name, transport=transport.name, port=port, bind=bind)
        return text

    def wait_until_listening(self):
        """haproxy listens on all of its ports or on none."""
        port = next(iter(self.ports.values()))
        for _ in range(200):
            if self.process.poll() is not None:
                raise RuntimeError("haproxy did not start")
            try:
                return socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("haproxy does not listen")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.dir, ignore_errors=True)

    def url(self, name, transport):
        return f"{transport.scheme}://127.0.0.1:{self.ports[name, transport]}"

    @staticmethod
    def arguments(transport):
        return ("--insecure-skip-tls-verify", "--http-version", transport.version)

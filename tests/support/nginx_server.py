"""A real nginx on a free loopback port, and what it logged of the requests it answered."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
import uuid

# One worker: requests are logged in the order in which they were answered. /echo passes the request on to a second
# server of the same nginx, because nginx reads a request's body only when something needs it.
CONFIG = """
daemon off;
worker_processes 1;
worker_rlimit_nofile {files};
pid {dir}/pid;
error_log {dir}/error.log;
events {{ worker_connections {connections}; }}
http {{
  log_format facts escape=json '{{"method":"$request_method","uri":"$request_uri","status":$status,'
    '"connection":$connection,"time":$msec,"agent":"$http_user_agent","test":"$http_x_test","type":"$content_type",'
    '"host":"$http_host","protocol":"$server_protocol","body":"$request_body","tls":"$ssl_protocol",'
    '"cipher":"$ssl_cipher","resumed":"$ssl_session_reused","client":"$ssl_client_s_dn","sni":"$ssl_server_name"}}';
  keepalive_requests 100000000;
  keepalive_timeout 600s;
  client_body_temp_path {dir}/body;
  proxy_temp_path {dir}/proxy;
  fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi;
  scgi_temp_path {dir}/scgi;
  default_type text/plain;
  server {{
    listen 127.0.0.1:{port} backlog=8192;
    {unix}
    access_log {dir}/access.log facts;
    location = /json {{ default_type application/json; return 200 '{{"data":{{"id":7,"big":9007199254740993,"none":null,"list":[1,2,3]}}}}'; }}
    location = /text {{ return 200 "hello"; }}
    location = /none {{ return 204; }}
    location = /missing {{ return 404 "not here"; }}
    location = /broken {{ return 500 "broken"; }}
    location = /hop/0 {{ return 200 "arrived"; }}
    location = /hop/1 {{ return 302 /hop/0; }}
    location = /hop/2 {{ return 302 /hop/1; }}
    location = /hop/3 {{ return 302 /hop/2; }}
    location = /see-other {{ return 303 /echo; }}
    location = /found {{ return 302 /echo; }}
    location = /keep-method {{ return 307 /echo; }}
    location = /loop {{ return 302 /loop; }}
    location /echo {{ proxy_pass http://127.0.0.1:{inner}; }}
    location /marker {{ return 204; }}
  }}
  server {{
    listen 127.0.0.1:{inner};
    access_log off;
    location / {{ return 200 "$request_method"; }}
  }}
  {tls_servers}
}}
"""

# The same log: what it says of a request tells which of the servers got it.
TLS_SERVER = """
  server {{
    listen 127.0.0.1:{port} ssl {http2} backlog=8192;
    access_log {dir}/access.log facts;
    ssl_certificate {certificate.cert};
    ssl_certificate_key {certificate.key};
    {directives}
    location / {{ return 200 "hello"; }}
  }}
"""


def free_port():
    return free_ports(1)[0]


def free_ports(count):
    """So many different ones: one at a time, the same port may come twice."""
    with contextlib.ExitStack() as probes:
        sockets = [probes.enter_context(socket.socket()) for _ in range(count)]
        for probe in sockets:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in sockets]


class Nginx:
    """Runs while the `with` block does. `url` has no slash at its end; with `unix_socket` it
    listens on `socket_path`, too.

    `tls` describes more servers by name, with a certificate (certificates.Certificate) and nginx directives each; their
    ports are in `tls_ports`. Those named "h2" speak HTTP/2."""

    def __init__(self, connections=1024, unix_socket=False, tls=None):
        self.connections = connections
        self.unix_socket = unix_socket
        self.tls = tls or {}
        self.tls_ports = {}

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="loadrun-nginx-")
        os.chmod(self.dir, 0o755)  # nginx started by root answers as another user
        self.port, self.inner_port, *tls_ports = free_ports(2 + len(self.tls))
        self.socket_path = os.path.join(self.dir, "socket")
        self.url = f"http://127.0.0.1:{self.port}"
        self.tls_ports = dict(zip(self.tls, tls_ports))
        try:
            self.launch()
        except BaseException:
            self.__exit__()
            raise
        return self

    def tls_server(self, name):
        certificate, directives = self.tls[name]
        return TLS_SERVER.format(
            dir=self.dir,
            port=self.tls_ports[name],
            http2="http2" if name == "h2" else "",
            certificate=certificate,
            directives=directives,
        )

    def launch(self):
        config = os.path.join(self.dir, "nginx.conf")
        with open(config, "w", encoding="ascii") as out:
            out.write(
                CONFIG.format(
                    dir=self.dir,
                    unix=f"listen unix:{self.socket_path};" if self.unix_socket else "",
                    port=self.port,
                    inner=self.inner_port,
                    connections=self.connections,
                    files=self.connections + 64,
                    tls_servers="".join(map(self.tls_server, self.tls)),
                )
            )
        path = os.environ.get("PATH", "") + ":/usr/sbin"
        self.process = subprocess.Popen(
            ["nginx", "-p", self.dir, "-c", config], env={**os.environ, "PATH": path}, stderr=subprocess.PIPE
        )
        for _ in range(200):
            if self.process.poll() is not None:
                raise RuntimeError(f"nginx did not start: {self.process.stderr.read().decode()}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("nginx does not listen")

    def __exit__(self, *_):
        process = getattr(self, "process", None)
        if process:
            process.terminate()
            process.wait(20)
            process.stderr.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def take_requests(self):
        """Every request answered since the last call, as dictionaries. A marker request tells when the log is
        complete: a single worker logs it after all that came before."""
        marker = f"/marker/{uuid.uuid4()}"
        urllib.request.urlopen(self.url + marker, timeout=10).close()
        log = os.path.join(self.dir, "access.log")
        for _ in range(500):
            with open(log, encoding="utf-8") as file:
                requests = [json.loads(line) for line in file]
            if any(request["uri"] == marker for request in requests):
                os.truncate(log, 0)
                return [request for request in requests if not request["uri"].startswith("/marker/")]
            time.sleep(0.01)
        raise RuntimeError("nginx did not log the marker request")

"""The server under all generators: nginx with one worker on its own core, answering 33 bytes of JSON, and 100 MB under
/large."""

import contextlib
import os
import resource
import socket
import subprocess
import tempfile
import time

import machine

# backlog: 511 by default, too few for 9,000 virtual users that connect at once. keepalive_requests: 1,000 by default,
# after which nginx closes and the generator connects again.
CONFIG = """
daemon off;
worker_processes 1;
worker_rlimit_nofile {files};
pid {dir}/pid;
error_log {dir}/error.log;
events {{ worker_connections {connections}; }}
http {{
  access_log off;
  sendfile on;
  keepalive_requests 100000000;
  keepalive_timeout 600s;
  client_body_temp_path {dir}/body;
  proxy_temp_path {dir}/proxy;
  fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi;
  scgi_temp_path {dir}/scgi;
  default_type application/json;
  {servers}
}}
"""
ANSWER = """location / { return 200 '{"id":12345,"name":"bench-thing"}'; }"""
CONNECTIONS = 20000
LARGE = 100 << 20


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_listening(process, port):
    for _ in range(100):
        if process.poll() is not None:
            raise SystemExit("bench: nginx did not start")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise SystemExit("bench: nginx does not listen")


@contextlib.contextmanager
def directory():
    with tempfile.TemporaryDirectory(prefix="loadrun-bench-") as path:
        os.chmod(path, 0o755)  # nginx started by root answers as another user
        yield path


@contextlib.contextmanager
def run(core, path, servers, port):
    """Runs nginx on `core` while the block does, with its files in `path`; `servers` is what its configuration has in
    `http`, `port` one it listens on."""
    files = min(CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    config = os.path.join(path, "nginx.conf")
    with open(config, "w", encoding="ascii") as out:
        out.write(CONFIG.format(dir=path, servers=servers, files=files, connections=CONNECTIONS))
    environment = {**os.environ, "PATH": os.environ.get("PATH", "") + ":/usr/sbin"}
    command = machine.pinned(core, ["nginx", "-p", path, "-c", config])
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_until_listening(process, port)
        yield
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def serve(core):
    """Runs the server on `core` while the block does; the value is its URL."""
    with directory() as path:
        with open(os.path.join(path, "large"), "wb") as large:
            large.truncate(LARGE)
        port = free_port()
        server = f"server {{ listen 127.0.0.1:{port} backlog=8192; location = /large {{ root {path}; }} {ANSWER} }}"
        with run(core, path, server, port):
            yield f"http://127.0.0.1:{port}/"

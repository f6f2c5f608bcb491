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
  server {{
    listen 127.0.0.1:{port} backlog=8192;
    default_type application/json;
    location = /large {{ root {dir}; }}
    location / {{ return 200 '{{"id":12345,"name":"bench-thing"}}'; }}
  }}
}}
"""
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
def serve(core):
    """Runs nginx on `core` while the block does; the value is its URL."""
    files = min(CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    environment = {**os.environ, "PATH": os.environ.get("PATH", "") + ":/usr/sbin"}
    with tempfile.TemporaryDirectory(prefix="loadrun-bench-") as directory:
        port = free_port()
        config = os.path.join(directory, "nginx.conf")
        with open(config, "w", encoding="ascii") as out:
            out.write(CONFIG.format(dir=directory, port=port, files=files, connections=CONNECTIONS))
        with open(os.path.join(directory, "large"), "wb") as large:
            large.truncate(LARGE)
        os.chmod(directory, 0o755)  # nginx started by root answers as another user
        command = machine.pinned(core, ["nginx", "-p", directory, "-c", config])
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        try:
            wait_until_listening(process, port)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()
            process.wait()

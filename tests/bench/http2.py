"""HTTP/2 over TLS beside HTTP/1.1 over TLS: requests of 64 VUs, and the memory of open connections."""

import contextlib
import os
import subprocess
import tempfile
from unittest import mock

import generators
import machine
import nginx
from support.certificate import make_certificate

CONFIG = """
daemon off;
worker_processes 1;
worker_rlimit_nofile {files};
pid {dir}/pid;
error_log {dir}/error.log;
events {{ worker_connections {files}; }}
http {{
  access_log off;
  keepalive_requests 100000000;
  keepalive_timeout 600s;
  ssl_certificate {certificate};
  ssl_certificate_key {key};
  ssl_session_tickets off;
  server {{
    listen 127.0.0.1:{http1} ssl backlog=8192;
    listen 127.0.0.1:{http2} ssl http2 backlog=8192;
    default_type application/json;
    location / {{ return 200 '{{"id":12345,"name":"bench-thing"}}'; }}
  }}
}}
"""
FILES = 19000
MANY = 9000
# The certificate is the bench's own.
TRUST = {"LOADRUN_INSECURE_SKIP_TLS_VERIFY": "true", "K6_INSECURE_SKIP_TLS_VERIFY": "true"}


@contextlib.contextmanager
def serve(core):
    """Runs an nginx on `core` while the block does; the values are its URLs for HTTP/1.1 and HTTP/2."""
    with tempfile.TemporaryDirectory(prefix="loadrun-bench-") as directory:
        certificate, key = make_certificate(directory)
        http1, http2 = nginx.free_port(), nginx.free_port()
        config = os.path.join(directory, "nginx.conf")
        with open(config, "w", encoding="ascii") as out:
            out.write(CONFIG.format(dir=directory, files=FILES, certificate=certificate, key=key, http1=http1, http2=http2))
        command = machine.pinned(core, ["nginx", "-p", directory, "-c", config])
        path = os.environ.get("PATH", "") + ":/usr/sbin"
        process = subprocess.Popen(command, env={**os.environ, "PATH": path}, stderr=subprocess.DEVNULL)
        try:
            nginx.wait_until_listening(process, http2)
            yield f"https://127.0.0.1:{http1}/", f"https://127.0.0.1:{http2}/"
        finally:
            process.terminate()
            process.wait()


def trusting(run, *arguments):
    with mock.patch.dict(os.environ, TRUST):
        return run(*arguments)


def contenders(core, urls, seconds):
    http1, http2 = urls
    runs = {
        "tls 64": lambda: trusting(generators.loadrun, core, http1, 64, seconds),
        "h2 64": lambda: trusting(generators.loadrun, core, http2, 64, seconds),
        # Longer: thousands of handshakes come first.
        "h2 many": lambda: trusting(generators.loadrun, core, http2, MANY, 8 * seconds),
    }
    if generators.find_k6():
        runs["k6 h2 64"] = lambda: trusting(generators.k6, core, http2, 64, seconds)
    return runs


def judge(table, median, results):
    table.reference("HTTPS, HTTP/1.1, 64 VUs", f"{median('tls 64', 'rate'):,.0f}/s")
    table.at_least("HTTPS, HTTP/2, 64 VUs", 0.7, "HTTP/1.1", median("h2 64", "rate"), median("tls 64", "rate"))
    if "k6 h2 64" in results:
        table.reference("k6, HTTPS, HTTP/2, 64 VUs", f"{median('k6 h2 64', 'rate'):,.0f}/s")
        table.at_least("HTTPS, HTTP/2, 64 VUs", 2, "k6", median("h2 64", "rate"), median("k6 h2 64", "rate"))
    kb = (median("h2 many", "rss_kb") - median("h2 64", "rss_kb")) / (MANY - 64)
    table.at_most("memory per VU with an open HTTP/2 connection", 130, "KB", kb)

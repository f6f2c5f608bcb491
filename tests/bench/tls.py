"""TLS 1.3 beside k6: requests on open connections, handshakes, resumed handshakes, and the memory of an open connection.

The server's key is ECDSA P-256; the authorities are the system's and one more, in one file, so that a bundle of the usual
size is what costs when it is read. Rates are per second of CPU time: k6 starts slowly, and other load matters less."""

import contextlib
import json
import os
import re
import subprocess
import tempfile
import time

import generators
import machine
import nginx
from generators import Run
from support.certificates import Authority

SYSTEM_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
SERVERS = """
  ssl_certificate {certificate};
  ssl_certificate_key {key};
  ssl_protocols TLSv1.3;
  ssl_buffer_size 4k;
  server {{ listen 127.0.0.1:{h1} ssl backlog=8192; {answer} }}
  server {{ listen 127.0.0.1:{h2} ssl http2 backlog=8192; {answer} }}
"""


class Server:
    """Where nginx listens, and the file of authorities that trusts it."""

    def __init__(self, h1, h2, authorities):
        self.h1 = f"https://127.0.0.1:{h1}/"
        self.h2 = f"https://127.0.0.1:{h2}/"
        self.environment = {"SSL_CERT_FILE": authorities}


@contextlib.contextmanager
def serve(core):
    """Runs nginx with TLS on `core` while the block does."""
    with nginx.directory() as path:
        authority = Authority(path)
        leaf = authority.sign("server")
        h1, h2 = nginx.free_port(), nginx.free_port()
        servers = SERVERS.format(certificate=leaf.cert, key=leaf.key, h1=h1, h2=h2, answer=nginx.ANSWER)
        with nginx.run(core, path, servers, h1):
            yield Server(h1, h2, trusted(path, authority))


def trusted(directory, authority):
    """A file with the system's authorities and one more."""
    path = os.path.join(directory, "authorities.pem")
    with open(path, "w", encoding="utf-8") as out:
        for part in (SYSTEM_AUTHORITIES, authority.cert):
            with open(part, encoding="utf-8") as text:
                out.write(text.read())
    return path


def measured(command, environment, seconds, rate_of):
    """Runs a generator for `seconds`; its rate by the time that it was on a core."""
    said = tempfile.TemporaryFile("w+")
    process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, env={**os.environ, **environment})
    share = machine.cpu_share(process.pid, after=seconds / 3, seconds=seconds / 2)
    code = process.wait()
    said.seek(0)
    text = said.read()
    if code != 0:
        raise SystemExit(f"bench: {' '.join(command)} ended with {code}\n{text}")
    return Run(rate=rate_of(text) / share, cpu=share)


def loadrun(core, server, url, seconds, *arguments):
    with tempfile.NamedTemporaryFile(suffix=".json") as export:
        command = [generators.LOADRUN, "run", "--vus=64", f"--duration={seconds}s", "--workers=1", "-q", f"--env=URL={url}"]
        command += [f"--summary-export={export.name}", *arguments, os.path.join(generators.HERE, "get.lua")]
        rate_of = lambda _: generators.exported_rate(export.name)
        return measured(machine.pinned(core, command), server.environment, seconds, rate_of)


def k6(core, server, url, seconds, *arguments):
    command = [generators.find_k6(), "run", "--no-usage-report", "--vus=64", f"--duration={seconds}s", f"--env=URL={url}"]
    command += [*arguments, os.path.join(generators.HERE, "get.js")]
    environment = {**server.environment, "GOMAXPROCS": "1", "NO_COLOR": "1"}
    rate_of = lambda text: float(re.search(r"http_reqs\.*:\s*\d+\s+([\d.]+)/s", text)[1])
    return measured(machine.pinned(core, command), environment, seconds, rate_of)


def held(core, server, url, vus):
    """Resident memory once all of `vus` have an open connection."""
    with tempfile.NamedTemporaryFile(suffix=".json") as export:
        hold = 5 + vus / 500
        command = [generators.LOADRUN, "run", f"--vus={vus}", f"--iterations={vus}", "--workers=1", "-q", f"--env=URL={url}"]
        command += [f"--env=HOLD={hold}", f"--summary-export={export.name}", os.path.join(generators.HERE, "hold.lua")]
        process = subprocess.Popen(machine.pinned(core, command), stdout=subprocess.DEVNULL, env={**os.environ, **server.environment})
        time.sleep(hold)
        run = Run(rate=0, rss_kb=machine.memory_kb(process.pid, "VmRSS"), peak_kb=machine.memory_kb(process.pid, "VmHWM"))
        if process.wait() != 0:
            raise SystemExit(f"bench: {' '.join(command)} ended with {process.returncode}")
        with open(export.name, encoding="utf-8") as file:
            run.missing = vus - json.load(file)["metrics"]["iterations"]["count"]
    return run


def contenders(core, server, seconds, many):
    fresh = "--no-connection-reuse"
    runs = {
        "tls": lambda: loadrun(core, server, server.h1, seconds),
        "tls full": lambda: loadrun(core, server, server.h1, seconds, fresh),
        "tls resumed": lambda: loadrun(core, server, server.h1, seconds, fresh, "--tls-session-resumption"),
        "tls few": lambda: held(core, server, server.h1, 64),
        "tls many": lambda: held(core, server, server.h1, many),
        "tls h2 few": lambda: held(core, server, server.h2, 64),
        "tls h2 many": lambda: held(core, server, server.h2, many),
    }
    if generators.find_k6():
        runs["k6 tls"] = lambda: k6(core, server, server.h1, seconds)
        runs["k6 tls full"] = lambda: k6(core, server, server.h1, seconds, fresh)
    return runs


def judge(table, median, with_k6, many):
    if with_k6:
        table.reference("k6, TLS 1.3, per second of CPU time", f"{median('k6 tls'):,.0f}/s")
        table.at_least("TLS 1.3, open connections", 3, "k6", median("tls"), median("k6 tls"))
        table.reference("k6, full handshakes", f"{median('k6 tls full'):,.0f}/s")
        table.at_least("full handshakes", 0.75, "k6", median("tls full"), median("k6 tls full"))
        table.at_least("resumed handshakes", 1.1, "k6's full ones", median("tls resumed"), median("k6 tls full"))
    for name, limit in (("tls", 90), ("tls h2", 130)):
        kb = (median(f"{name} many", "rss_kb") - median(f"{name} few", "rss_kb")) / (many - 64)
        protocol = "HTTP/2" if "h2" in name else "HTTP/1.1"
        table.at_most(f"memory per VU with an open TLS connection, {protocol}", limit, "KB", kb)

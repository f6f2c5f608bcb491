"""A real HTTP/2 server (Node's) whose faults are asked for by path: see h2_server.js."""

import json
import os
import shutil
import subprocess
import tempfile

from support.certificates import Authority

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "h2_server.js")


class H2Server:
    """Runs while the `with` block does. `plain` and `tls` are its URLs, without a slash at their ends."""

    def __init__(self, streams=1000):
        self.streams = streams

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="loadrun-h2-")
        leaf = Authority(self.dir).sign("server")
        self.process = subprocess.Popen(
            ["node", SCRIPT, leaf.cert, leaf.key, str(self.streams)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        ports = json.loads(self.process.stdout.readline())
        self.plain = f"http://127.0.0.1:{ports['plain']}"
        self.tls = f"https://127.0.0.1:{ports['tls']}"
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        shutil.rmtree(self.dir, ignore_errors=True)

    def seen(self):
        """So far: `connections`, `requests` by path, `most` streams at a time, `bytes` of requests' bodies, and what
        connections that are closed `sent` and `received`."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

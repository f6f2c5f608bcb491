"""Limits of the client's machine: said before the start, and said again by what then fails."""

import subprocess
import unittest

from support.nginx_server import Nginx
from support.run_loadrun import LoadrunTest, Run, clean_environment, decoded, read_summary

# Every VU opens a connection and keeps it.
SCRIPT = """
local http = require "k6/http"
return { options = { scenarios = { s = { executor = "per-vu-iterations", vus = %d, iterations = 1 } } },
  default = function()
    local r = http.get(__ENV.URL)
    console.log(r.status, r.error_code, r.error)
    require("k6").sleep(1)
  end }
"""


class ClientLimitsTest(LoadrunTest):
    def limited(self, prefix, *arguments):
        """A run whose command has a prefix."""
        result = subprocess.run(
            [*prefix, *self.command(*arguments)], cwd=self.dir, env=clean_environment(self.dir), capture_output=True, timeout=60, check=False
        )
        return Run(prefix, result.returncode, decoded(result.stdout), decoded(result.stderr), read_summary(self.summary_path), 0)

    def test_open_files(self):
        script = self.write("script.lua", SCRIPT % 200)
        with Nginx() as nginx:
            run = self.limited(["prlimit", "--nofile=100"], script, ["-e", f"URL={nginx.url}/text", "--workers", "2"])
            answered = len(nginx.take_requests())
        self.assertEqual(run.code, 0, str(run))
        self.assertIn("200 VUs with a connection each need 240 open files, and this process may have 100", run.log)
        said = run.said()
        self.assertEqual(len(said), 200)
        self.assertEqual(said.count("200 0 "), answered)
        self.assertGreater(answered, 40)
        expected = "0 1213 dial: unknown errno 24 error with msg `too many open files` (raise the limit of open files: ulimit -n)"
        self.assertEqual(said.count(expected), 200 - answered)

    def test_enough_is_not_talked_about(self):
        run = self.limited(["prlimit", "--nofile=300"], self.write("script.lua", SCRIPT % 20), ["-e", "URL=http://127.0.0.1:1/", "--workers", "2"])
        self.assertNotIn("open files", run.log)
        self.assertNotIn("local ports", run.log)

    def test_local_ports(self):
        space = ["unshare", "--user", "--map-root-user", "--net", "sh", "-c",
                 'ip link set lo up && echo "30000 30049" > /proc/sys/net/ipv4/ip_local_port_range && "$@"', "sh"]
        if subprocess.run([*space, "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("no network namespaces here")
        script = self.write("script.lua", SCRIPT % 100)
        server = self.write("server.py", PORT_SERVER)
        run = self.limited([*space, "python3", server], script, ["-e", "URL=http://127.0.0.1:2000/"])
        self.assertEqual(run.code, 0, str(run))
        self.assertIn("100 VUs with a connection each need as many local ports for one server's address, and this machine has 50", run.log)
        said = run.said()
        self.assertEqual(said.count("200 0 "), 50, str(run))
        expected = "0 1213 dial: unknown errno 99 error with msg `cannot assign requested address` (no local port is left for this address: widen net.ipv4.ip_local_port_range)"
        self.assertEqual(said.count(expected), 50)


# Serves on port 2000 while its arguments run as a command.
PORT_SERVER = """
import http.server, subprocess, sys, threading
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 2000), Handler)
server.socket.listen(512)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.exit(subprocess.run(sys.argv[1:]).returncode)
"""


if __name__ == "__main__":
    unittest.main()

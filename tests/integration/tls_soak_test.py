"""Minutes of TLS requests over connections that stay open: memory and descriptors do not grow. TLS_SOAK_S shortens it."""

import os
import shutil
import statistics
import tempfile
import time
import unittest

from support.certificates import Authority
from support.nginx_server import Nginx
from support.run_loadrun import LoadrunTest

SECONDS = int(os.environ.get("TLS_SOAK_S", "300"))
RATE = 2000
VUS = 100
# Connecting and the first collections of garbage; what comes later has to be flat.
WARM_UP_S = min(30, SECONDS / 3)

SCRIPT = """
local http = require "k6/http"
return {
  options = { scenarios = { soak = { executor = "constant-arrival-rate", rate = %d, duration = "%ds",
    preAllocatedVUs = %d } } },
  default = function() http.get(__ENV.URL) end,
}
"""


def resident_kb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


class SoakTest(LoadrunTest):
    def setUp(self):
        super().setUp()
        directory = tempfile.mkdtemp(prefix="loadrun-certificates-")
        self.addCleanup(shutil.rmtree, directory, ignore_errors=True)
        os.chmod(directory, 0o755)
        self.authority = Authority(directory)
        directives = "access_log off; ssl_protocols TLSv1.3;"
        self.nginx = self.enterContext(Nginx(tls={"soak": (self.authority.sign("leaf"), directives)}))

    def samples(self, process):
        """(resident KB, descriptors) once a second between the warm-up and the last seconds."""
        time.sleep(WARM_UP_S)
        end = process.started + SECONDS - 2
        while time.monotonic() < end:
            yield resident_kb(process.pid), descriptors(process.pid)
            time.sleep(1)

    def test_memory_and_descriptors_stay_flat(self):
        path = self.write("soak.lua", SCRIPT % (RATE, SECONDS, VUS))
        env = {"SSL_CERT_FILE": self.authority.cert}
        url = f"https://127.0.0.1:{self.nginx.tls_ports['soak']}/"
        process = self.start(path, "-q", "-e", f"URL={url}", env=env)
        memory, files = zip(*self.samples(process))
        run = self.finish(process, limit=60)
        self.assertEqual(run.code, 0, str(run))
        self.assertGreater(run.count("http_reqs"), 0.95 * RATE * SECONDS)
        self.assertEqual(run.metric("http_req_failed")["value"], 0)
        quarter = max(1, len(memory) // 4)
        before, after = statistics.median(memory[:quarter]), statistics.median(memory[-quarter:])
        print(f"resident {before} KB, then {after} KB; descriptors {min(files)} to {max(files)}")
        self.assertLess(after, 1.05 * before + 1024)
        self.assertLessEqual(max(files) - files[0], VUS // 10)


if __name__ == "__main__":
    unittest.main()

"""Bodies larger than what should ever be in memory: peak memory as a ratio to that of a small run."""

import os
import time
import unittest

from support.body_server import Answer, BodyServer, encoded
from support.run_loadrun import LoadrunTest

GB = 1 << 30
SMALL = 1 << 20
SCRIPT = """
local http = require "k6/http"
local BASE = __ENV.BASE
%s
return function()
  %s
end
"""


# What buffers and the allocator may take beyond those of a small body: of a gigabyte, a thirtieth.
SLACK_KB = 32 * 1024


def peak_kb(pid):
    """VmHWM of a process; 0 when it has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0


class LargeBodyTest(LoadrunTest):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(BodyServer())

    def peak_of(self, code, top="", *arguments):
        """The run of one iteration, and its peak memory in KB."""
        script = self.write("script.lua", SCRIPT % (top, code))
        process = self.start(script, "-e", f"BASE={self.server.url}", "--workers=1", *arguments)
        peak = 0
        while process.poll() is None:
            peak = max(peak, peak_kb(process.pid))
            time.sleep(0.01)
        run = self.finish(process)
        self.assertEqual(run.code, 0, str(run))
        return run, peak

    def assert_flat(self, peak, small, run):
        self.assertGreater(small, 0)
        self.assertLess(peak, small + SLACK_KB, f"{peak} KB instead of {small} KB\n{run}")

    def sparse_file(self, name, size):
        with open(os.path.join(self.dir, name), "wb") as file:
            file.truncate(size)

    def test_an_upload_of_a_gigabyte(self):
        for code in ('http.post(BASE .. "/sink", file)', 'http.post(BASE .. "/sink", { f = http.file(file, "f") })'):
            with self.subTest(code=code):
                peaks = []
                for size in (SMALL, GB):
                    self.sparse_file("file", size)
                    self.server.requests.clear()
                    run, peak = self.peak_of(code, 'local file = open("file", "stream")')
                    peaks.append(peak)
                    self.assertEqual(len(self.server.requests), 1, str(run))
                    extra = self.server.requests[0].length - size
                    self.assertTrue(0 <= extra < 500, extra)
                    self.assertGreater(run.count("data_sent"), size)
                    self.assertLess(run.count("data_sent"), size + 2000)
                self.assert_flat(peaks[1], peaks[0], run)

    def test_a_discarded_download_of_a_gigabyte(self):
        ways = (("{}", ["--discard-response-bodies"]), ('{ responseType = "none" }', []))
        for params, arguments in ways:
            with self.subTest(params=params):
                peaks = []
                for size in (SMALL, GB):
                    run, peak = self.peak_of(f'http.get(BASE .. "/zeros/{size}", {params})', "", *arguments)
                    peaks.append(peak)
                    self.assertGreater(run.count("data_received"), size)
                    self.assertLess(run.count("data_received"), size + 2000)
                self.assert_flat(peaks[1], peaks[0], run)

    def test_a_decompression_bomb(self):
        zeros = encoded("gzip", bytes(64 << 20))
        self.server.answers["/small"] = Answer(encoded("gzip", bytes(SMALL)), (("Content-Encoding", "gzip"),))
        self.server.answers["/bomb"] = Answer(encoded("gzip", zeros * 16), (("Content-Encoding", "gzip, gzip"),))
        code = 'console.log(tostring(http.get(BASE .. "%s").error_code))'
        run, small = self.peak_of(code % "/small", "", "--max-decompressed-body=1MB")
        self.assertEqual(run.said(), ["0"])
        run, peak = self.peak_of(code % "/bomb", "", "--max-decompressed-body=1MB")
        self.assertEqual(run.said(), ["1701"])
        self.assert_flat(peak, small, run)

    def test_a_file_that_shrinks(self):
        self.sparse_file("file", SMALL)
        # The request that is answered tells that the file is open.
        process = self.start(
            self.write(
                "script.lua",
                SCRIPT
                % (
                    'local file = open("file", "stream")',
                    """http.get(BASE .. "/opened")
                    for _ = 1, 200 do
                      local res = http.post(BASE .. "/sink", file)
                      if res.error ~= "" then console.log(res.error) return end
                      require("k6").sleep(0.05)
                    end""",
                ),
            ),
            "-e",
            f"BASE={self.server.url}",
        )
        while not self.server.requests and process.poll() is None:
            time.sleep(0.01)
        os.truncate(os.path.join(self.dir, "file"), 1000)
        run = self.finish(process)
        self.assertEqual(len(run.said()), 1, str(run))
        self.assertIn(f"it has shrunk: 1000 bytes of the {SMALL} it had", run.said()[0])


if __name__ == "__main__":
    unittest.main()

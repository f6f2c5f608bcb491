"""A server that stands still for a while, and what latency says of it: the truth is known from the freeze alone.

With a rate r, a freeze of D and N samples, the requests that were due in the freeze waited between 0 and D, evenly spread, so
p(99) is D - 0.01 * N / r. A generator that stops with the server sees ten slow requests and no p(99) at all."""

import os
import signal
import subprocess
import time
import unittest

from support.certificates import Authority
from support.nginx_server import Nginx
from support.run_loadrun import LoadrunTest

TOLERANCE = 0.03
WHOLE = os.environ.get("LOADRUN_TEST_FULL") == "1"
RATE = 1000
SECONDS = 30 if WHOLE else 10
FREEZE = 2.0 if WHOLE else 1.0
MANY = int(1.25 * RATE * FREEZE)  # VUs enough for everything that comes due in the freeze
FEW = 10


def script(steps, fields):
    return f"""
    local http = require "k6/http"
    return {{
      options = {{
        summaryTrendStats = {{ "p(99)", "max", "count" }},
        insecureSkipTLSVerify = true,
        scenarios = {{ open = {{ executor = "constant-arrival-rate", rate = {RATE}, duration = "{SECONDS}s", {fields} }} }},
      }},
      default = function() for _ = 1, {steps} do http.get(__ENV.URL) end end,
    }}
    """


def worker_of(master):
    """nginx's process that answers: the signal is for it."""
    return int(subprocess.run(["pgrep", "-P", str(master)], check=True, capture_output=True, text=True).stdout.split()[0])


class FreezeTest(LoadrunTest):
    def frozen_run(self, text, *arguments, tls=False):
        """A run through a freeze in its middle: the run, and how long the freeze was."""
        leaf = Authority(self.dir).sign("server")
        with Nginx(connections=2 * MANY, tls={"h2": (leaf, "")}) as nginx:
            url = f"https://127.0.0.1:{nginx.tls_ports['h2']}/" if tls else f"{nginx.url}/text"
            process = self.start(self.write("script.lua", text), "--seed", "7", "--env", f"URL={url}", *arguments)
            time.sleep(SECONDS / 2)
            worker = worker_of(nginx.process.pid)
            began = time.monotonic()
            os.kill(worker, signal.SIGSTOP)
            try:
                time.sleep(FREEZE)
            finally:
                os.kill(worker, signal.SIGCONT)
                freeze = time.monotonic() - began
            run = self.finish(process, 3 * SECONDS)
        self.assertEqual(run.code, 0, str(run))
        return run, freeze

    def expect(self, run, metric, freeze, samples_per_arrival):
        """p(99) of what has so many samples an arrival, one of which waited."""
        values = run.metric(metric) if metric in run.summary["metrics"] else run.summary["loadrun"]["metrics"][metric]
        truth = 1000 * (freeze - 0.01 * SECONDS * samples_per_arrival)
        self.assertAlmostEqual(values["p(99)"], truth, delta=TOLERANCE * truth, msg=f"{metric}\n{run}")

    def test_with_vus_enough_the_plain_duration_sees_the_freeze(self):
        for steps, workers in ((1, "1"), (3, "2")):
            with self.subTest(steps=steps, workers=workers):
                run, freeze = self.frozen_run(script(steps, f"preAllocatedVUs = {MANY}"), "--workers", workers)
                self.assertEqual(run.count("dropped_iterations"), 0)
                self.assertEqual(run.count("iterations"), RATE * SECONDS)
                self.expect(run, "http_req_duration", freeze, steps)
                self.expect(run, "http_req_duration_corrected", freeze, steps)
                self.expect(run, "iteration_response", freeze, 1)

    def test_with_few_vus_that_queue_only_the_corrected_one_does(self):
        for steps, workers in ((1, "2"), (3, "1")):
            with self.subTest(steps=steps, workers=workers):
                fields = f'preAllocatedVUs = {FEW}, lateStart = "queue"'
                run, freeze = self.frozen_run(script(steps, fields), "--workers", workers)
                self.assertEqual(run.count("iterations"), RATE * SECONDS)
                self.assertLess(run.metric("http_req_duration")["p(99)"], 100)  # ten slow ones in thousands
                self.expect(run, "http_req_duration_corrected", freeze, steps)
                self.expect(run, "iteration_response", freeze, 1)
                self.assertIn("http_req_duration_corrected", run.stdout)  # the compact summary shows it: it matters

    def test_arrivals_at_random_say_the_same(self):
        fields = f'preAllocatedVUs = {FEW}, lateStart = "queue", arrival = "poisson"'
        run, freeze = self.frozen_run(script(1, fields))
        self.expect(run, "http_req_duration_corrected", freeze, 1)


if __name__ == "__main__":
    unittest.main()

"""Runs through a freeze: nginx stands still for a while, and what latency has to say of it is known from the freeze alone.

At a rate r, a freeze of D and N samples, the arrivals that were due in the freeze waited between 0 and D, evenly spread: the
p(99) of N samples of which one an arrival waited is D - 0.01 * N / r. A generator that stops with its server sees a few slow
requests instead, and no p(99) at all.

Where ten VUs work off what has waited, at C iterations a second, others come due meanwhile and wait, too: an arrival t after the
beginning of the freeze waits D - t + r * t / C, so that the p(99) is D - 0.01 * N / r * (1 - r / C). C is what nginx's log
says."""

import math
import os
import signal
import subprocess
import time
from dataclasses import dataclass

from support.certificates import Authority
from support.nginx_server import Nginx
from support.run_loadrun import LoadrunTest

RATE = 1000
FEW = 10
TOLERANCE = 0.03


@dataclass
class Case:
    """One combination. With `vus` "many" there is a VU for everything that comes due in the freeze; with "queue" and "drop"
    there are ten, and the others wait or are dropped."""

    vus: str
    steps: int = 1  # requests of an iteration
    workers: int = 1
    arrival: str = "even"
    protocol: str = "http"


@dataclass
class Freeze:
    length: float  # seconds
    drain: float  # iterations a second that were begun right after it
    settled: float  # seconds after it until all requests of what had come due were answered


class FreezeTest(LoadrunTest):
    seconds = 30
    freeze = 2.0

    def many(self):
        return int(1.25 * RATE * self.freeze)

    def script(self, case):
        vus = self.many() if case.vus == "many" else FEW
        late = 'lateStart = "queue",' if case.vus == "queue" else ""
        return f"""
        local http = require "k6/http"
        return {{
          options = {{
            summaryTrendStats = {{ "p(50)", "p(99)", "max", "count" }},
            insecureSkipTLSVerify = true,
            scenarios = {{ open = {{ executor = "constant-arrival-rate", rate = {RATE}, duration = "{self.seconds}s",
              preAllocatedVUs = {vus}, arrival = "{case.arrival}", {late} }} }},
          }},
          default = function()
            http.get(__ENV.URL .. "?first")
            for _ = 2, {case.steps} do http.get(__ENV.URL) end
          end,
        }}
        """

    def frozen_run(self, case):
        """A run through a freeze in its middle, when every VU has a connection: what it said, and the freeze."""
        leaf = Authority(self.dir).sign("server")
        with Nginx(connections=2 * self.many(), tls={"h2": (leaf, "")}) as nginx:
            url = f"https://127.0.0.1:{nginx.tls_ports['h2']}/" if case.protocol == "h2" else f"{nginx.url}/text"
            arguments = ["--seed", "7", "--workers", str(case.workers), "--env", f"URL={url}"]
            process = self.start(self.write("script.lua", self.script(case)), *arguments)
            time.sleep(self.seconds / 2)
            length, ended = freeze(worker_of(nginx), self.freeze)
            run = self.finish(process, 3 * self.seconds)
            requests = nginx.take_requests()
            due = int(RATE * length)
            settled = answered_by(requests, ended, case.steps * due)
            freed = Freeze(length, drain_rate(requests, ended, due // 2), settled)
        self.assertEqual(run.code, 0, str(run))
        return run, freed

    def expect_p99(self, run, metric, freeze, samples_per_arrival, drain=math.inf, room=0):
        """What p(99) of a metric with so many samples an arrival is, of which one waited; `room` seconds more are right."""
        metrics = {**run.summary["metrics"], **run.summary["loadrun"]["metrics"]}
        truth = 1000 * (freeze.length - 0.01 * self.seconds * samples_per_arrival * (1 - RATE / drain))
        value = metrics[metric]["p(99)"]
        self.assertGreaterEqual(value, (1 - TOLERANCE) * truth, f"{metric}, {freeze}\n{run}")
        self.assertLessEqual(value, (1 + TOLERANCE) * truth + 1000 * room, f"{metric}, {freeze}\n{run}")

    def check(self, case):
        """Runs the case and compares what it measured with the truth; up to three times, because a machine that stands
        still itself is one more freeze."""
        check = {"many": self.check_many, "queue": self.check_queue, "drop": self.check_drop}[case.vus]
        with self.subTest(case=case):
            for attempts_left in (2, 1, 0):
                try:
                    return check(case, *self.frozen_run(case))
                except AssertionError:
                    if not attempts_left:
                        raise

    def check_many(self, case, run, freeze):
        """There is a VU for every arrival: the plain duration sees the freeze, and there is nothing to correct. Iterations
        of several requests go on together after it, and end when the last are answered."""
        self.assertEqual(run.count("dropped_iterations"), 0)
        self.expect_p99(run, "http_req_duration", freeze, case.steps)
        self.expect_p99(run, "http_req_duration_corrected", freeze, case.steps)
        room = freeze.settled if case.steps > 1 else 0
        self.expect_p99(run, "iteration_response", freeze, 1, room=room)

    def check_queue(self, case, run, freeze):
        """Few VUs: the plain duration has ten slow requests in thousands. What waited for a VU is in the corrected one."""
        self.assertEqual(run.count("dropped_iterations"), 0)
        self.assertLess(run.metric("http_req_duration")["p(99)"], 100)
        self.expect_p99(run, "http_req_duration_corrected", freeze, case.steps, freeze.drain)
        self.expect_p99(run, "iteration_response", freeze, 1, freeze.drain)
        self.assertIn("http_req_duration_corrected", run.stdout)  # the compact summary shows it: it matters

    def check_drop(self, case, run, freeze):
        """Few VUs, and nothing waits: no percentile knows of the freeze, and the run says so."""
        dropped = run.count("dropped_iterations")
        due = RATE * freeze.length
        self.assertAlmostEqual(dropped, due, delta=TOLERANCE * due, msg=str(run))
        self.assertRegex(run.stdout, r"(?s)VERDICT: INCOMPLETE.*TOTAL RESULTS", str(run))
        reasons = {reason["rule"]: reason["text"] for reason in run.summary["loadrun"]["verdict"]["reasons"]}
        self.assertIn(f"{dropped} of", reasons["dropped"])


def freeze(process, seconds):
    """Stops a process for a while: how long it was, and the time of day when it went on."""
    began = time.monotonic()
    os.kill(process, signal.SIGSTOP)
    try:
        time.sleep(seconds)
    finally:
        os.kill(process, signal.SIGCONT)
    return time.monotonic() - began, time.time()


def drain_rate(requests, ended, count):
    """At how many a second the first `count` iterations were begun after `ended`."""
    times = sorted(request["time"] for request in requests if request["uri"].endswith("?first"))
    after = [at for at in times if at >= ended]
    return count / max(after[count] - ended, 0.001)


def answered_by(requests, ended, count):
    """How many seconds after `ended` so many requests had been answered."""
    after = sorted(request["time"] for request in requests if request["time"] >= ended)
    return after[count - 1] - ended


def worker_of(nginx):
    """The process that answers, not its master."""
    children = subprocess.run(["pgrep", "-P", str(nginx.process.pid)], check=True, capture_output=True, text=True)
    return int(children.stdout.split()[0])

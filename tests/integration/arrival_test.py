"""Open scenarios, judged by what the server saw and by the counts."""

import re
import unittest

from support.nginx_server import Nginx
from support.run_loadrun import LoadrunTest

TOLERANCE_S = 0.005


def script(fields, body='http.get(__ENV.BASE .. "/text")', more=""):
    return f"""
    local http, k6, exec = require "k6/http", require "k6", require "k6/execution"
    local number = require("k6/metrics").Trend("number")
    return {{ options = {{ scenarios = {{ open = {{ {fields} }} }} }},
      default = function() number:add(exec.scenario.iterationInTest) {body} end, {more} }}
    """


CONSTANT = 'executor = "constant-arrival-rate", rate = 200, duration = "2s", preAllocatedVUs = 20'
RAMPING = (
    'executor = "ramping-arrival-rate", startRate = 0, preAllocatedVUs = 20,'
    ' stages = { { target = 200, duration = "1s" }, { target = 200, duration = "1s" }, { target = 0, duration = "1s" } }'
)


class ArrivalTest(LoadrunTest):
    def offsets(self, text, *arguments):
        """When the server answered the requests, since the first of them, and the run."""
        with Nginx() as nginx:
            run = self.loadrun(text, "-e", f"BASE={nginx.url}", *arguments)
            times = sorted(request["time"] for request in nginx.take_requests())
        return [at - times[0] for at in times], run

    def check_on_time(self, offsets, planned):
        self.assertEqual(len(offsets), len(planned))
        on_time = sum(abs(at - due) <= TOLERANCE_S for at, due in zip(offsets, planned, strict=True))
        self.assertGreaterEqual(on_time, 0.95 * len(planned))

    def test_a_constant_rate_on_any_number_of_workers(self):
        for workers in ("1", "2", "3"):
            with self.subTest(workers=workers):
                offsets, run = self.offsets(script(CONSTANT), "--workers", workers)
                self.check_on_time(offsets, [k / 200 for k in range(400)])
                self.assertEqual(run.count("dropped_iterations"), 0)
                self.assertEqual(run.metric("number")["max"], 399)

    def test_a_ramp(self):
        offsets, run = self.offsets(script(RAMPING), "--workers", "2")
        # Arrival k comes when the area under the rate has reached k + 1.
        rising = [(2 * (k + 1) / 200) ** 0.5 for k in range(100)]
        flat = [1 + (k + 1) / 200 for k in range(200)]
        falling = [3 - (2 * (100 - (k + 1)) / 200) ** 0.5 for k in range(100)]
        planned = rising + flat + falling
        self.check_on_time(offsets, [at - planned[0] for at in planned])
        self.assertEqual(run.count("dropped_iterations"), 0)

    def test_poisson_is_the_same_process_for_any_split(self):
        fields = CONSTANT + ', arrival = "poisson"'
        counts = set()
        for workers in ("1", "3"):
            run = self.loadrun(script(fields, ""), "--seed", "8", "--workers", workers)
            counts.add(run.count("iterations"))
            self.assertEqual(run.metric("number")["max"], run.count("iterations") - 1)
        self.assertEqual(len(counts), 1)
        self.assertNotEqual(counts, {400})

    def test_with_just_enough_vus_nothing_is_dropped_however_they_are_split(self):
        # 20 iterations of 90 or 100 ms run at a time; the VUs to spare are for a machine that stalls for 20 ms.
        fields = 'executor = "constant-arrival-rate", rate = 200, duration = "2s", preAllocatedVUs = 24'
        for workers in ("1", "2", "4"):
            with self.subTest(workers=workers):
                run = self.loadrun(script(fields, "k6.sleep(0.09 + (exec.scenario.iterationInTest % 2) * 0.01)"), "--workers", workers)
                self.assertEqual(run.count("iterations") + run.count("dropped_iterations"), 400)
                self.assertEqual(run.count("dropped_iterations"), 0)

    def test_instances_share_the_arrivals(self):
        sequence = "0,1/3,1"
        total = 0
        for segment in ("0:1/3", "1/3:1"):
            run = self.loadrun(
                script(CONSTANT, ""), "--execution-segment", segment, "--execution-segment-sequence", sequence
            )
            total += run.count("iterations")
            self.assertAlmostEqual(run.count("iterations") / 400, 1 / 3 if segment == "0:1/3" else 2 / 3, delta=0.06)
        self.assertEqual(total, 400)

    def test_too_few_vus_are_said_once(self):
        fields = 'executor = "constant-arrival-rate", rate = 50, duration = "1s", preAllocatedVUs = 1, maxVUs = 3, gracefulStop = "0s"'
        run = self.loadrun(script(fields, "k6.sleep(5)"), "--workers", "2")
        self.assertEqual(run.count("iterations"), 0)
        interrupted = int(re.findall(r"and (\d+) interrupted", run.stdout)[-1])
        self.assertEqual(interrupted, 3)
        self.assertEqual(run.count("dropped_iterations"), 47)
        self.assertEqual(run.log.count("Insufficient VUs, reached 3 active VUs and cannot initialize more"), 1)

    def test_what_waits_until_the_end_is_named(self):
        fields = 'executor = "constant-arrival-rate", rate = 50, duration = "2s", preAllocatedVUs = 2, lateStart = "queue"'
        for workers in ("1", "2"):
            with self.subTest(workers=workers):
                run = self.loadrun(script(fields, "k6.sleep(0.2)"), "--workers", workers)
                # Two VUs start 10 iterations a second.
                self.assertAlmostEqual(run.count("iterations"), 20, delta=2)
                waiting = 100 - run.count("iterations")
                self.assertEqual(run.count("dropped_iterations"), waiting)
                (left,) = run.summary["loadrun"]["unscheduled"].items()
                self.assertEqual((left[0], left[1]["count"]), ("open", waiting))
                # The iteration numbered n was due at n * 20 ms.
                self.assertAlmostEqual(left[1]["longest_wait_ms"], 2000 - run.count("iterations") * 20, delta=60)
                self.assertRegex(run.stdout, rf"\n    open: {waiting} iterations never started \(queue\); the longest had waited 1\.\d+s\n")

    def test_without_a_queue_nothing_waits(self):
        fields = 'executor = "constant-arrival-rate", rate = 50, duration = "1s", preAllocatedVUs = 1'
        run = self.loadrun(script(fields, "k6.sleep(0.2)"))
        self.assertGreater(run.count("dropped_iterations"), 0)
        self.assertNotIn("(queue)", run.stdout)
        self.assertNotIn("unscheduled", run.summary.get("loadrun", {}))

if __name__ == "__main__":
    unittest.main()

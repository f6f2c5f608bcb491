"""The executor `capacity` against the coupon target, whose capacity is known: pool / hold."""

import csv
import json
import math
import os
import unittest

from support.coupon_target import CouponTarget
from support.json_schema import violations
from support.run_loadrun import LoadrunTest, binary

WHOLE = os.environ.get("LOADRUN_TEST_FULL") == "1"
HERE = os.path.dirname(__file__)
EXAMPLE = os.path.normpath(os.path.join(HERE, "..", "..", "examples", "coupon", "capacity.lua"))

OBJECTIVE = 'objective = { http_req_failed = { "rate<0.01" }, http_req_duration = { "p(95)<300" } }'
VUS = "preAllocatedVUs = 100, maxVUs = 500"


def script(fields, more=""):
    """Every iteration issues a coupon to somebody else, which the target does pool at a time."""
    return f"""
    local http, exec = require "k6/http", require "k6/execution"
    return {{
      options = {{ {more} scenarios = {{ search = {{ executor = "capacity", gracefulStop = "2s", {fields} }} }} }},
      default = function()
        http.patch(__ENV.BASE .. "/api/commerce/coupon", '{{"couponId":3,"issueAt":"2026-01-01T00:00:00"}}',
          {{ headers = {{ ["X-User-Id"] = tostring(exec.scenario.iterationInTest + 1) }} }})
      end,
    }}
    """


QUICK = f'start = 100, factor = 1.5, stepDuration = "3s", settle = "500ms", maxRate = 1000, {VUS}, {OBJECTIVE}'


class CapacityTest(LoadrunTest):
    def target(self, pool, hold):
        arguments = ("--pool", pool, "--hold", hold, "--row-lock", "off", "--stock", "10000000")
        return self.enterContext(CouponTarget(binary("COUPON_TARGET"), *arguments))

    def search(self, target, text, *arguments, code=0, limit=300):
        path = os.path.join(self.dir, "own.json")
        run = self.loadrun(text, "-e", f"BASE={target.url}", "--summary-json", path, *arguments, code=code, limit=limit)
        with open(path, encoding="utf-8") as file:
            self.document = json.load(file)
        return run, self.document["capacity"]

    def check_phases(self, run, found):
        """What the probes say agrees with itself and with the totals."""
        numbers = [probe["probe"] for probe in found["probes"]]
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        self.assertEqual(run.summary["loadrun"]["capacity"], found)
        for before, after in zip(found["probes"], found["probes"][1:], strict=False):
            self.assertGreaterEqual(after["start_s"], before["start_s"] + before["duration_s"] - 0.2)
        for probe in found["probes"]:
            self.assertAlmostEqual(probe["arrivals"], probe["rate"] * probe["duration_s"], delta=0.1 * probe["rate"] + 2)

    def test_the_capacity_is_found(self):
        target = self.target("10", "50ms")
        samples = os.path.join(self.dir, "samples.csv")
        thresholds = 'thresholds = { loadrun_capacity = { "value>=150" } },'
        run, found = self.search(target, script(QUICK, thresholds), "--workers", "2", "--out", f"csv={samples}")
        self.assertTrue(found["finished"] and found["confirmed"], run)
        self.assertAlmostEqual(found["sustained_rate"] / 200, 1, delta=0.1)
        self.assertGreater(found["broken_rate"], found["sustained_rate"])
        self.assertNotEqual(found["broken_by"], "")
        self.assertEqual(run.summary["loadrun"]["metrics"]["loadrun_capacity"]["value"], found["sustained_rate"])
        self.check_phases(run, found)
        self.assertIn("CAPACITY", run.stdout)
        self.assertRegex(run.stdout, rf"highest sustained rate: {found['sustained_rate']} iters/s, 95 % confidence")
        schema = os.path.join(HERE, "..", "..", "docs", "summary.schema.json")
        self.assertEqual(violations(os.path.join(self.dir, "own.json"), schema), "")
        with open(samples, encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["metric_name"] == "http_reqs"]
        self.assertTrue(all("probe=" in row["extra_tags"] for row in rows))
        self.assertTrue(any(f"probe=1&probe_rate={found['probes'][0]['rate']}" in row["extra_tags"] for row in rows))

    def test_a_ci_can_demand_a_capacity(self):
        target = self.target("2", "50ms")
        thresholds = 'thresholds = { loadrun_capacity = { "value>=400" } },'
        fields = f'start = 400, factor = 3, stepDuration = "1s", settle = "300ms", maxRate = 400, {VUS}, {OBJECTIVE}'
        run, found = self.search(target, script(fields, thresholds), code=99)
        self.assertLess(found["sustained_rate"] or 0, 60)
        self.assertIn("loadrun_capacity", run.stderr)

    def test_what_never_breaks_has_at_least_the_highest_rate(self):
        target = self.target("100", "1ms")
        fields = f'start = 50, factor = 2, stepDuration = "2s", settle = "300ms", maxRate = 100, {VUS}, {OBJECTIVE}'
        run, found = self.search(target, script(fields))
        self.assertEqual((found["sustained_rate"], found["broken_rate"]), (100, None))
        self.assertIn("at least 100 iters/s, the maxRate of the search", run.stdout)

    def test_what_always_breaks_is_below(self):
        target = self.target("10", "50ms")
        objective = 'objective = { http_req_duration = { "p(95)<10" } }'
        fields = f'start = 80, factor = 2, stepDuration = "2s", settle = "300ms", maxRate = 100, {VUS}, {objective}'
        run, found = self.search(target, script(fields))
        self.assertEqual((found["sustained_rate"], found["broken_rate"]), (None, 10))
        self.assertEqual(found["broken_by"], "http_req_duration: p(95)<10")
        self.assertIn("below 10 iters/s: nothing held", run.stdout)

    def test_too_few_vus_break_it(self):
        target = self.target("100", "100ms")
        fields = f'start = 50, factor = 4, stepDuration = "2s", settle = "300ms", maxRate = 200, preAllocatedVUs = 8, {OBJECTIVE}'
        _, found = self.search(target, script(fields))
        self.assertEqual(found["broken_by"], "dropped_iterations")
        # 8 VUs do 80 a second; where the machine stalls, some arrivals less find one.
        self.assertIn(found["sustained_rate"], range(50, 84))

    def test_an_aborted_search_tells_what_is_known(self):
        target = self.target("100", "1ms")
        more = 'thresholds = { http_reqs = { { threshold = "count<400", abortOnFail = true } } },'
        run, found = self.search(target, script(QUICK, more), code=99)
        self.assertFalse(found["finished"])
        self.assertEqual(found["probes"][-1]["outcome"], "unfinished")
        self.assertIn("CAPACITY", run.stdout)

    def test_the_example(self):
        target = self.target("10", "50ms")
        _, found = self.search(target, EXAMPLE, "-e", "START=100", "-e", "STEP=2s")
        self.assertAlmostEqual(found["sustained_rate"] / 200, 1, delta=0.15)

    def test_bad_options_are_named_all_at_once(self):
        fields = 'start = 0, maxRate = -3, factor = 1, stepDuration = "1s", settle = "1s", pacing = "1s", lateStart = "queue", preAllocatedVUs = 1'
        run = self.loadrun(script(fields), "-e", "BASE=x", code=104)
        for field in ("start", "maxRate", "factor", "settle", "objective", "pacing", "lateStart"):
            self.assertIn(f"scenarios.search.{field}", run.stderr)
        wrong = QUICK.replace("http_req_failed", "http_req_faild")
        run = self.loadrun(script(wrong), "-e", "BASE=x", code=104)
        self.assertIn('no metric name "http_req_faild" found', run.log)

    @unittest.skipUnless(WHOLE, "takes six minutes: LOADRUN_TEST_FULL=1")
    def test_five_searches_in_five_are_right_and_fast(self):
        fields = f'start = 50, factor = 1.5, stepDuration = "5s", settle = "1s", maxRate = 5000, {VUS}, {OBJECTIVE}'
        capacity = 50 / 0.05
        stair = 5 * (math.ceil(math.log(capacity / 50) / math.log(1.05)) + 1)
        for number in range(5):
            with self.subTest(run=number):
                target = self.target("50", "50ms")
                run, found = self.search(target, script(fields))
                print(f"run {number}: {found['sustained_rate']} ({found['interval']}) of {capacity:.0f}, broken by "
                      f"{found['broken_by']}, {len(found['probes'])} probes in {run.seconds:.0f} s (stair: {stair} s)", flush=True)
                self.assertAlmostEqual(found["sustained_rate"] / capacity, 1, delta=0.05)
                self.assertLessEqual(run.seconds, stair / 2)


if __name__ == "__main__":
    unittest.main()

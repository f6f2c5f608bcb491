"""The demo against its own server: the target's counts are those of the summary, and the examples run as they say."""

import json
import os
import unittest

from support.coupon_target import CouponTarget
from support.run_loadrun import LoadrunTest, binary

EXAMPLES = os.path.join(os.path.dirname(__file__), "..", "..", "examples", "coupon")
ISSUE = "PATCH /api/commerce/coupon"
READ = "GET /api/commerce/mycoupon/{userId}"

MIXED = """
local http = require "k6/http"
local BASE = __ENV.BASE
local function issue(user, coupon)
  return http.patch(BASE .. "/api/commerce/coupon", '{"couponId":' .. coupon .. ',"issueAt":"2026-01-01T00:00:00"}',
    { headers = { ["X-User-Id"] = tostring(user) }, tags = { name = "issue" } })
end
return {
  options = { scenarios = { all = { executor = "per-vu-iterations", vus = 10, iterations = 5 } },
    thresholds = { ["http_reqs{name:issue,status:200}"] = {}, ["http_reqs{name:issue,status:409}"] = {},
      ["http_reqs{name:read,status:200}"] = {}, ["http_reqs{name:health,status:200}"] = {} } },
  default = function()
    issue(__VU, 3)  -- 409 from the second iteration on
    http.get(BASE .. "/api/commerce/mycoupon/" .. __VU, { tags = { name = "read" } })
    http.get(BASE .. "/actuator/health", { tags = { name = "health" } })
  end,
}
"""


def example(name):
    return os.path.normpath(os.path.join(EXAMPLES, name))


class CouponTest(LoadrunTest):
    def target(self, *arguments):
        return self.enterContext(CouponTarget(binary("COUPON_TARGET"), *arguments))

    def run_on(self, target, script, *arguments, code=0):
        return self.loadrun(script, "-e", f"BASE={target.url}", *arguments, code=code)

    def total(self, counted):
        return sum(count for statuses in counted["requests"].values() for count in statuses.values())

    def test_routes_and_statuses(self):
        target = self.target("--pool", "20", "--hold", "1ms")
        run = self.run_on(target, MIXED)
        counted = target.stop()
        self.assertEqual(counted["requests"][ISSUE], {"200": 10, "409": 40})
        self.assertEqual(run.count("http_reqs{name:issue,status:200}"), 10)
        self.assertEqual(run.count("http_reqs{name:issue,status:409}"), 40)
        self.assertEqual(run.count("http_reqs{name:read,status:200}"), counted["requests"][READ]["200"])
        self.assertEqual(run.count("http_reqs{name:health,status:200}"), 50)
        self.assertEqual(run.count("http_reqs"), self.total(counted))
        self.assertEqual(counted["connections_accepted"], 10)

    def test_a_pool_that_runs_dry_answers_500(self):
        target = self.target("--pool", "1", "--hold", "50ms", "--acquire-timeout", "20ms")
        run = self.run_on(target, MIXED)
        counted = target.stop()
        failed = sum(statuses.get("500", 0) for statuses in counted["requests"].values())
        refused = counted["requests"][ISSUE].get("409", 0)
        self.assertGreater(failed, 0)
        self.assertEqual(run.metric("http_req_failed")["passes"], failed + refused)

    def test_peak_holds_its_threshold_on_a_fast_target(self):
        target = self.target("--pool", "100", "--row-lock", "off")
        run = self.run_on(target, example("peak.lua"), "-u", "40", "-i", "40")
        counted = target.stop()
        self.assertEqual(counted["requests"], {ISSUE: {"200": 40}, READ: {"200": 40}})
        self.assertEqual((run.count("http_reqs"), run.count("iterations")), (80, 40))
        self.assertEqual(run.metric("checks"), {"value": 1, "passes": 80, "fails": 0})
        self.assertIn("✓ 쿠폰 발급 성공", run.stdout)
        self.assertIn("✓ 쿠폰 조회 성공", run.stdout)
        self.assertGreaterEqual(run.metric("iteration_duration")["min"], 1500)

    def test_report_reads_two_pages_at_once_and_writes_its_own_summary(self):
        target = self.target("--pool", "20", "--row-lock", "off")
        report = os.path.join(self.dir, "report.json")
        run = self.run_on(target, example("report.lua"), "-d", "1s", "-e", f"REPORT={report}")
        counted = target.stop()
        requests = counted["requests"][READ]["200"]
        self.assertEqual(requests, 1 + 2 * run.count("iterations"))
        # 10 users with two requests each in flight; setup has a connection of its own.
        self.assertEqual(counted["connections_accepted"], 21)
        with open(report, encoding="utf-8") as text:
            data = json.load(text)
        self.assertEqual(data["metrics"]["http_reqs"]["values"]["count"], requests)
        self.assertRegex(run.stdout, rf"(?m)^{requests} requests, p\(95\) [\d.]+ ms, 100.0% of checks passed$")
        self.assertNotIn("TOTAL RESULTS", run.stdout)

    def test_report_stops_at_a_server_that_does_not_answer(self):
        run = self.loadrun(example("report.lua"), "-e", "BASE=http://127.0.0.1:9", code=108)
        self.assertIn("test aborted: the server answers 0", run.log)

    def test_peak_crosses_it_on_a_slow_one(self):
        target = self.target("--pool", "1", "--hold", "100ms")
        run = self.run_on(target, example("peak.lua"), "-u", "20", "-i", "20", code=99)
        counted = target.stop()
        self.assertEqual(self.total(counted), run.count("http_reqs"))
        self.assertIn("thresholds on metrics 'http_req_duration' have been crossed", run.stderr)
        self.assertEqual(run.metric("checks")["fails"], 0)

    def test_sold_out(self):
        target = self.target("--stock", "5")
        run = self.run_on(target, example("peak.lua"), "-u", "20", "-i", "20", "--no-thresholds")
        counted = target.stop()
        self.assertEqual(counted["requests"][ISSUE], {"200": 5, "409": 15})
        self.assertIn("✗ 쿠폰 발급 성공", run.stdout)
        self.assertIn("↳  25% — ✓ 5 / ✗ 15", run.stdout)

    def test_load_follows_the_stages(self):
        target = self.target("--pool", "50", "--row-lock", "off")
        run = self.run_on(target, example("load.lua"), "-s", "1s:20", "-s", "2s:20", "-s", "1s:0")
        counted = target.stop()
        self.assertIn("Up to 20 looping VUs for 4s over 3 stages", run.stdout)
        self.assertEqual(self.total(counted), run.count("http_reqs"))
        self.assertEqual(counted["connections_accepted"], 20)
        self.assertEqual(run.metric("checks")["fails"], 0)

    def test_peak_without_a_server_to_talk_to(self):
        run = self.loadrun(example("peak.lua"), code=107)
        self.assertIn("name the server: -e BASE=", run.stderr)


if __name__ == "__main__":
    unittest.main()

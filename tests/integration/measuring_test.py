"""What is measured: the same on any number of workers, bounded, in whole seconds."""

import json
import re
import subprocess
import unittest

from support.nginx_server import Nginx
from support.run_loadrun import LoadrunTest, clean_environment

SCRIPTED = """
local exec, metrics = require "k6/execution", require "k6/metrics"
local times = metrics.Trend("times", true)
local sizes = metrics.Trend("sizes")
local signed = metrics.Trend("signed")
local total = metrics.Counter("total")
return {
  options = {
    summaryTrendStats = { "min", "max", "avg", "med", "p(0.1)", "p(10)", "p(90)", "p(95)", "p(99)", "p(99.9)", "count" },
    scenarios = { values = { executor = "shared-iterations", vus = 12, iterations = 30000 } },
  },
  default = function()
    local n = exec.scenario.iterationInTest
    times:add((n * 7919 % 104729) / 1000)
    sizes:add(2 ^ (n * 31 % 977 / 16) + n)
    signed:add((n * 6007 % 20011) - 10005.25)
    total:add(n / 7)
  end,
}
"""

# Values that depend on the second of the test.
BAD_SECOND = """
local k6, exec, metrics = require "k6", require "k6/execution", require "k6/metrics"
local latency = metrics.Trend("latency", true)
return {{
  options = {{ vus = 1, duration = "{duration}", thresholds = {{ latency = {{ {threshold} }} }} }},
  default = function()
    local second = math.floor(exec.instance.currentTestRunDuration / 1000)
    latency:add({value})
    k6.sleep(0.02)
  end,
}}
"""


class MeasuringTest(LoadrunTest):
    def test_any_number_of_workers_gives_the_same_bits(self):
        texts = []
        for workers in (1, 2, 4):
            run = self.loadrun(SCRIPTED, "--workers", str(workers))
            self.assertEqual(run.count("iterations"), 30000)
            measured = {name: run.metric(name) for name in ("times", "sizes", "signed", "total")}
            del measured["total"]["rate"]
            texts.append(json.dumps(measured, sort_keys=True))
        self.assertEqual(texts[0], texts[1])
        self.assertEqual(texts[0], texts[2])
        self.assertEqual(json.loads(texts[0])["times"]["count"], 30000)

    def bad_second(self, threshold, value="second == 2 and 500 or 1", duration="5s", code=0):
        return self.loadrun(
            BAD_SECOND.format(threshold=threshold, value=value, duration=duration), code=code
        )

    def test_a_window_sees_a_bad_second_that_the_whole_run_does_not(self):
        run = self.bad_second('"med<100", { threshold = "med<100", window = "1s" }', code=99)
        self.assertIn("✓ 'med<100' med=", run.stdout)
        line = re.search(r"✗ 'med<100' window=1s med=500ms after 3s, 1 of [45] windows failed", run.stdout)
        self.assertTrue(line, run.stdout)
        self.assertEqual(run.metric("latency")["thresholds"], {"med<100": False, "med<100 window=1s": True})
        self.assertIn("loadrun_threshold_ok", run.stdout)  # it says something

    def test_a_window_aborts_within_seconds(self):
        run = self.bad_second(
            '{ threshold = "max<100", window = "2s", abortOnFail = true }', duration="40s", code=99
        )
        self.assertLess(run.seconds, 15)
        self.assertIn("stopping test prematurely", run.stderr)

    def test_the_first_seconds_can_be_left_out(self):
        slow_start = "second < 2 and 500 or 1"
        run = self.bad_second('{ threshold = "max<100", after = "2s" }', slow_start)
        self.assertIn("✓ 'max<100' after=2s max=1ms", run.stdout)
        self.assertNotIn("loadrun_threshold_ok", run.stdout)
        self.bad_second('{ threshold = "max<100", after = "1s" }', slow_start, code=99)

    def test_a_window_that_was_never_full_is_said(self):
        run = self.bad_second('{ threshold = "max<1000", window = "1m" }', duration="2s")
        self.assertIn("never had a full window: it was evaluated over 2.", run.stderr)

    def test_bad_windows_are_named(self):
        run = self.bad_second('{ threshold = "max<1", window = "1500ms" }, { threshold = "max<1", windo = 1 }', code=104)
        self.assertIn("thresholds.latency[0].window: 1.5s is not a whole number of seconds", run.log)
        self.assertIn('thresholds.latency[1].windo: a threshold has no such field (did you mean "window"?)', run.log)

    def test_inspect_shows_windows(self):
        script = self.write("inspected.lua", """
            return {
              options = { noMetrics = { "vus" }, thresholds = {
                checks = { { threshold = "rate>0.9", window = "30s", after = "10s" } } } },
              default = function() end,
            }""")
        shown = subprocess.run(
            [self.loadrun_path, "inspect", script], capture_output=True, check=True, env=clean_environment(self.dir)
        )
        options = json.loads(shown.stdout)
        self.assertEqual(
            options["thresholds"], {"checks": [{"threshold": "rate>0.9", "window": "30s", "after": "10s"}]}
        )
        self.assertEqual(options["noMetrics"], ["vus"])

    def test_many_series_are_warned_of_and_folded(self):
        script = """
        local seen = require("k6/metrics").Counter("seen")
        return {
          options = { iterations = 10, vus = 1 },
          default = function()
            for i = 1, 15000 do
              seen:add(1, { order = __ITER .. "-" .. i })
            end
          end,
        }
        """
        run = self.loadrun(script, "--workers", "1", limit=120)
        self.assertEqual(run.count("seen"), 150000)
        self.assertEqual(run.stderr.count("has more than 10000 series"), 1)
        self.assertRegex(run.log, 'because the tag "order" has \\d+ values, e.g. "\\d+-\\d+"')
        folded = re.search(r"loadrun_folded_tags\.*: (\d+)", run.stdout)
        self.assertTrue(folded, run.stdout)
        self.assertAlmostEqual(int(folded[1]), 50000, delta=100)


class LeftOutTest(LoadrunTest):
    SCRIPT = """
    local http = require "k6/http"
    return {
      options = { iterations = 4 },
      default = function() http.get(__ENV.BASE .. "/text") end,
    }
    """

    def setUp(self):
        super().setUp()
        self.nginx = self.enterContext(Nginx())

    def run_without(self, *arguments, **more):
        return self.loadrun(self.SCRIPT, "-e", f"BASE={self.nginx.url}", *arguments, **more)

    def test_metrics_left_out_are_nowhere(self):
        left_out = ["http_reqs", "iterations", "http_req_tls_handshaking", "vus", "data_sent"]
        for arguments, env in ((["--no-metrics", ",".join(left_out)], {}), ([], {"LOADRUN_NO_METRICS": ",".join(left_out)})):
            run = self.run_without("--summary-mode", "full", *arguments, env=env)
            for name in left_out:
                self.assertNotIn(name, run.summary["metrics"])
                self.assertNotRegex(run.stdout, rf"\b{name}\b\.")
            self.assertIn("http_req_duration", run.summary["metrics"])
            self.assertIn("iteration_duration", run.summary["metrics"])
        self.assertEqual(self.run_without().count("http_reqs"), 4)

    def test_unknown_ones_and_thresholds_on_them_are_errors(self):
        run = self.run_without("--no-metrics", "http_req", code=104)
        self.assertIn('there is no built-in metric "http_req" (did you mean "http_reqs"?)', run.log)
        run = self.loadrun(
            'return { options = { noMetrics = { "http_reqs" }, thresholds = { http_reqs = { "count>1" } } },'
            " default = function() end }",
            code=104,
        )
        self.assertIn("defined on http_reqs; reason: the option noMetrics leaves this metric out", run.log)


if __name__ == "__main__":
    unittest.main()

"""Thresholds, tags and the exported summary of runs against nginx."""

import unittest

from support.fault_server import FaultServer
from support.nginx_server import Nginx
from support.run_loadrun import LoadrunTest

SCRIPT = """
local http = require "k6/http"
return {{
  options = {{ iterations = 5, thresholds = {thresholds} }},
  default = function()
    http.get(__ENV.BASE .. "/text", {{ tags = {{ name = "text", kind = "page" }} }})
    http.get(__ENV.BASE .. "/missing")
  end,
}}
"""


class ThresholdsTest(LoadrunTest):
    def setUp(self):
        super().setUp()
        self.nginx = self.enterContext(Nginx())

    def run_with(self, thresholds, *arguments, code=0):
        return self.loadrun(
            SCRIPT.format(thresholds=thresholds), "-e", f"BASE={self.nginx.url}", *arguments, code=code
        )

    def test_bytes_and_iterations_have_the_tags_of_their_vu_and_those_of_setup_its_group(self):
        script = """
        local http, exec = require "k6/http", require "k6/execution"
        return {
          options = { iterations = 2, thresholds = {
            ["data_received{group:::setup}"] = { "count>100" }, ["data_sent{group:::teardown}"] = { "count>50" },
            ["iterations{shop:a}"] = { "count==2" }, ["iteration_duration{shop:a}"] = { "max>0" },
            ["data_sent{shop:a}"] = { "count>50" }, ["data_sent{shop:a,group:::setup}"] = { "count==0" },
          } },
          setup = function() http.get(__ENV.BASE .. "/text") end,
          teardown = function() http.get(__ENV.BASE .. "/text") end,
          default = function()
            exec.vu.tags.shop = "a"
            http.get(__ENV.BASE .. "/text")
          end,
        }
        """
        run = self.loadrun(script, "-e", f"BASE={self.nginx.url}")
        parts = ("data_received{group:::setup}", "data_sent{group:::teardown}", "data_sent{shop:a}")
        self.assertLess(sum(run.count(part) for part in parts[1:]), run.count("data_sent"))  # setup's is missing there
        self.assertLess(run.count(parts[0]), run.count("data_received"))

    def test_kept_ones_exit_with_0(self):
        run = self.run_with('{ http_req_duration = { "p(95)<10000" }, http_reqs = { "count==10" } }')
        self.assertIn("✓ 'count==10' count=10", run.stdout)
        self.assertEqual(run.metric("http_reqs")["thresholds"], {"count==10": False})

    def test_crossed_ones_exit_with_99(self):
        run = self.run_with('{ http_req_failed = { "rate<0.1" }, http_reqs = { "count>1" } }', code=99)
        self.assertIn("✗ 'rate<0.1' rate=50.00%", run.stdout)
        self.assertIn("thresholds on metrics 'http_req_failed' have been crossed", run.stderr)
        self.assertEqual(run.metric("http_req_failed")["thresholds"], {"rate<0.1": True})

    def test_sub_metrics(self):
        run = self.run_with(
            '{ ["http_req_duration{name:text}"] = { "max<10000" }, ["http_reqs{kind:page}"] = { "count==5" },'
            ' ["http_reqs{status:404,method:GET}"] = { "count==5" }, ["http_reqs{name:nowhere}"] = { "count==0" } }'
        )
        self.assertIn("{name:text}\n      ✓ 'max<10000'", run.stdout)
        self.assertEqual(run.count("http_reqs{kind:page}"), 5)
        self.run_with('{ ["http_req_duration{name:text}"] = { "max<0" } }', code=99)

    def test_no_thresholds_evaluates_none(self):
        for arguments, env in ((["--no-thresholds"], {}), ([], {"LOADRUN_NO_THRESHOLDS": "true"})):
            run = self.loadrun(
                SCRIPT.format(thresholds='{ http_reqs = { "count<1" }, ["nothing at all"] = { "no" } }'),
                "-e", f"BASE={self.nginx.url}", *arguments, env=env,
            )
            self.assertNotIn("THRESHOLDS", run.stdout)
            self.assertEqual(run.count("http_reqs"), 10)

    def test_abort_on_fail_stops_the_run(self):
        script = """
        local k6 = require "k6"
        return {
          options = { duration = "60s", thresholds = {
            iterations = { { threshold = "count<2", abortOnFail = true } } } },
          default = function() k6.sleep(0.1) end,
          teardown = function() console.log("torn down") end,
        }
        """
        run = self.loadrun(script, code=99, limit=40)
        self.assertLess(run.seconds, 30)
        self.assertIn("stopping test prematurely", run.stderr)
        self.assertEqual(run.said(), ["torn down"])

    def test_abort_on_fail_waits_for_its_delay(self):
        """The threshold fails from the start; it is evaluated every 2 s, and does not count in the first 3 s."""
        script = """
        local k6 = require "k6"
        local seen = require("k6/metrics").Counter("seen")
        return {
          options = { duration = "60s", thresholds = {
            ["seen{kind:a}"] = { { threshold = "count<1", abortOnFail = true, delayAbortEval = "3s" } } } },
          default = function() seen:add(1, { kind = "a" }) k6.sleep(0.1) end,
        }
        """
        run = self.loadrun(script, code=99, limit=40)
        self.assertTrue(3 <= run.seconds < 30, str(run))
        self.assertGreater(run.count("seen{kind:a}"), 20)
        self.assertIn("thresholds on metrics 'seen{kind:a}' were crossed", run.log)

    def test_a_sub_metric_aborts_only_when_its_own_samples_fail_it(self):
        script = """
        local k6 = require "k6"
        local seen = require("k6/metrics").Counter("seen")
        return {
          options = { duration = "3s", thresholds = { ["seen{kind:b}"] = { { threshold = "count<1", abortOnFail = true } } } },
          default = function() seen:add(1, { kind = "a" }) k6.sleep(0.1) end,
        }
        """
        run = self.loadrun(script)
        self.assertGreaterEqual(run.seconds, 3)
        self.assertEqual(run.count("seen{kind:b}"), 0)
        self.assertGreater(run.count("seen"), 20)

    def test_the_time_unit_of_the_summary_in_all_layouts(self):
        """Values are 1500 ms; what has another unit than time stays as it is."""
        script = """
        local metrics = require "k6/metrics"
        local took, size = metrics.Trend("took", true), metrics.Trend("size")
        return {
          options = { thresholds = { took = { "max<2000" } }, summaryTrendStats = { "max" } },
          default = function() took:add(1500) size:add(1500) end,
        }
        """
        for mode in ("compact", "full", "legacy"):
            for unit, shown in (("s", "1.50s"), ("ms", "1500.00ms"), ("us", "1500000.00µs")):
                with self.subTest(mode=mode, unit=unit):
                    run = self.loadrun(script, f"--summary-mode={mode}", f"--summary-time-unit={unit}")
                    self.assertRegex(run.stdout, rf"took\.*: (.*\s)?max={shown}")
                    self.assertRegex(run.stdout, r"size\.*: (.*\s)?max=1500\s")
                    self.assertEqual(run.metric("took")["max"], 1500)

    def test_the_memory_of_scripts_is_in_the_full_summary_and_the_export(self):
        script = 'local k6 = require "k6"\nreturn { options = { duration = "2500ms" }, default = function() k6.sleep(0.2) end }'
        run = self.loadrun(script, "--summary-mode=full")
        self.assertIn("loadrun_lua_memory", run.stdout)
        self.assertNotIn("loadrun_lua_memory", run.summary["metrics"])
        self.assertGreater(run.summary["loadrun"]["metrics"]["loadrun_lua_memory"]["value"], 10_000)
        self.assertNotIn("loadrun_lua_memory", self.loadrun(script).stdout)

    def test_tags_of_the_run_and_of_requests(self):
        run = self.run_with(
            '{ ["http_reqs{team:a}"] = {}, ["iterations{team:a}"] = {}, ["http_reqs{scenario:default}"] = {},'
            " }",
            "--tag", "team=a", "--tag", "kind=overridden",
        )
        self.assertEqual(run.count("http_reqs{team:a}"), 10)
        self.assertEqual(run.count("iterations{team:a}"), 5)
        self.assertEqual(run.count("http_reqs{scenario:default}"), 10)

    def test_request_tags_win_over_those_of_the_run(self):
        run = self.run_with('{ ["http_reqs{kind:page}"] = {}, ["http_reqs{kind:run}"] = {} }', "--tag", "kind=run")
        self.assertEqual((run.count("http_reqs{kind:page}"), run.count("http_reqs{kind:run}")), (5, 5))

    def test_trend_stats_choose_the_columns(self):
        run = self.run_with("{}", "--summary-trend-stats", "min,p(99.9),count")
        self.assertEqual(list(run.metric("http_req_duration")), ["min", "p(99.9)", "count"])
        self.assertEqual(run.metric("http_req_duration")["count"], 10)

    def test_setup_data_is_exported(self):
        run = self.loadrun('return { setup = function() return { a = { 1, 2 } } end, default = function() end }')
        self.assertEqual(run.summary["setup_data"], {"a": [1, 2]})

    def test_timings_belong_to_their_phases(self):
        """The answer takes 200 ms: that is waiting, not sending or receiving."""
        run = self.loadrun(
            'local http = require "k6/http"\nreturn { options = { iterations = 3 }, default = function()\n'
            'http.get(__ENV.LATE) http.post(__ENV.LATE, "body") end }',
            "-e", f"LATE={self.late_server()}",
        )
        self.assertGreater(run.metric("http_req_waiting")["min"], 190)
        self.assertLess(run.metric("http_req_sending")["med"], 50)
        self.assertLess(run.metric("http_req_receiving")["med"], 50)

    def late_server(self):
        return self.enterContext(FaultServer()).url + "/late"


if __name__ == "__main__":
    unittest.main()

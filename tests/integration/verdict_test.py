"""The verdict on the load generator: a process that was short of CPU, that stood still, that computed for too long or had
too few VUs says so; a healthy one never says that it was at fault."""

import json
import os
import re
import signal
import time
import unittest

from support.cpu_quota import CpuQuota
from support.json_schema import violations
from support.result_file import opened
from support.run_loadrun import LoadrunTest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCHEMA = os.path.join(ROOT, "docs", "summary.schema.json")


def arrivals(rate, seconds, body, fields=""):
    return f"""
local k6 = require "k6"
return {{
  options = {{ scenarios = {{ open = {{
    executor = "constant-arrival-rate", rate = {rate}, duration = "{seconds}s", preAllocatedVUs = 10, {fields}
  }} }} }},
  default = function() {body} end,
}}"""


# Half a core's worth of iterations of 1 ms CPU time.
BUSY = arrivals(500, 5, "local start = os.clock() while os.clock() - start < 0.001 do end")
LIGHT = arrivals(20, 1, "k6.sleep(0.01)")
FEW_VUS = arrivals(100, 2, "k6.sleep(0.5)")
STEADY = arrivals(50, 5, "k6.sleep(0.01)")

# What computes ends where it waits, in line 5.
COMPUTES = """local k6, test = require "k6", require("k6/execution").instance
return { options = { iterations = 3 }, default = function()
  local start = test.currentTestRunDuration
  while test.currentTestRunDuration - start < 300 do end
  k6.sleep(0.7)
end }"""


class VerdictTest(LoadrunTest):
    allow_invalid = False

    def setUp(self):
        super().setUp()
        self.json_path = os.path.join(self.dir, "results.json")

    def verdict_of(self, run):
        """As the JSON has it, which is valid; the text and the export say the same."""
        self.assertEqual(violations(self.json_path, SCHEMA), "")
        with open(self.json_path, encoding="utf-8") as text:
            verdict = json.load(text)["verdict"]
        self.assertEqual(run.summary["loadrun"]["verdict"], verdict)
        self.assertRegex(run.stdout, rf"\n\n  █ VERDICT: {verdict['state']}[ \n]", str(run))
        self.assertLess(run.stdout.index("VERDICT"), run.stdout.index("TOTAL RESULTS"))
        self.assertEqual(verdict["exit_code"], run.code)
        return verdict

    def judged(self, script, *arguments, **options):
        run = self.loadrun(script, "--summary-json", self.json_path, *arguments, **options)
        return run, self.verdict_of(run)

    def reason(self, verdict, rule):
        found = [reason for reason in verdict["reasons"] if reason["rule"] == rule]
        self.assertEqual(len(found), 1, verdict)
        return found[0]


class HealthyTest(VerdictTest):
    def test_twenty_runs_are_never_invalid(self):
        for _ in range(20):
            run, verdict = self.judged(LIGHT)
            self.assertIn(verdict["state"], ("VALID", "DEGRADED"), str(run))


class StarvedTest(VerdictTest):
    def command(self, script, arguments):
        return self.quota.wrapped(super().command(script, arguments))

    def test_a_fifth_of_a_cpu_for_half_a_one(self):
        try:
            self.quota = self.enterContext(CpuQuota(0.2))
        except OSError as error:
            self.skipTest(f"no cgroup with a CPU quota can be made here: {error}")
        run, verdict = self.judged(BUSY, code=95)
        self.assertEqual(verdict["state"], "INVALID")
        late = self.reason(verdict, "overloaded_late")
        self.assertRegex(late["text"], r"^worker 0 was busy \d+ % of the time between 00:\d\d and 00:\d\d ")
        self.assertEqual(verdict["reason"], "the figures are INVALID: " + verdict["reasons"][0]["text"])
        self.assertIn(verdict["reason"], run.log)
        self.reason(verdict, "throttled")
        _, allowed = self.judged(BUSY, "--allow-invalid")
        self.assertEqual(allowed["state"], "INVALID")


class StoppedTest(VerdictTest):
    def stopped_run(self, *arguments):
        """A run whose process stands still for 1.5 s."""
        process = self.start(self.write("script.lua", STEADY), "--summary-json", self.json_path, *arguments)
        time.sleep(2)
        process.send_signal(signal.SIGSTOP)
        time.sleep(1.5)
        process.send_signal(signal.SIGCONT)
        return self.finish(process)

    def test_a_process_that_stood_still(self):
        run = self.stopped_run()
        self.assertEqual(run.code, 95, str(run))
        verdict = self.verdict_of(run)
        self.assertEqual(verdict["state"], "INVALID")
        stall = self.reason(verdict, "stalled")
        seconds = re.match(r"worker \d stood still for (\d\.\d) s at 00:0\d", stall["text"])
        self.assertTrue(seconds, stall)
        self.assertAlmostEqual(float(seconds[1]), 1.5, delta=0.5)

    def test_an_allowed_one_is_shown_all_the_same(self):
        run = self.stopped_run("--allow-invalid")
        self.assertEqual(run.code, 0, str(run))
        self.assertEqual(self.verdict_of(run)["state"], "INVALID")

    def test_a_failed_threshold_comes_first(self):
        script = STEADY.replace("options = {", 'options = { thresholds = { iterations = { "count<1" } },', 1)
        process = self.start(self.write("script.lua", script), "--summary-mode", "disabled")
        time.sleep(2)
        process.send_signal(signal.SIGSTOP)
        time.sleep(1.5)
        process.send_signal(signal.SIGCONT)
        run = self.finish(process)
        self.assertEqual(run.code, 99, str(run))
        self.assertIn("the figures are INVALID: worker", run.log)
        self.assertNotIn("VERDICT", run.stdout)


class ComputingTest(VerdictTest):
    def test_a_script_that_computes_is_named_with_its_line(self):
        _, verdict = self.judged(COMPUTES)
        self.assertEqual(verdict["state"], "DEGRADED")
        self.assertRegex(
            self.reason(verdict, "slow_script")["text"],
            r"^the script computed for \d+ ms without waiting .*, up to \S*script\.lua:5; ",
        )


class IncompleteTest(VerdictTest):
    def expect_incomplete(self, run, verdict):
        self.assertEqual(verdict["state"], "INCOMPLETE", str(run))
        lacking = run.count("dropped_iterations")
        self.assertGreater(lacking, 100)
        self.assertRegex(run.stdout, rf"{lacking} of {lacking + run.count('iterations')} arrivals \(\d+ %\)")
        self.assertIn("the percentiles lack them", re.sub(r"\s+", " ", run.stdout))

    def test_too_few_vus_are_not_a_failure(self):
        for mode in ("compact", "full"):
            self.expect_incomplete(*self.judged(FEW_VUS, "--summary-mode", mode))
        legacy = self.loadrun(FEW_VUS, "--summary-mode", "legacy").stdout
        self.assertLess(legacy.index("█ VERDICT: INCOMPLETE"), legacy.index("data_received"))

    def test_unless_the_run_has_to_be_complete(self):
        run, verdict = self.judged(FEW_VUS, "--require-complete", code=95)
        self.expect_incomplete(run, verdict)
        self.assertRegex(run.log, r"the figures are INCOMPLETE: \d+ of \d+ arrivals")
        self.loadrun(FEW_VUS, "-q", env={"LOADRUN_REQUIRE_COMPLETE": "true"}, code=95)
        self.loadrun(FEW_VUS, "-q", "--allow-invalid", "--require-complete", code=95)
        self.loadrun(LIGHT, "-q", "--allow-invalid", "--require-complete")

    def test_arrivals_that_waited_to_the_end_are_lacking_too(self):
        script = arrivals(100, 2, "k6.sleep(0.5)", 'lateStart = "queue", gracefulStop = "0s"')
        run, verdict = self.judged(script)
        self.assertEqual(verdict["state"], "INCOMPLETE")
        count = run.summary["loadrun"]["unscheduled"]["open"]["count"]
        self.assertRegex(self.reason(verdict, "unscheduled")["text"], rf"^{count} of \d+ arrivals .* still waited for a VU")

    def test_the_result_file_has_it(self):
        path = os.path.join(self.dir, "result.db")
        self.loadrun(FEW_VUS, "--out", f"result={path}", "--require-complete", code=95)
        with opened(path) as file:
            self.assertEqual(
                file.execute("SELECT exit_code, verdict, validity FROM run").fetchone(), (95, "failed", "INCOMPLETE")
            )
            rows = file.execute("SELECT rule, validity, worker FROM verdict_reasons").fetchall()
            self.assertIn(("dropped", "INCOMPLETE", None), rows)

    def test_text_summary_of_a_script_shows_it(self):
        script = FEW_VUS.replace(
            "default =",
            'handleSummary = function(data) return { stdout = require("k6-summary").textSummary(data) } end,\n  default =',
        )
        run = self.loadrun(script, "-q")
        self.assertRegex(run.stdout, r"^ +█ VERDICT: \S*INCOMPLETE\S*\n\n +\S+ \d+ of \d+ arrivals ")


if __name__ == "__main__":
    unittest.main()

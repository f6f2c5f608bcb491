"""A test in several instances, some of which have no VUs of a scenario."""

import re
import unittest

from support.run_loadrun import LoadrunTest

SEQUENCE = "0,1/3,2/3,1"
SEGMENTS = ("0:1/3", "1/3:2/3", "2/3:1")
# Where a scenario has no VUs, nothing may wait for its end.
SCRIPT = """
local k6 = require "k6"
return {
  options = { scenarios = {
    all = { executor = "per-vu-iterations", vus = 3, iterations = 2 },
    one = { executor = "shared-iterations", vus = 1, iterations = 4 },
    open = { executor = "constant-arrival-rate", rate = 10, duration = "2s", preAllocatedVUs = 1, exec = "arrive" },
    ramp = { executor = "ramping-vus", startVUs = 1, stages = { { duration = "2s", target = 1 } }, exec = "turn" },
  }, thresholds = { ["iterations{scenario:all}"] = {}, ["iterations{scenario:one}"] = {}, ["iterations{scenario:open}"] = {} } },
  setup = function() console.log("set up") end,
  default = function() k6.sleep(0.1) end,
  arrive = function() end,
  turn = function() k6.sleep(0.5) end,
  teardown = function() console.log("torn down") end,
}
"""
SCENARIOS = ("all", "one", "open", "ramp")


def shown(run):
    """The scenarios of the banner, and those of the last frame of the progress."""
    in_banner = re.findall(r"^ {11}\* (\w+):", run.stdout, re.MULTILINE)
    last_frame = run.stdout[run.stdout.rindex("running (") :]
    return in_banner, re.findall(r"^(\w+) .*%", last_frame, re.MULTILINE)


class SegmentsTest(LoadrunTest):
    def instance(self, segment, *arguments, script=SCRIPT):
        return self.loadrun(script, "--execution-segment", segment, "--execution-segment-sequence", SEQUENCE, *arguments)

    def test_scenarios_without_vus_are_left_out(self):
        totals = dict.fromkeys(("all", "one", "open"), 0)
        for segment in SEGMENTS:
            with self.subTest(segment=segment):
                run = self.instance(segment, "--workers", "2")
                left_out = re.findall(r"scenario (\w+) is left out: it has no VUs in the execution segment", run.log)
                run_here = [name for name in SCENARIOS if name not in left_out]
                self.assertEqual(shown(run), (run_here, run_here))
                self.assertIn(f"(33.33%) {len(run_here)} scenario", run.stdout)
                for name in totals:
                    count = run.count("iterations{scenario:%s}" % name)
                    self.assertEqual(count > 0, name not in left_out)
                    totals[name] += count
                if left_out:
                    self.assertEqual(run_here, ["all"])
                    self.assertLess(run.seconds, 1.5)
        self.assertEqual(totals["all"], 6)
        self.assertEqual(totals["one"], 4)
        self.assertAlmostEqual(totals["open"], 20, delta=1)

    def test_an_instance_without_any_vus_says_so_and_ends(self):
        script = SCRIPT.replace("vus = 3", "vus = 1")
        for workers in ("1", "2"):
            with self.subTest(workers=workers):
                run = self.instance("1/3:2/3", "--workers", workers, script=script)
                self.assertIn("there is nothing to run: no scenario has VUs in the execution segment 1/3:2/3", run.log)
                self.assertIn("(33.33%) 0 scenarios, 0 max VUs, 0s max duration", run.stdout)
                self.assertEqual(run.said(), ["set up", "torn down"])
                self.assertEqual(run.count("iterations"), 0)
                self.assertNotIn("No script iterations fully finished", run.log)
                self.assertLess(run.seconds, 1.5)


if __name__ == "__main__":
    unittest.main()

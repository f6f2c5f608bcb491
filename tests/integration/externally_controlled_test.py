"""Scenarios whose number of VUs is ordered from outside: what they do without an order."""

import os
import re
import signal
import unittest

from support.run_loadrun import LoadrunTest


def script(fields, body="k6.sleep(0.1)"):
    return f"""
    local k6 = require "k6"
    return {{ options = {{ scenarios = {{ s = {{ executor = "externally-controlled", {fields} }} }} }},
      default = function() {body} end }}
    """


class ExternallyControlledTest(LoadrunTest):
    def test_its_vus_loop_for_the_duration_and_all_it_may_have_are_made(self):
        run = self.loadrun(script('vus = 2, maxVUs = 5, duration = "2s"'), "--workers", "2")
        self.assertIn("s: Externally controlled execution with 2 VUs, 5 max VUs, 2s duration", run.stdout)
        self.assertAlmostEqual(run.count("iterations"), 40, delta=4)
        self.assertEqual(run.metric("vus")["max"], 2)
        self.assertEqual(run.metric("vus_max")["max"], 5)

    def test_the_end_interrupts_iterations(self):
        run = self.loadrun(script('vus = 2, duration = "1s"', "k6.sleep(20)"))
        self.assertLess(run.seconds, 5)
        self.assertIn("0 complete and 2 interrupted iterations", run.stdout)

    def test_without_a_duration_it_runs_until_a_signal(self):
        path = self.write("script.lua", script("vus = 3, duration = 0", 'k6.sleep(0.05) console.log("turn " .. __ITER)'))
        log = os.path.join(self.dir, "log.txt")
        process = self.start(path, "--log-output", f"file={log}")
        self.wait_for_text(log, "turn 30")
        process.send_signal(signal.SIGINT)
        run = self.finish(process)
        self.assertEqual(run.code, 105)
        self.assertIn("infinite max duration", run.stdout)
        self.assertRegex(run.stdout, r"s +\[ +0% \] 0/3 VUs +\d\.\ds/infinite")
        self.assertGreaterEqual(run.count("iterations"), 85)
        self.assertEqual(int(re.findall(r"and (\d+) interrupted", run.stdout)[-1]), 3)


if __name__ == "__main__":
    unittest.main()

"""Scripts that do not wait: they are stopped where Lua can be stopped, named where it cannot, and the summary of what
ran comes in any case."""

import unittest

from support.run_loadrun import LoadrunTest

# A worker of its own for each of two scenarios: one stands still, the other must not notice.
SCRIPT = """
local k6 = require "k6"
local function busy()
%s
end
return {
  options = { scenarios = {
    busy = { executor = "constant-vus", vus = 1, duration = "2s", gracefulStop = "1s", exec = "busy" },
    calm = { executor = "constant-vus", vus = 1, duration = "2s", gracefulStop = "1s", exec = "calm" } } },
  busy = busy,
  calm = function() k6.sleep(0.1) end,
  teardown = function() console.log("torn down") end,
}
"""
DEADLINE_S = 3
LINE = 4  # of what stands for %s

LOOP = "local n = 0 while true do n = n + 1 end"
CAUGHT = "while true do pcall(function() while true do end end) end"
C_FUNCTION = 'return string.find(("a"):rep(40), ("a?"):rep(40) .. ("a"):rep(40) .. "b")'


class WatchdogTest(LoadrunTest):
    def run_busy(self, code, *arguments, exit_code=0):
        run = self.loadrun(SCRIPT % code, "--workers", "2", *arguments, code=exit_code)
        # The scenarios begin after the start of the process, the summary is written before its end.
        self.assertLess(run.seconds, DEADLINE_S + 5 + 1, str(run))
        self.assertGreaterEqual(run.count("iterations"), 0.7 * 20, "the calm scenario")
        self.assertIn("TOTAL RESULTS", run.stdout)
        self.assertIn("torn down", run.said())
        return run

    def test_an_interpreted_loop_is_stopped_and_named(self):
        for code in (LOOP, CAUGHT):
            with self.subTest(code):
                run = self.run_busy(code, "--jit=off")
                self.assertIn(f"script.lua:{LINE}: interrupted", run.log)
                self.assertIn("scenario busy", run.log)
                self.assertIn("and 1 interrupted iterations", run.stdout)

    def test_a_compiled_loop_is_named_and_left_behind(self):
        run = self.run_busy(LOOP, exit_code=107)
        self.assertRegex(run.log, rf"left behind.*iteration 0, in compiled code at .*script\.lua:{LINE}")

    def test_a_c_function_is_named_by_its_vu(self):
        run = self.run_busy(C_FUNCTION, exit_code=107)
        self.assertRegex(run.log, r"left behind.*VU \d+, iteration 0, in a C function")

    def test_a_long_loop_is_warned_of_and_goes_on(self):
        run = self.loadrun(
            """
            return function()
              local ends = os.clock() + 7
              while os.clock() < ends do end
              console.log("went on")
            end
            """
        )
        self.assertEqual(run.said(), ["went on"])
        self.assertRegex(run.log, r"worker 0 has not waited for 5 s.*VU 1, iteration 0, in .* at .*script\.lua:4")
        self.assertEqual(run.count("iterations"), 1)


if __name__ == "__main__":
    unittest.main()

"""The life cycle as a table: what happens where, and how the run ends.

Every row names the part of the script in which something happens, what happens, and then what is expected: the exit code,
whether teardown and handleSummary were called, and a text of the log.
"""

import os
import re
import signal
import time
import unittest

from support.run_loadrun import LoadrunTest

SCRIPT = """
local k6, exec = require "k6", require "k6/execution"
local started = require("k6/metrics").Counter("started")

local events = {
  error = function() error("boom") end,
  abort = function() exec.test.abort("foo") end,
  caught_abort = function() pcall(exec.test.abort, "foo") end,
  fail = function() exec.test.fail("marked") end,
  wait = function() k6.sleep(50) end,
  loop = function() local n = 0 while true do n = n + 1 end end,
}

local function at(where)
  if __ENV.WHERE == where then
    console.log("begun")
    events[__ENV.WHAT]()
  end
end

local function called(name, fn)
  return function(...)
    console.log("called " .. name)
    at(name)
    return fn and fn(...)
  end
end

at(__VU == 0 and "init" or "init of VU " .. __VU)

return {
  options = { scenarios = { only = {
      executor = "per-vu-iterations", vus = 2, iterations = 1, maxDuration = "20s", gracefulStop = "1s" } },
    setupTimeout = "1s", teardownTimeout = "1s", handleSummaryTimeout = "1s",
    thresholds = __ENV.WHAT == "wait" and __ENV.THRESHOLD and {
      started = { { threshold = "count<1", abortOnFail = true } } } or nil },
  setup = called "setup",
  default = function()
    started:add(1)
    if __VU == 1 then called "iteration" () end
  end,
  teardown = called "teardown",
  handleSummary = called("handleSummary", function() return { stdout = "my summary\\n" } end),
}
"""

MINE, DEFAULT, NONE = "my summary", "TOTAL RESULTS", None


def row(where, what, code, teardown, summary, log="", sigints=0, env=None, arguments=()):
    return where, what, code, teardown, summary, log, sigints, env or {}, arguments


NO_JIT = ("--jit=off",)
ABORTED = "test run was aborted by a signal"
ROWS = [
    row("nowhere", "error", 0, True, MINE),
    # where, what, exit code, teardown called, summary shown, log
    row("init", "error", 107, False, NONE, "boom"),
    row("init of VU 2", "error", 107, False, MINE, "boom"),
    row("setup", "error", 107, False, MINE, "boom"),
    row("iteration", "error", 0, True, MINE, "boom"),
    row("teardown", "error", 107, True, MINE, "boom"),
    row("handleSummary", "error", 0, True, DEFAULT, "boom"),
    row("init", "abort", 108, False, NONE, "test aborted: foo"),
    row("init", "caught_abort", 108, False, NONE, "test aborted: foo"),
    row("init of VU 2", "abort", 108, False, MINE, "test aborted: foo"),
    row("setup", "abort", 108, False, MINE, "test aborted: foo"),
    row("iteration", "abort", 108, True, MINE, "test aborted: foo"),
    row("iteration", "caught_abort", 108, True, MINE, "test aborted: foo"),
    row("teardown", "abort", 108, True, MINE, "test aborted: foo"),
    row("handleSummary", "abort", 108, True, DEFAULT, "test aborted: foo"),
    row("setup", "fail", 110, True, MINE, "marked"),
    row("iteration", "fail", 110, True, MINE, "marked"),
    row("teardown", "fail", 110, True, MINE, "marked"),
    row("setup", "wait", 100, False, MINE, "setup() execution timed out after 1 seconds"),
    row("teardown", "wait", 101, True, MINE, "teardown() execution timed out after 1 seconds"),
    row("handleSummary", "wait", 0, True, NONE, "failed to handle the end-of-test summary"),
    row("setup", "loop", 100, False, MINE, "interrupted", arguments=NO_JIT),
    row("teardown", "loop", 101, True, MINE, "interrupted", arguments=NO_JIT),
    row("handleSummary", "loop", 0, True, NONE, "interrupted", arguments=NO_JIT),
    row("iteration", "wait", 99, True, MINE, "stopping test prematurely", env={"THRESHOLD": "1"}),
    row("init", "loop", 105, False, NONE, ABORTED, sigints=1, arguments=NO_JIT),
    row("init of VU 2", "loop", 105, False, MINE, ABORTED, sigints=1, arguments=NO_JIT),
    row("setup", "wait", 105, False, MINE, ABORTED, sigints=1),
    row("iteration", "wait", 105, True, MINE, ABORTED, sigints=1),
    row("iteration", "loop", 105, True, MINE, ABORTED, sigints=1, arguments=NO_JIT),
    row("teardown", "wait", 105, True, MINE, ABORTED, sigints=1),
    row("handleSummary", "wait", 105, True, DEFAULT, ABORTED, sigints=1),
    row("init", "loop", 105, False, NONE, sigints=2),
    row("init of VU 2", "loop", 105, False, NONE, sigints=2),
    row("setup", "loop", 105, False, NONE, sigints=2),
    row("iteration", "loop", 105, False, NONE, sigints=2),
    row("teardown", "loop", 105, True, NONE, sigints=2),
    row("handleSummary", "loop", 105, True, NONE, sigints=2),
]


class LifeCycleTest(LoadrunTest):
    def run_row(self, where, what, sigints, env, arguments):
        log = os.path.join(self.dir, f"log-{time.monotonic_ns()}.txt")
        flags = [flag for name, value in env.items() for flag in ("-e", f"{name}={value}")]
        process = self.start(
            self.script, "--log-output", f"file={log}", "-e", f"WHERE={where}", "-e", f"WHAT={what}", *flags, *arguments
        )
        for _ in range(sigints):
            self.wait_for_text(log, "begun")
            process.send_signal(signal.SIGINT)
            time.sleep(0.2)  # signals of one kind that wait together are one
        run = self.finish(process)
        with open(log, encoding="utf-8") as text:
            run.stderr += text.read()
        return run

    def setUp(self):
        super().setUp()
        self.script = self.write("script.lua", SCRIPT)

    def check_rows(self, *places):
        rows = [row for row in ROWS if row[0] in places]
        self.assertTrue(rows)
        for where, what, code, teardown, summary, log, sigints, env, arguments in rows:
            with self.subTest(where=where, what=what, sigints=sigints):
                run = self.run_row(where, what, sigints, env, arguments)
                self.assertEqual(run.code, code, str(run))
                self.assertEqual("called teardown" in run.said(), teardown, str(run))
                for text in (MINE, DEFAULT):
                    self.assertEqual(text in run.stdout, text == summary, str(run))
                self.assertIn(log, run.log)

    def test_nothing_happens(self):
        self.check_rows("nowhere")

    def test_init(self):
        self.check_rows("init", "init of VU 2")

    def test_setup(self):
        self.check_rows("setup")

    def test_iteration(self):
        self.check_rows("iteration")

    def test_teardown(self):
        self.check_rows("teardown")

    def test_handle_summary(self):
        self.check_rows("handleSummary")

    def test_every_row_is_checked(self):
        places = {"nowhere", "init", "init of VU 2", "setup", "iteration", "teardown", "handleSummary"}
        self.assertEqual({row[0] for row in ROWS}, places)


class PausedTest(LoadrunTest):
    SCRIPT = 'return { default = function() console.log("ran") end, setup = function() console.log("set up") end }'

    def start_paused(self):
        log = os.path.join(self.dir, "log.txt")
        process = self.start(self.write("script.lua", self.SCRIPT), "--paused", "--log-output", f"file={log}")
        self.wait_for_text(log, "paused")
        time.sleep(0.3)
        with open(log, encoding="utf-8") as text:
            said = text.read()
        self.assertNotIn("set up", said)
        return process, int(re.search(r"kill -USR1 (\d+)", said)[1]), log

    def test_starts_when_told_to(self):
        process, pid, log = self.start_paused()
        self.assertEqual(pid, process.pid)
        os.kill(pid, signal.SIGUSR1)
        run = self.finish(process)
        self.assertEqual(run.code, 0, str(run))
        self.assertEqual(run.count("iterations"), 1)
        with open(log, encoding="utf-8") as text:
            self.assertIn("set up", text.read())

    def test_an_interrupt_ends_it(self):
        process, _, _ = self.start_paused()
        process.send_signal(signal.SIGINT)
        run = self.finish(process)
        self.assertEqual(run.code, 105, str(run))
        self.assertEqual(run.count("iterations"), 0)


if __name__ == "__main__":
    unittest.main()

"""How iterations are scheduled, seen from outside: by the server's log, the counts and what the script prints."""

import re
import unittest

from support.nginx_server import Nginx
from support.run_loadrun import LoadrunTest

RAMP = """
local http = require "k6/http"
local k6 = require "k6"
return {
  options = { scenarios = { ramp = { executor = "ramping-vus", startVUs = 0, gracefulRampDown = "0s", stages = {
    { duration = "2s", target = 10 }, { duration = "1s", target = 10 }, { duration = "2s", target = 0 } } } } },
  default = function()
    http.get(__ENV.BASE .. "/text")
    k6.sleep(0.05)
  end,
}
"""


def scenario(fields, body="", more=""):
    """A script with one scenario of these fields."""
    return f"""
    local k6 = require "k6"
    return {{ options = {{ scenarios = {{ only = {{ {fields} }} }} }}, default = function() {body} end, {more} }}
    """


class RampingTest(LoadrunTest):
    WINDOW_S = 0.5

    def planned(self, t):
        """VUs that the straight lines of RAMP ask for, t seconds after its start."""
        return max(0.0, min(5 * t, 10, 5 * (5 - t)))

    def test_distinct_connections_follow_the_stages(self):
        with Nginx() as nginx:
            run = self.loadrun(RAMP, "-e", f"BASE={nginx.url}")
            requests = nginx.take_requests()
        # A request in flight when its VU is taken away was answered but is no sample, as in k6.
        cut = int(re.findall(r"complete and (\d+) interrupted", run.stdout)[-1])
        self.assertTrue(0 <= len(requests) - run.count("http_reqs") <= cut, str(run))
        start = min(request["time"] for request in requests) - 0.2  # the first VU is due at 2 s / 10
        windows = {}
        for request in requests:
            windows.setdefault(int((request["time"] - start) / self.WINDOW_S), set()).add(request["connection"])
        for window in range(10):
            begin, end = window * self.WINDOW_S, (window + 1) * self.WINDOW_S
            levels = [self.planned(begin), self.planned((begin + end) / 2), self.planned(end)]
            seen = len(windows.get(window, ()))
            # A VU more or less at the edges of a window, and two for the machine's own lateness.
            self.assertGreaterEqual(seen, min(levels) - 2, f"from {begin} s: {seen} VUs")
            self.assertLessEqual(seen, max(levels) + 2, f"from {begin} s: {seen} VUs")
        self.assertEqual(len({request["connection"] for request in requests}), 10)

    def test_graceful_ramp_down_lets_iterations_end(self):
        stages = 'stages = { { duration = "1s", target = 0 } }'
        cut = self.loadrun(scenario(f'executor = "ramping-vus", startVUs = 3, gracefulRampDown = "0s", {stages}', "k6.sleep(2)"))
        self.assertIn("0 complete and 3 interrupted", cut.stdout)
        whole = self.loadrun(scenario(f'executor = "ramping-vus", startVUs = 3, gracefulRampDown = "30s", {stages}', "k6.sleep(2)"))
        self.assertIn("3 complete and 0 interrupted", whole.stdout)


class EndOfScenarioTest(LoadrunTest):
    def test_graceful_stop_lets_iterations_end(self):
        run = self.loadrun(
            scenario('executor = "constant-vus", vus = 3, duration = "1s", gracefulStop = "10s"', "k6.sleep(1.5)")
        )
        self.assertIn("3 complete and 0 interrupted", run.stdout)
        self.assertEqual(run.count("iterations"), 3)
        self.assertGreaterEqual(run.seconds, 1.5)

    def test_without_it_they_are_interrupted_and_not_counted(self):
        with Nginx() as nginx:
            run = self.loadrun(
                scenario(
                    'executor = "constant-vus", vus = 3, duration = "1s", gracefulStop = "0s"',
                    'require("k6/http").get(__ENV.BASE .. "/text") k6.sleep(20)',
                ),
                "-e", f"BASE={nginx.url}",
            )
            self.assertEqual(len(nginx.take_requests()), 3)
        self.assertIn("0 complete and 3 interrupted", run.stdout)
        self.assertEqual((run.count("iterations"), run.count("http_reqs")), (0, 3))
        self.assertNotIn("iteration_duration", run.summary["metrics"])
        self.assertLess(run.seconds, 10)

    def test_iterations_that_maxDuration_left_over_are_dropped(self):
        run = self.loadrun(
            scenario(
                'executor = "per-vu-iterations", vus = 4, iterations = 50, maxDuration = "1s", gracefulStop = "5s"',
                "k6.sleep(0.3)",
            )
        )
        self.assertEqual(run.count("iterations") + run.count("dropped_iterations"), 200)
        self.assertGreaterEqual(run.count("iterations"), 4)
        self.assertLessEqual(run.count("iterations"), 16)  # no VU starts a fifth one after 1.2 s
        self.assertIn("0 interrupted", run.stdout)

    def test_shared_ones_too(self):
        run = self.loadrun(
            scenario(
                'executor = "shared-iterations", vus = 4, iterations = 50, maxDuration = "1s", gracefulStop = "0s"',
                "k6.sleep(0.4)",
            )
        )
        self.assertRegex(run.stdout, r"\d+ complete and 4 interrupted")
        self.assertEqual(run.count("iterations") + 4 + run.count("dropped_iterations"), 50)

    def test_every_started_iteration_is_counted_once(self):
        for workers in ("1", "2", "4"):
            run = self.loadrun("return function() end", "-u", "7", "-i", "1000", "--workers", workers)
            self.assertEqual((run.count("iterations"), run.count("dropped_iterations")), (1000, 0))


class VuNumbersTest(LoadrunTest):
    SCRIPT = scenario(
        'executor = "per-vu-iterations", vus = 6, iterations = 3', 'console.log(__VU .. ":" .. __ITER)'
    )

    def test_are_the_same_for_any_number_of_workers(self):
        expected = sorted(f"{vu}:{iteration}" for vu in range(1, 7) for iteration in range(3))
        for workers in ("1", "2", "4"):
            with self.subTest(workers=workers):
                self.assertEqual(sorted(self.loadrun(self.SCRIPT, "--workers", workers).said()), expected)

    def test_a_vu_waits_without_holding_up_the_others(self):
        """20 VUs sleep at the same time, on one worker."""
        run = self.loadrun(
            scenario('executor = "per-vu-iterations", vus = 20, iterations = 1', "k6.sleep(1)"), "--workers", "1"
        )
        self.assertLess(run.metric("iteration_duration")["max"], 3000)
        self.assertLess(run.seconds, 8)


class ScenariosTest(LoadrunTest):
    SCRIPT = """
    local k6 = require "k6"
    local http = require "k6/http"
    local function visit(path)
      http.get(__ENV.BASE .. path, { headers = { ["X-Test"] = tostring(__ENV.WHO) .. __VU } })
      k6.sleep(0.1)
    end
    return {
      options = {
        scenarios = {
          browse = { executor = "constant-vus", vus = 2, duration = "2s", exec = "browse", env = { WHO = "browser" },
            tags = { kind = "reader" } },
          buy = { executor = "per-vu-iterations", vus = 3, iterations = 2, startTime = "1s", exec = "buy",
            env = { WHO = "buyer" } },
        },
        thresholds = { ["http_reqs{scenario:browse}"] = {}, ["http_reqs{scenario:buy}"] = { "count==6" },
          ["http_reqs{kind:reader}"] = {}, ["iterations{scenario:buy}"] = { "count==6" } },
      },
      browse = function() visit("/text") end,
      buy = function() visit("/json") end,
    }
    """

    def test_two_at_once_with_their_own_function_environment_tags_and_start(self):
        with Nginx() as nginx:
            run = self.loadrun(self.SCRIPT, "-e", f"BASE={nginx.url}", "-e", "WHO=nobody")
            requests = nginx.take_requests()
        browse = [request for request in requests if request["uri"] == "/text"]
        buy = [request for request in requests if request["uri"] == "/json"]
        self.assertEqual(len(buy), 6)
        self.assertEqual({request["test"].rstrip("12345") for request in browse}, {"browser"})
        self.assertEqual({request["test"].rstrip("12345") for request in buy}, {"buyer"})
        self.assertEqual(run.count("http_reqs{scenario:browse}"), len(browse))
        self.assertEqual(run.count("http_reqs{kind:reader}"), len(browse))
        self.assertEqual(run.count("http_reqs"), len(requests))
        delay = buy[0]["time"] - browse[0]["time"]
        self.assertTrue(0.8 < delay < 1.8, f"buy began {delay} s after browse")
        self.assertGreater(browse[-1]["time"], buy[0]["time"], "they overlap")

    def test_five_vus_are_made_for_both(self):
        with Nginx() as nginx:
            run = self.loadrun(self.SCRIPT, "-e", f"BASE={nginx.url}")
            connections = {request["connection"] for request in nginx.take_requests()}
        self.assertIn("2 scenarios, 5 max VUs", run.stdout)
        self.assertEqual(len(connections), 5)
        self.assertEqual(run.metric("vus_max")["max"], 5)


    def test_fewer_vus_than_workers(self):
        """Each scenario has its only VU on one of the workers; the others have nothing to wait for."""
        run = self.loadrun(
            """return { options = { scenarios = {
              one = { executor = "per-vu-iterations", vus = 1, iterations = 1 },
              two = { executor = "shared-iterations", vus = 1, iterations = 2 },
              three = { executor = "constant-vus", vus = 1, duration = "1s" } } }, default = function() end }""",
            "--workers", "4", limit=30,
        )
        self.assertGreaterEqual(run.count("iterations"), 4)


class LifeCycleTest(LoadrunTest):
    SCRIPT = """
    local k6 = require "k6"
    return {
      options = { scenarios = { only = { executor = "per-vu-iterations", vus = 3, iterations = 2 } } },
      setup = function()
        console.log("setup " .. __VU)
        k6.sleep(0.01)
        return { token = "t-1", list = { 1, 2 } }
      end,
      default = function(data)
        data.seen = (data.seen or 0) + 1
        console.log("default " .. data.token .. " " .. #data.list .. " " .. data.seen)
      end,
      teardown = function(data) console.log("teardown " .. data.token .. " " .. tostring(data.seen)) end,
    }
    """

    def test_setup_data_reaches_every_vu_and_teardown_as_copies(self):
        said = self.loadrun(self.SCRIPT).said()
        self.assertEqual((said[0], said[-1]), ("setup 0", "teardown t-1 nil"))
        self.assertEqual(sorted(said[1:-1]), sorted(3 * ["default t-1 2 1", "default t-1 2 2"]))

    def test_can_be_left_out(self):
        script = (
            'return { setup = function() console.log("s") end, teardown = function() console.log("t") end,'
            " default = function(d) console.log(tostring(d)) end }"
        )
        self.assertEqual(self.loadrun(script, "--no-setup", "--no-teardown").said(), ["nil"])
        self.assertEqual(self.loadrun(script).said(), ["s", "nil", "t"])

    def test_requests_and_checks_of_setup_and_teardown_count(self):
        with Nginx() as nginx:
            run = self.loadrun(
                """
                local http = require "k6/http"
                local k6 = require "k6"
                local function visit() k6.check(http.get(__ENV.BASE .. "/text"), { ok = function(r) return r.status == 200 end }) end
                return { options = { iterations = 2, thresholds = { ["http_reqs{group:::setup}"] = { "count==1" },
                  ["http_reqs{group:::teardown}"] = { "count==1" } } }, setup = visit, default = visit, teardown = visit }
                """,
                "-e", f"BASE={nginx.url}",
            )
            self.assertEqual(len(nginx.take_requests()), 4)
        self.assertEqual(run.metric("checks"), {"value": 1, "passes": 4, "fails": 0})
        self.assertEqual(run.count("iterations"), 2)

    def test_timeouts(self):
        script = (
            'local k6 = require "k6"\nreturn {{ options = {{ {0}Timeout = "1s" }}, {0} = function() k6.sleep(30) end,'
            ' default = function() console.log("ran") end }}'
        )
        run = self.loadrun(script.format("setup"), code=100)
        self.assertIn("setup() execution timed out after 1 seconds", run.stderr)
        self.assertEqual(run.said(), [])
        run = self.loadrun(script.format("teardown"), code=101)
        self.assertIn("teardown() execution timed out after 1 seconds", run.stderr)
        self.assertEqual(run.said(), ["ran"])


if __name__ == "__main__":
    unittest.main()

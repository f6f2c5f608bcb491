"""Stampedes: VUs that prepare and start together, judged by what the server saw and by the counts."""

import datetime
import unittest

from support.nginx_server import Nginx
from support.run_loadrun import LoadrunTest

# The server's clock has milliseconds; a machine that runs other tests as well may stall for some of them.
SPREAD_S = 0.25


def script(fields, more="", login='http.get(__ENV.BASE .. "/json")'):
    return f"""
    local http, k6, exec = require "k6/http", require "k6", require "k6/execution"
    return {{ options = {{ scenarios = {{ rush = {{ {fields} }} }}, {more} }},
      setup = function() return {{ token = "t" }} end,
      login = function(data) assert(data.token == "t" and exec.scenario.name == "rush") {login} end,
      default = function() http.get(__ENV.BASE .. "/text") end }}
    """


PER_VU = 'executor = "per-vu-iterations", vus = 200, iterations = 1, prepare = "login"'


class StampedeTest(LoadrunTest):
    def requests(self, text, *arguments, code=0):
        """What the server answered, preparations and the rest, and the run."""
        with Nginx() as nginx:
            run = self.loadrun(text, "-e", f"BASE={nginx.url}", *arguments, code=code)
            requests = nginx.take_requests()
        return [r for r in requests if r["uri"] == "/json"], [r for r in requests if r["uri"] == "/text"], run

    def test_all_start_at_once_on_the_connections_of_their_preparation(self):
        for workers in ("1", "2", "3"):
            with self.subTest(workers=workers):
                prepared, started, run = self.requests(
                    script(PER_VU, login='k6.sleep(__VU / 400) http.get(__ENV.BASE .. "/json")'), "--workers", workers
                )
                self.assertEqual((len(prepared), len(started)), (200, 200))
                self.assertGreaterEqual(min(r["time"] for r in started), max(r["time"] for r in prepared))
                self.assertLess(max(r["time"] for r in started) - min(r["time"] for r in started), SPREAD_S)
                self.assertEqual({r["connection"] for r in started}, {r["connection"] for r in prepared})
                self.assertEqual(run.count("iterations"), 200)
                self.assertEqual(run.count("http_reqs"), 400)

    def test_start_at_an_instant_of_the_day(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        at = now + datetime.timedelta(seconds=3)
        fields = f'executor = "shared-iterations", vus = 20, iterations = 30, prepare = "login", startAt = "{at.isoformat()}"'
        prepared, started, _ = self.requests(script(fields), "--workers", "2")
        self.assertEqual((len(prepared), len(started)), (20, 30))
        self.assertLess(max(r["time"] for r in prepared), at.timestamp())
        self.assertGreaterEqual(min(r["time"] for r in started), at.timestamp() - 0.001)
        self.assertLess(max(r["time"] for r in started), at.timestamp() + SPREAD_S)

    def test_start_some_time_after_setup(self):
        fields = 'executor = "per-vu-iterations", vus = 5, startAt = "T+1.5s", prepare = "login"'
        prepared, started, _ = self.requests(script(fields))
        first = min(r["time"] for r in prepared)
        for request in started:
            self.assertAlmostEqual(request["time"] - first, 1.5, delta=SPREAD_S)

    def test_who_is_not_prepared_is_out_and_counted(self):
        text = script(
            PER_VU.replace("200", "10") + ', prepareTimeout = "1s"',
            'thresholds = { loadrun_prepare_failed = { "count<1" } }',
            login='if __VU == 3 then error("no login for 3") elseif __VU == 4 then k6.sleep(60) end',
        )
        _, started, run = self.requests(text, "--workers", "2", code=99)
        self.assertEqual(len(started), 8)
        self.assertEqual(run.count("dropped_iterations"), 2)
        self.assertIn("no login for 3", run.log)
        self.assertIn("(VU 3, preparation, scenario rush)", run.log)
        self.assertEqual(run.log.count("scenario rush: 2 of 10 VUs are out: login() failed or took longer than 1s"), 1)
        self.assertRegex(run.stdout, r"loadrun_prepare_failed\.*: 2")

    def test_thresholds_leave_preparation_out_unless_they_name_its_group(self):
        thresholds = """thresholds = { http_reqs = { "count==10" }, ["http_reqs{scenario:rush}"] = { "count==10" },
          ["http_reqs{group:::prepare}"] = { "count==20" } }"""
        login = 'http.get(__ENV.BASE .. "/json") http.get(__ENV.BASE .. "/json")'
        for more in ("", ', systemTags = { "scenario" }'):
            self.requests(script(PER_VU.replace("200", "10"), thresholds + more, login))

    def test_abort_during_the_preparation_ends_with_a_summary(self):
        text = script(PER_VU.replace("200", "5"), login="if __VU == 1 then exec.test.abort('enough') end k6.sleep(60)")
        _, started, run = self.requests(text, code=108)
        self.assertEqual(started, [])
        self.assertIn("enough", run.log)
        self.assertIn("0 complete and 0 interrupted iterations", run.stdout)

    def test_a_start_in_the_past_is_refused_with_all_other_errors(self):
        text = """return { options = { scenarios = {
            a = { executor = "per-vu-iterations", startAt = "2020-01-01T00:00:00Z" },
            b = { executor = "constant-vus", duration = "1s", exec = "nope" } } },
          default = function() end }"""
        run = self.loadrun(text, code=104)
        self.assertIn("scenario a: startAt is in the past: it is 20", run.log)
        self.assertIn("executor b: function 'nope' not found in exports", run.log)

    def test_once_prepares_too(self):
        prepared, started, _ = self.requests(script(PER_VU + ', startAt = "T+60s"'), "--once")
        self.assertEqual((len(prepared), len(started)), (1, 1))


if __name__ == "__main__":
    unittest.main()

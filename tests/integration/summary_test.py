"""What a run that goes wrong tells: the tables of the summary, its JSON, the exit code, and GitHub Actions."""

import http.server
import json
import os
import threading
import unittest

from support.json_schema import violations
from support.nginx_server import free_port
from support.run_loadrun import LoadrunTest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCHEMA = os.path.join(ROOT, "docs", "summary.schema.json")


class Shop:
    """Answers /down with 503 and everything else with 200. `requests` counts by path."""

    def __enter__(self):
        self.requests = {}
        lock = threading.Lock()
        shop = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                with lock:
                    shop.requests[self.path] = shop.requests.get(self.path, 0) + 1
                self.send_response(503 if self.path == "/down" else 200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_):
                """Says nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


# Of 12 iterations 4 raise in line 9, 4 in line 10, and 3 make a request to where nobody listens.
FAILING = """
local http, k6 = require "k6/http", require "k6"
local exec = require "k6/execution"
return { options = { iterations = 12, summaryTrendStats = { "max" } }, default = function()
    local i = exec.scenario.iterationInTest
    http.get(__ENV.SHOP .. "/item?id=" .. i, { tags = { name = "item" } })
    http.get(__ENV.SHOP .. "/down")
    if i % 4 == 0 then http.get(__ENV.NOBODY) end
    if i % 3 == 0 then error("no stock") end
    if i % 3 == 1 then local item = nil; item.price = 1 end
end }"""


class SummaryTest(LoadrunTest):
    def setUp(self):
        super().setUp()
        self.json_path = os.path.join(self.dir, "results.json")

    def results(self):
        """The JSON that was written last, which is valid."""
        self.assertEqual(violations(self.json_path, SCHEMA), "")
        with open(self.json_path, encoding="utf-8") as text:
            return json.load(text)

    def run_json(self, script, *arguments, **options):
        return self.loadrun(script, "--summary-json", self.json_path, *arguments, **options)

    def run_failing(self, *arguments, **options):
        shop = self.enterContext(Shop())
        self.nobody = f"http://127.0.0.1:{free_port()}/"
        self.shop = shop.url
        run = self.run_json(FAILING, "-e", f"SHOP={shop.url}", "-e", f"NOBODY={self.nobody}", *arguments, **options)
        self.assertEqual(shop.requests["/down"], 12)
        return run


class FailingRunTest(SummaryTest):
    def test_the_text(self):
        run = self.run_failing()
        self.assertRegex(run.stdout, r"    iterations_failed\.+: 8 ")
        self.assertRegex(run.stdout, r"\n  █ REQUESTS \n\n +count +failed +p\(50\) +p\(95\) +p\(99\) +max\n")
        self.assertRegex(run.stdout, r"\n    item +12 +0\.00% +\S+s +\S+s +\S+s +\S+s\n")
        self.assertRegex(run.stdout, rf"\n    {self.shop}/down +12 +100\.00% ")
        self.assertRegex(run.stdout, rf"\n    {self.nobody} +3 +100\.00% ")
        self.assertIn("\n    iterations that raised: 8\n", run.stdout)
        self.assertRegex(
            run.stdout,
            r"\n    4  \S*script\.lua:9: no stock\n       first at \S+: VU 1, iteration 0, scenario default\n"
            r"    4  \S*script\.lua:10: attempt to index local 'item' \(a nil value\)\n"
            r"       first at \S+: VU 1, iteration 1, scenario default\n",
        )
        self.assertRegex(
            run.stdout,
            r"\n    requests that failed: 15\n"
            rf"    12  status 503\n        first at \S+: GET {self.shop}/down\n"
            rf"     3  error 1212\n        first at \S+: GET {self.nobody}: \S.*connection refused\n",
        )

    def test_the_json(self):
        for arguments in ((), ("-u", "4", "--workers", "2")):
            self.run_failing(*arguments)
            document = self.results()
            self.assertLessEqual({"passed": True, "exit_code": 0, "reason": ""}.items(), document["verdict"].items())
            self.assertEqual(
                document["scenarios"][0]["iterations"],
                {"started": 12, "completed": 12, "failed": 8, "interrupted": 0, "dropped": 0},
            )
            raised = document["errors"]["iterations"]
            self.assertEqual((raised["count"], raised["others"]), (8, 0))
            self.assertEqual({(kind["file"], kind["line"]): kind["count"] for kind in raised["kinds"]},
                             {(os.path.join(self.dir, "script.lua"), 9): 4, (os.path.join(self.dir, "script.lua"), 10): 4})
            failed = document["errors"]["requests"]["kinds"]
            self.assertEqual({(kind["error_code"], kind["status"]): kind["count"] for kind in failed},
                             {(1503, 503): 12, (1212, 0): 3})
            rows = {row["name"]: (row["count"], row["failed"]) for row in document["requests"]}
            self.assertEqual(rows, {"item": (12, 0), self.shop + "/down": (12, 12), self.nobody: (3, 3)})
            self.assertEqual(document["metrics"]["iterations_failed"]["values"]["count"], 8)

    def test_files_of_k6_s_shape_keep_the_new_counter_apart(self):
        run = self.run_failing()
        self.assertEqual(run.count("iterations"), 12)
        self.assertNotIn("iterations_failed", run.summary["metrics"])
        self.assertEqual(run.summary["loadrun"]["metrics"]["iterations_failed"]["count"], 8)

    def test_the_old_layout_has_neither_table(self):
        run = self.run_failing("--summary-mode=legacy")
        for title in ("REQUESTS", "ERRORS", "iterations_failed"):
            self.assertNotIn(title, run.stdout)

    def test_compact_is_short_and_full_is_complete(self):
        script = """
        local http = require "k6/http"
        return { default = function()
          for i = 1, 25 do http.get(__ENV.SHOP .. "/", { tags = { name = "page " .. i } }) end end }"""
        shop = self.enterContext(Shop())
        compact = self.loadrun(script, "-e", f"SHOP={shop.url}").stdout
        self.assertEqual(compact.count("\n    page "), 20)
        self.assertIn("… and 5 more", compact)
        self.assertEqual(self.loadrun(script, "-e", f"SHOP={shop.url}", "--summary-mode=full").stdout.count("\n    page "), 25)


class EveryIterationRaisedTest(SummaryTest):
    def test_exits_with_107(self):
        script = 'return { default = function() error("x") end,\nteardown = function() console.log("torn down") end }'
        run = self.run_json(script, "-i", "3", "-u", "3", code=107)
        self.assertIn("every iteration raised an error (3 of 3)", run.log)
        self.assertEqual(run.said(), ["torn down"])
        expected = {"passed": False, "exit_code": 107, "reason": "every iteration raised an error (3 of 3)"}
        self.assertLessEqual(expected.items(), self.results()["verdict"].items())

    def test_one_that_did_not_is_enough(self):
        self.loadrun('return { default = function() if __ITER < 9 then error("x") end end }', "-i", "10")

    def test_no_iteration_at_all(self):
        self.loadrun('local k6 = require "k6"\nreturn { options = { scenarios = { s = { executor = "per-vu-iterations",'
                     ' maxDuration = "1s", gracefulStop = "0s" } } }, default = function() k6.sleep(30) end }')

    def test_thresholds_come_first(self):
        script = 'return { options = { thresholds = { iterations_failed = { "count<1" } } }, default = function() error("x") end }'
        run = self.loadrun(script, code=99)
        self.assertIn("every iteration raised an error (1 of 1)", run.log)
        self.loadrun(script, "--no-thresholds", code=107)


class BoundedTest(SummaryTest):
    def test_thousands_of_different_messages(self):
        script = """return { options = { vus = 4, iterations = 5000 }, default = function()
          error("order " .. require("k6/execution").scenario.iterationInTest .. " " .. ("x"):rep(10000))
        end }"""
        run = self.run_json(script, "--workers", "2", "--log-output", "none", code=107)
        raised = self.results()["errors"]["iterations"]
        self.assertEqual(raised["count"], 5000)
        self.assertEqual(len(raised["kinds"]), 100)
        self.assertEqual(raised["others"] + sum(kind["count"] for kind in raised["kinds"]), 5000)
        self.assertLess(max(len(kind["message"]) for kind in raised["kinds"]), 301)
        self.assertLess(os.path.getsize(self.json_path), 200_000)
        self.assertIn("… and 4900 of other kinds", run.stdout)


EVERYTHING = """
local http, k6, metrics = require "k6/http", require "k6", require "k6/metrics"
local price, sizes = metrics.Trend("price"), metrics.Trend("took", true)
local level, ratio, sent = metrics.Gauge("level"), metrics.Rate("ratio"), metrics.Counter("sent")
return {
  options = {
    tags = { team = "a" }, summaryTrendStats = { "avg", "p(99.99)" },
    scenarios = {
      one = { executor = "shared-iterations", vus = 2, iterations = 4 },
      late = { executor = "constant-arrival-rate", rate = 20, duration = "1s", preAllocatedVUs = 1, maxVUs = 1,
               gracefulStop = "0s", lateStart = "queue", exec = "slow" } },
    thresholds = {
      http_req_duration = { "p(95)<10000", { threshold = "max<20000", abortOnFail = true } },
      ["http_reqs{scenario:one}"] = { "count>100" }, never = {}, } },
  slow = function() k6.sleep(0.4) end,
  default = function()
    k6.group("outer", function() k6.group("inner", function()
      k6.check(http.get(__ENV.SHOP .. "/"), { ["is 200"] = function(res) return res.status == 200 end })
      k6.check(nil, { never = function() return false end }) end) end)
    price:add(1.5) sizes:add(3) level:add(-1e300) ratio:add(true) sent:add(1000)
    if __ITER == 0 then error("x") end
  end,
}"""


class JsonTest(SummaryTest):
    def test_a_run_with_everything_is_valid(self):
        shop = self.enterContext(Shop())
        self.run_json(EVERYTHING.replace("never = {},", ""), "-e", f"SHOP={shop.url}", "--seed", "18446744073709551615", code=99)
        document = self.results()
        self.assertEqual(document["run"]["seed"], "18446744073709551615")
        self.assertEqual(document["run"]["script"], os.path.join(self.dir, "script.lua"))
        self.assertEqual(document["options"]["tags"], {"team": "a"})
        self.assertEqual([scenario["name"] for scenario in document["scenarios"]], ["late", "one"])
        self.assertGreater(document["scenarios"][0]["iterations"]["dropped"], 10)
        self.assertGreater(document["scenarios"][0]["unscheduled"]["count"], 10)
        self.assertEqual(
            [(row["metric"], row["source"], row["ok"], row["abort_on_fail"]) for row in document["thresholds"]],
            [("http_req_duration", "p(95)<10000", True, False), ("http_req_duration", "max<20000", True, True),
             ("http_reqs{scenario:one}", "count>100", False, False)],
        )
        inner = document["root_group"]["groups"][0]["groups"][0]
        self.assertEqual(inner["checks"], [{"name": "is 200", "passes": 4, "fails": 0}, {"name": "never", "passes": 0, "fails": 4}])
        self.assertEqual(document["metrics"]["price"]["values"]["p99.99"], 1.5)
        self.assertEqual(document["metrics"]["took"]["unit"], "ms")
        self.assertEqual(document["metrics"]["sent"]["unit"], "none")
        self.assertEqual(document["metrics"]["data_sent"]["unit"], "bytes")

    def test_it_is_written_whatever_is_shown(self):
        for script, arguments in (
            ("return function() end", ("--summary-mode=disabled",)),
            ("return { default = function() end, handleSummary = function() return {} end }", ()),
            ("return { setup = function() error('x') end, default = function() end }", ("-q",)),
        ):
            with self.subTest(script):
                code = 107 if "error" in script else 0
                self.loadrun(script, *arguments, env={"LOADRUN_SUMMARY_JSON": self.json_path}, code=code)
                self.assertEqual(self.results()["verdict"]["exit_code"], code)
                os.remove(self.json_path)

    def test_what_cannot_be_written(self):
        run = self.loadrun("return function() end", "--summary-json", os.path.join(self.dir, "absent", "x.json"), code=255)
        self.assertRegex(run.log, r"--summary-json: .*\n.*absent/x\.json: No such file or directory")
        self.assertEqual(run.count("iterations"), 1)
        self.loadrun("return function() error('x') end", "--summary-json", self.dir, code=107)


class GithubTest(SummaryTest):
    def github(self, script, *arguments, code=0, **more):
        self.step = os.path.join(self.dir, "step.md")
        env = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": self.step, **more}
        return self.loadrun(script, *arguments, env=env, code=code)

    def job_summary(self):
        with open(self.step, encoding="utf-8") as text:
            return text.read()

    @staticmethod
    def annotations(run):
        """Without warnings: the verdict on the generator is about this machine."""
        return [line for line in (run.stdout + "\n" + run.stderr).splitlines() if line.startswith("::error")]

    def test_a_run_that_failed(self):
        script = ('return { options = { iterations = 2, thresholds = { iterations_failed = { "count<1" } } },\n'
                  'default = function() if __ITER == 0 then error("50% | of `all`\\nare: gone") end end }')
        for quiet in ((), ("-q",)):
            run = self.github(script, *quiet, code=99)
            place = os.path.join(self.dir, "script.lua")
            self.assertEqual(self.annotations(run), [
                "::error title=loadrun ends with 99::thresholds on metrics 'iterations_failed' have been crossed",
                "::error title=Threshold failed::iterations_failed: 'count<1' count=1",
                f"::error file={place},line=2,title=Iterations raised (1)::50%25 | of `all`%0Aare: gone",
            ])
        text = self.job_summary()
        self.assertEqual(text.count("## loadrun: "), 2)  # added to, not replaced
        self.assertIn("failed (exit code 99)", text)
        self.assertIn("| iterations&#95;failed | count&#60;1 | count=1 | ❌ |", text)
        self.assertRegex(text, r"script\.lua&#58;2&#58; 50% &#124; of &#96;all&#96; are&#58; gone \| VU 1, iteration 0, .* \| 1 \|")

    def test_a_run_that_passed(self):
        shop = self.enterContext(Shop())
        run = self.github('local http = require "k6/http"\nreturn function() http.get(__ENV.SHOP, { tags = { name = "a|b" } }) end',
                          "-e", f"SHOP={shop.url}")
        self.assertEqual(self.annotations(run), [])
        self.assertIn("script.lua passed\n", self.job_summary())
        self.assertIn("| a&#124;b | 1 | 0.00% |", self.job_summary())

    def test_a_run_that_could_not_start(self):
        run = self.github("local a = 1\nlocal b = = 2", code=107)
        self.assertRegex(self.annotations(run)[0], r"^::error file=\S+script\.lua,line=2,title=loadrun could not start::")
        self.assertFalse(os.path.exists(self.step))
        run = self.github("return { options = { vus = -1 }, default = function() end }", code=104)
        self.assertRegex(self.annotations(run)[0], r"^::error title=loadrun could not start::.*vus")

    def test_aborted_runs(self):
        run = self.github('return function() require("k6/execution").test.abort("no\\nstock") end', code=108)
        self.assertEqual(self.annotations(run), ["::error title=loadrun ends with 108::test aborted: no%0Astock"])

    def test_a_summary_that_cannot_be_written_does_not_change_the_exit_code(self):
        run = self.github("return function() end", GITHUB_STEP_SUMMARY=os.path.join(self.dir, "absent", "step.md"))
        self.assertIn("GITHUB_STEP_SUMMARY: ", run.log)

    def test_elsewhere_nothing_is_said(self):
        for variables in ({"GITHUB_ACTIONS": ""}, {"GITHUB_ACTIONS": "false"}):
            run = self.github("return function() error('x') end", code=107, **variables)
            self.assertEqual(self.annotations(run), [])
            self.assertFalse(os.path.exists(self.step))


if __name__ == "__main__":
    unittest.main()

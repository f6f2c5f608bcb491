"""Outputs of samples: what they hold is what the summary says, and what happens when they cannot be written."""

import os
import resource
import signal
import subprocess
import unittest

from support import recompute
from support.nginx_server import Nginx
from support.run_loadrun import LoadrunTest

EVERYTHING = """
local http, k6 = require "k6/http", require "k6"
local metrics = require "k6/metrics"
local counter, gauge = metrics.Counter("my_counter"), metrics.Gauge("my_gauge")
local rate, trend = metrics.Rate("my_rate"), metrics.Trend("my_trend")
return {
  options = {
    summaryTrendStats = { "avg", "min", "med", "max", "p(1)", "p(90)", "p(95)", "p(99.9)", "count" },
    thresholds = { ["http_reqs{status:404}"] = {}, ["my_trend{kind:odd}"] = {}, ['my_counter{kind:""}'] = {} },
    scenarios = {
      closed = { executor = "shared-iterations", vus = 8, iterations = 900 },
      open = { executor = "constant-arrival-rate", rate = 200, duration = "3s", preAllocatedVUs = 10 },
    },
  },
  setup = function() counter:add(1000) end,
  default = function()
    local res = http.get(__ENV.BASE .. (__ITER % 3 == 0 and "/missing" or "/text"))
    k6.check(res, { ["is 200"] = function(r) return r.status == 200 end, ["has \\"text\\", or so"] = function() return true end })
    k6.group("outer", function()
      k6.group("inner", function()
        k6.check(__ITER, { even = function(i) return i % 2 == 0 end })
        trend:add(math.random() ^ 4 * 1e4 - 3, { kind = __ITER % 2 == 1 and "odd" or "even" })
      end)
      rate:add(__ITER % 5 == 0)
    end)
    counter:add(0.125, __ITER % 2 == 1 and { kind = "odd" } or nil)
    gauge:add(__VU * 1.5)
    k6.sleep(0.004)
  end,
  teardown = function() counter:add(2000) end,
}
"""
ITERATIONS = "return function() end"
TWO_SECONDS = 'local k6 = require "k6"\nreturn { options = { vus = 1, duration = "2s" }, default = function() k6.sleep(0.05) end }'


class AgreementTest(LoadrunTest):
    """The summary recomputed from the outputs of the same run, by a script that knows nothing of the engine."""

    def test_samples_and_summary_agree(self):
        for workers in ("1", "2"):
            with self.subTest(workers=workers), Nginx() as nginx:
                run = self.loadrun(
                    EVERYTHING, "-e", f"BASE={nginx.url}", f"--workers={workers}",
                    "-o", "json=all.json", "-o", "csv=all.csv", "-o", "json=all.json.gz", "-o", "csv=fileName=all.csv.gz",
                )
                sent = len(nginx.take_requests())
            path = os.path.join(self.dir, "all.json")
            self.assertEqual(recompute.differences(run.summary, path), [])
            metrics, points = recompute.read_points(path)
            types = {metrics[name]["type"] for name in ("my_counter", "my_gauge", "my_rate", "my_trend")}
            self.assertEqual(types, {"counter", "gauge", "rate", "trend"})
            counts = {}
            for point in points:
                counts[point["metric"]] = counts.get(point["metric"], 0) + 1
            self.assertEqual(counts["http_reqs"], sent)
            self.assertGreaterEqual(counts["vus"], 3)
            self.assertEqual(recompute.rows_by_metric(os.path.join(self.dir, "all.csv")), counts)
            self.assertEqual(recompute.rows_by_metric(os.path.join(self.dir, "all.csv.gz")), counts)
            with open(path, encoding="utf-8") as plain, recompute.opened(path + ".gz") as packed:
                self.assertEqual(plain.read(), packed.read())

    def test_the_script_would_notice_a_difference(self):
        run = self.loadrun(ITERATIONS, "-i", "5", "-o", "json=all.json")
        path = os.path.join(self.dir, "all.json")
        self.assertEqual(recompute.differences(run.summary, path), [])
        with open(path, encoding="utf-8") as file:
            lines = [line for line in file if '"metric":"iterations","type":"Point"' not in line or '"value":1' not in line]
        self.write("all.json", "".join(lines))
        self.assertNotEqual(recompute.differences({**run.summary, "metrics": {"iterations": {"count": 4}}}, path), [])


class MetadataTest(LoadrunTest):
    def test_points_carry_the_metadata_of_their_vu(self):
        script = """
        local k6, exec = require "k6", require "k6/execution"
        local seen = require("k6/metrics").Counter("seen")
        return { options = { vus = 3, iterations = 30, systemTags = { "vu", "iter", "scenario" } }, default = function()
          seen:add(1)
          exec.vu.metrics.metadata.mine = "vu " .. __VU
          k6.sleep(0.01)
          seen:add(2, { vu = tostring(__VU), iter = tostring(__ITER) })
        end }
        """
        self.loadrun(script, "--workers=2", "-o", "json=all.json", "-o", "csv=all.csv")
        _, points = recompute.read_points(os.path.join(self.dir, "all.json"))
        seen = [point["data"] for point in points if point["metric"] == "seen" and point["data"]["value"] == 2]
        self.assertEqual(len(seen), 30)
        for point in seen:
            vu, iteration = point["tags"]["vu"], point["tags"]["iter"]
            self.assertEqual(point["metadata"], {"vu": vu, "iter": iteration, "mine": f"vu {vu}"})
        for point in (point["data"] for point in points if point["metric"] == "vus"):
            self.assertNotIn("metadata", point)
        with open(os.path.join(self.dir, "all.csv"), encoding="utf-8") as rows:
            self.assertTrue(rows.readline().endswith("metric_value,scenario,extra_tags,metadata\n"))
            self.assertTrue(any(row.endswith(",iter=0&mine=vu 1&vu=1\n") for row in rows))


class TargetTest(LoadrunTest):
    def test_the_banner_shows_the_outputs(self):
        run = self.loadrun(ITERATIONS, "-o", "json=a.json", "--out=json=b.json", "-o", "csv=c.csv")
        self.assertIn("     output: json (a.json), json (b.json), csv (c.csv)\n\n", run.stdout)

    def test_the_environment_lists_outputs_and_flags_replace_it(self):
        env = {"LOADRUN_OUT": "json=a.json,csv", "LOADRUN_CSV_FILENAME": "b.csv", "LOADRUN_CSV_TIME_FORMAT": "rfc3339"}
        self.assertIn("output: json (a.json), csv (b.csv)\n", self.loadrun(ITERATIONS, env=env).stdout)
        with open(os.path.join(self.dir, "b.csv"), encoding="utf-8") as rows:
            self.assertRegex(rows.read(), r"\niterations,20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d),1\.000000,")
        self.assertIn("output: csv (c.csv)\n", self.loadrun(ITERATIONS, "-o", "csv=c.csv", env=env).stdout)
        self.assertIn("output: -\n", self.loadrun(ITERATIONS, "-o", "", env=env).stdout)

    def test_a_file_that_is_there_is_replaced(self):
        self.write("a.json", "old\n" * 10000)
        self.loadrun(ITERATIONS, "-o", "json=a.json")
        recompute.read_points(os.path.join(self.dir, "a.json"))

    def test_standard_output_gets_whole_lines(self):
        run = self.loadrun(TWO_SECONDS, "-q", "--summary-mode=disabled", "-o", "json", "-o", "csv=-")
        lines = run.stdout.splitlines()
        points = [line for line in lines if line.startswith('{"metric":"iterations"')]
        self.assertEqual(len(points), run.count("iterations"))
        self.assertEqual(sum(line.startswith("iterations,") for line in lines), len(points))

    def test_samples_have_the_time_of_day(self):
        before = subprocess.run(["date", "-u", "+%FT%T"], capture_output=True, text=True, check=True).stdout.strip()
        self.loadrun(TWO_SECONDS, "-o", "json=a.json", env={"TZ": "UTC"})
        after = subprocess.run(["date", "-u", "+%FT%T.999999999Z"], capture_output=True, text=True, check=True).stdout.strip()
        _, points = recompute.read_points(os.path.join(self.dir, "a.json"))
        times = [point["data"]["time"] for point in points]
        self.assertLessEqual(before, min(times))
        self.assertLessEqual(max(times), after)
        self.assertGreater(len({time[:19] for time in times}), 1)


class BadArgumentTest(LoadrunTest):
    def test_each_is_named_with_what_was_expected(self):
        for argument, parts in {
            "nope": ["invalid output type 'nope'", "csv, json"],
            "opentelemetry": ["'opentelemetry' output", "does not have it"],
            "csv=foo=1": ["'csv' output", '"foo"', "timeFormat="],
            "csv=timeFormat=iso": ['"iso"', "rfc3339_nano"],
        }.items():
            with self.subTest(argument):
                run = self.loadrun(ITERATIONS, "-o", argument, code=255)
                for part in parts:
                    self.assertIn(part, run.log)
                self.assertEqual(run.stdout, "")


class FailureTest(LoadrunTest):
    """The run goes on, the losses are in the log, the summary and its export; the exit code is 0."""

    def loses(self, argument, reason, code=0, arguments=(), script=TWO_SECONDS, said=2):
        """`said`: how often the log gives the reason; once when it happened and once at the end."""
        run = self.loadrun(script, "-o", argument, *arguments, code=code)
        self.assertGreater(run.count("iterations"), 0)
        [loss] = run.summary["loadrun"]["output_losses"]
        self.assertGreater(loss["samples"], 0)
        self.assertIn(reason, loss["reason"])
        line = f"output {loss['output']}: {loss['samples']} samples lost: {loss['reason']}"
        self.assertIn(line, run.stdout)
        self.assertEqual(run.log.count(line), 1, str(run))
        self.assertEqual(run.log.count(reason), said, str(run))
        return run, loss

    def test_a_folder_that_is_not_there(self):
        run, loss = self.loses("json=nowhere/a.json", "cannot open nowhere/a.json: No such file or directory")
        self.assertGreaterEqual(loss["samples"], 4 * run.count("iterations"))

    def test_a_full_device(self):
        self.loses("csv=/dev/full", "cannot write to /dev/full: No space left on device")

    def test_a_file_system_that_fills_up(self):
        space = os.path.join(self.dir, "space")
        os.mkdir(space)
        mounted = 'mount -t tmpfs -o size=64k none "$1" && shift && exec "$@"'
        namespace = ["unshare", "-m", "sh", "-c", mounted, "sh", space]
        if subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("mounting needs root and a container that permits it")
        script = self.write("script.lua", 'local k6 = require "k6"\nreturn { options = { vus = 20, duration = "4s" }, default = function() k6.sleep(0.02) end }')
        command = [*namespace, *self.command(script, ["-o", "json=space/a.json", "-o", "json=whole.json"])]
        done = subprocess.run(command, cwd=self.dir, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"output json \(space/a\.json\): \d+ samples lost: cannot write to space/a\.json: No space left on device")
        self.assertEqual(done.stderr.count("cannot write"), 2)
        _, points = recompute.read_points(os.path.join(self.dir, "whole.json"))  # the other output has everything
        self.assertIn(f"iterations...........: {sum(point['metric'] == 'iterations' for point in points)} ", done.stdout)

    def test_a_size_limit(self):
        """ulimit -f: the signal that comes with it must not end the run."""
        script = self.write("script.lua", TWO_SECONDS)
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        done = subprocess.run(
            self.command(script, ["-o", "json=a.json", "--summary-export", "/dev/null"]), cwd=self.dir, preexec_fn=limit,
            capture_output=True, text=True, timeout=60, check=False,
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("cannot write to a.json: File too large", done.stderr)

    def test_a_reader_that_goes_away(self):
        script = self.write("script.lua", TWO_SECONDS)
        process = self.start(script, "-q", "-d", "4s", "-o", "json=-")
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read().decode()
        self.assertEqual(process.wait(60), 0, err)
        self.assertIn("output json(stdout): cannot write to stdout: Broken pipe", err)
        self.assertRegex(err, r"output json\(stdout\): \d+ samples lost")

    def test_a_reader_that_never_comes(self):
        """A pipe that nobody reads: opening it hangs. The run does not wait, its end does for a while."""
        os.mkfifo(os.path.join(self.dir, "pipe"))
        run, _ = self.loses("json=pipe", "it did not finish within 10 s", arguments=["-o", "json=other.json"], said=1)
        self.assertLess(run.seconds, 30)
        self.assertEqual(recompute.differences(run.summary, os.path.join(self.dir, "other.json")), [])

    def test_what_is_required(self):
        run, _ = self.loses("json=/dev/full", "No space left", code=93, arguments=["--out-required"])
        self.assertIn("TOTAL RESULTS", run.stdout)
        env = {"LOADRUN_OUT_REQUIRED": "true"}
        self.loadrun(TWO_SECONDS, "-o", "json=/dev/full", env=env, code=93)
        self.loadrun(TWO_SECONDS, "-o", "json=a.json", env=env)

    def test_thresholds_come_first(self):
        script = 'return { options = { thresholds = { iterations = { "count>5" } } }, default = function() end }'
        self.loadrun(script, "-o", "json=/dev/full", "--out-required", code=99)

    def test_no_load_is_made_when_what_is_required_does_not_open(self):
        with Nginx() as nginx:
            script = 'local http = require "k6/http"\nreturn function() http.get(__ENV.BASE .. "/text") end'
            run = self.loadrun(script, "-e", f"BASE={nginx.url}", "-o", "json=nowhere/a.json", "--out-required", code=93)
            self.assertEqual(nginx.take_requests(), [])
        self.assertIn("cannot open nowhere/a.json", run.log)
        self.assertNotIn("TOTAL RESULTS", run.stdout)

    def test_a_signal_ends_the_run_with_everything_written(self):
        script = self.write("script.lua", 'local k6 = require "k6"\nreturn { options = { duration = "60s" }, default = function() console.log("on") k6.sleep(0.1) end }')
        process = self.start(script, "-o", "json=a.json", "--log-output", "file=log.txt")
        self.wait_for_text(os.path.join(self.dir, "log.txt"), "on")
        process.send_signal(signal.SIGINT)
        run = self.finish(process)
        self.assertEqual(run.code, 105)
        self.assertEqual(recompute.differences(run.summary, os.path.join(self.dir, "a.json")), [])


if __name__ == "__main__":
    unittest.main()

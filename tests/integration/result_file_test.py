"""`--out result=FILE.db` as other programs see it: through Python's own sqlite3, and by the queries of its documentation."""

import contextlib
import datetime
import hashlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

from support import result_file
from support.fault_server import FaultServer
from support.run_loadrun import LoadrunTest

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "result-file.md")

EVERYTHING = """
local http, k6, metrics = require "k6/http", require "k6", require "k6/metrics"
local counter, gauge = metrics.Counter("my_counter"), metrics.Gauge("my_gauge")
local rate, trend = metrics.Rate("my_rate"), metrics.Trend("my_trend")
local time = metrics.Trend("my_time", true)
return {
  options = {
    tags = { team = "blue" },
    summaryTrendStats = { "avg", "min", "med", "max", "p(90)", "p(95)", "p(99)" },
    thresholds = { my_rate = { "rate>0.9", "rate<0.9" }, ["my_counter{kind:odd}"] = {}, http_req_failed = { "rate<0.6" } },
    scenarios = {
      shared = { executor = "shared-iterations", vus = 6, iterations = 120, env = { TOKEN = "s3cret" } },
      looping = { executor = "constant-vus", vus = 2, duration = "3s" },
    },
  },
  default = function()
    local res = http.get(__ENV.BASE .. "/ok", { tags = { name = "read" } })
    k6.group("it's a group", function()
      k6.check(res, { ["is 200"] = function(r) return r.status == 200 end, ["drop table \\"checks\\";"] = __ITER % 2 == 0 })
    end)
    for i = 1, 20 do
      trend:add((__ITER * 31 + i * 977) % 1000 / 7 - 20, { kind = i % 2 == 0 and "even" or "odd" })
      time:add(math.exp(math.random() * 5))
    end
    counter:add(0.125, { kind = __ITER % 2 == 1 and "odd" or "even" })
    gauge:add(__VU * 1.5)
    rate:add(__ITER % 5 == 0)
    k6.sleep(0.05)
    if __ITER == 5 then error("out of stock") end
  end,
}
"""
TWO_SECONDS = 'local k6 = require "k6"\nreturn { options = { duration = "2s" }, default = function() k6.sleep(0.05) end }'


class ResultFileTest(LoadrunTest):
    def opened(self, name="result.db"):
        return self.enterContext(contextlib.closing(result_file.opened(os.path.join(self.dir, name))))


class ContentTest(ResultFileTest):
    def run_everything(self, workers, name="result.db"):
        with FaultServer() as server:
            arguments = ["-e", f"BASE={server.url}", f"--workers={workers}", "--out", f"result={name}"]
            return self.loadrun(EVERYTHING, *arguments, env={"LOADRUN_TEST_NOTE": "s3cret"}, code=99)

    def sums(self, file):
        """By metric what the seconds of its series add up to."""
        counters = "SELECT s.metric, sum(t.sum) FROM counters t JOIN series s ON s.id = t.series GROUP BY 1"
        gauges = "SELECT s.metric, min(t.min), max(t.max) FROM gauges t JOIN series s ON s.id = t.series GROUP BY 1"
        rates = "SELECT s.metric, sum(t.trues), sum(t.total) FROM rates t JOIN series s ON s.id = t.series GROUP BY 1"
        trends = (
            "SELECT s.metric, sum(t.count), sum(t.sum), min(t.min), max(t.max) FROM trends t JOIN series s ON s.id = t.series"
            " GROUP BY 1"
        )
        return [{name: values for name, *values in file.execute(query)} for query in (counters, gauges, rates, trends)]

    def check_seconds(self, file, summary):
        counters, gauges, rates, trends = self.sums(file)
        checked = set()
        for name, values in summary["metrics"].items():
            if "{" in name:
                continue
            checked.add(name)
            with self.subTest(name):
                if "count" in values:
                    self.assertEqual(counters[name], [values["count"]])
                elif "passes" in values:
                    self.assertEqual(rates[name], [values["passes"], values["passes"] + values["fails"]])
                elif "avg" in values:
                    count, total, low, high = trends[name]
                    self.assertEqual((low, high), (values["min"], values["max"]))
                    self.assertAlmostEqual(total / count, values["avg"], delta=1e-9 * abs(values["avg"]))
                else:
                    self.assertEqual(gauges[name], [values["min"], values["max"]])
        self.assertGreaterEqual(checked, {"http_reqs", "my_counter", "my_gauge", "my_rate", "my_trend", "my_time", "checks", "vus"})

    def check_distributions(self, file, summary):
        """The full histograms of a metric's series, merged, are what the summary's percentiles come from."""
        for name, unit in (("my_trend", 1), ("my_time", 1000), ("http_req_duration", 1000)):
            rows = file.execute("SELECT histogram FROM distributions d JOIN series s ON s.id = d.series WHERE metric = ?", (name,))
            histograms = [result_file.full_buckets(blob) for (blob,) in rows]
            count = file.execute("SELECT value FROM summary WHERE metric = ? AND stat = 'count'", (name,)).fetchone()[0]
            self.assertEqual(sum(sum(counts.values()) for counts, _, _ in histograms), count)
            if count <= 512:
                continue  # exact values, not those of buckets
            for stat, share in (("med", 0.5), ("p(90)", 0.9), ("p(95)", 0.95), ("p(99)", 0.99)):
                expected = summary["metrics"][name][stat]
                with self.subTest(f"{name} {stat}"):
                    merged = result_file.percentile(histograms, share, unit)
                    self.assertAlmostEqual(merged, expected, delta=1e-9 * abs(expected))

    def check_coarse(self, file):
        """Each second's histogram holds the second's values."""
        rows = file.execute(
            "SELECT t.count, t.min, t.max, t.histogram, m.contains FROM trends t JOIN series s ON s.id = t.series"
            " JOIN metrics m ON m.name = s.metric"
        )
        for count, low, high, blob, contains in rows:
            scale, counts = result_file.coarse_buckets(blob)
            self.assertLessEqual(len(blob), 32)
            self.assertEqual(sum(counts.values()), count)
            unit = 1000 if contains == "time" else 1
            if low > 0:
                self.assertGreaterEqual(low / unit * (1 + 1e-9), result_file.bound(min(counts) - 1, scale))
                self.assertLessEqual(high / unit * (1 - 1e-9), result_file.bound(max(counts), scale))

    def check_end(self, file, run):
        for name, values in run.summary["metrics"].items():
            stats = dict(file.execute("SELECT stat, value FROM summary WHERE metric = ?", (name,)))
            for stat, value in values.items():
                if stat != "thresholds":
                    self.assertEqual(stats["rate" if stat == "value" and "passes" in values else stat], value, f"{name} {stat}")
        thresholds = {(metric, source): ok for metric, source, ok in file.execute("SELECT metric, source, ok FROM thresholds")}
        self.assertEqual(
            thresholds,
            {("my_rate", "rate>0.9"): 0, ("my_rate", "rate<0.9"): 1, ("http_req_failed", "rate<0.6"): 1},
        )
        ((kind, place, line, message, count),) = file.execute("SELECT kind, file, line, message, count FROM errors")
        line_of_it = EVERYTHING[: EVERYTHING.index("out of stock")].count("\n") + 1
        self.assertEqual((kind, os.path.basename(place), line, message), ("iteration", "script.lua", line_of_it, "out of stock"))
        self.assertEqual(count, run.summary["loadrun"]["metrics"]["iterations_failed"]["count"])
        group = run.summary["root_group"]["groups"]["it's a group"]
        self.assertEqual(
            sorted(file.execute("SELECT group_path, name, passes, fails FROM checks")),
            sorted(("::it's a group", check["name"], check["passes"], check["fails"]) for check in group["checks"].values()),
        )

    def check_about(self, file, workers):
        script, sha, started, worker_count, duration, code, verdict, options = file.execute(
            "SELECT script, script_sha256, started, workers, duration, exit_code, verdict, options FROM run"
        ).fetchone()
        self.assertEqual(script, os.path.join(self.dir, "script.lua"))
        self.assertEqual(sha, hashlib.sha256(EVERYTHING.encode()).hexdigest())
        self.assertEqual((worker_count, code, verdict), (workers, 99, "failed"))
        self.assertIn("my_rate", file.execute("SELECT reason FROM run").fetchone()[0])
        age = datetime.datetime.now(datetime.timezone.utc) - datetime.datetime.fromisoformat(started)
        self.assertTrue(duration <= age.total_seconds() < duration + 60)
        inspected = subprocess.run(
            [self.loadrun_path, "inspect", "-e", "BASE=", os.path.join(self.dir, "script.lua")], capture_output=True, check=True
        )
        expected = json.loads(inspected.stdout)
        expected["scenarios"]["shared"]["env"] = {"TOKEN": None}
        self.assertEqual(json.loads(options), expected)
        variables = {name for (name,) in file.execute("SELECT name FROM variables")}
        self.assertGreaterEqual(variables, {"BASE", "LOADRUN_TEST_NOTE"})
        last = file.execute("SELECT max(second) FROM gauges").fetchone()[0]
        self.assertTrue(duration - 2 < last <= duration, f"{last} of {duration} s")

    def test_the_file_agrees_with_the_summary(self):
        for workers in (1, 3):
            with self.subTest(workers=workers):
                name = f"result-{workers}.db"
                run = self.run_everything(workers, name)
                file = self.opened(name)
                self.assertEqual(file.execute("PRAGMA integrity_check").fetchone(), ("ok",))
                self.check_seconds(file, run.summary)
                self.check_distributions(file, run.summary)
                self.check_coarse(file)
                self.check_end(file, run)
                self.check_about(file, workers)
                self.assertEqual([n for n in os.listdir(self.dir) if n.startswith(name)], [name])
                with open(os.path.join(self.dir, name), "rb") as raw:
                    self.assertNotIn(b"s3cret", raw.read())

    def test_the_documented_queries_and_the_documented_reader(self):
        self.run_everything(2)
        with open(DOCS, encoding="utf-8") as text:
            documentation = text.read()
        queries = re.findall(r"^```sql\n(.*?)^```$", documentation, re.MULTILINE | re.DOTALL)
        self.assertGreaterEqual(len(queries), 8)
        file = self.opened()
        for query in queries:
            with self.subTest(query):
                self.assertTrue(file.execute(query).fetchall())
        (reader,) = re.findall(r"^```python\n(.*?)^```$", documentation, re.MULTILINE | re.DOTALL)
        path = os.path.join(self.dir, "result.db")
        said = subprocess.run([sys.executable, "-c", reader, path], capture_output=True, text=True, check=True).stdout
        seconds = file.execute(
            "SELECT count(*) FROM trends t JOIN series s ON s.id = t.series WHERE metric = 'http_req_duration'"
        ).fetchone()[0]
        self.assertEqual(len(re.findall(r"^second \d+: p\(95\) up to [\d.]+ ms$", said, re.MULTILINE)), seconds)

    def test_the_documentation_names_every_table_and_column(self):
        self.loadrun("return function() end", "-o", "result=result.db")
        with open(DOCS, encoding="utf-8") as text:
            documentation = text.read()
        file = self.opened()
        for (table,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [row[1] for row in file.execute(f"PRAGMA table_info({table})")]
            for name in (table, *columns):
                self.assertIn(f"`{name}`", documentation, f"{table}: {name}")
        version = file.execute("PRAGMA user_version").fetchone()[0]
        self.assertIn(f"**{version}**", documentation)


class FailureTest(ResultFileTest):
    """A result file that cannot be written does not end the run."""

    def check_loss(self, run, reason):
        self.assertGreater(run.count("iterations"), 0)
        [loss] = run.summary["loadrun"]["output_losses"]
        self.assertGreater(loss["samples"], 0)
        self.assertIn(reason, loss["reason"])
        self.assertIn(f"output {loss['output']}: {loss['samples']} samples lost: {loss['reason']}", run.stdout)

    def test_a_file_that_exists_is_left_alone(self):
        path = self.write("old.db", "results of last week")
        reason = "cannot create old.db: the file exists already, and results are never overwritten"
        self.check_loss(self.loadrun(TWO_SECONDS, "--out", "result=old.db"), reason)
        run = self.loadrun(TWO_SECONDS, "--out", "result=old.db", "--out-required", code=93)
        self.assertIn(reason, run.log)
        with open(path, encoding="utf-8") as text:
            self.assertEqual(text.read(), "results of last week")

    def test_a_folder_that_is_not_there(self):
        run = self.loadrun(TWO_SECONDS, "--out", "result=nowhere/a.db")
        self.check_loss(run, "cannot create nowhere/a.db: No such file or directory")

    def test_without_a_file_nothing_starts(self):
        for spec in ("result", "result="):
            run = self.loadrun(TWO_SECONDS, "--out", spec, code=255)
            self.assertIn("could not create the 'result' output: it needs the name of a new file: result=FILE.db", run.log)
            self.assertEqual(run.stdout, "")

    def test_a_disk_that_fills_up(self):
        space = os.path.join(self.dir, "space")
        os.mkdir(space)
        mounted = 'mount -t tmpfs -o size=96k none "$1" && shift && "$@"; code=$?; cp space/a.db kept.db; exit $code'
        namespace = ["unshare", "-m", "sh", "-c", mounted, "sh", space]
        probe = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none "$1"', "sh", space]
        if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
            self.skipTest("mounting needs root and a container that permits it")
        script = self.write(
            "script.lua",
            'local k6, metrics = require "k6", require "k6/metrics"\nlocal counter = metrics.Counter("growing")\n'
            'return { options = { vus = 5, duration = "4s" }, default = function()\n'
            '  for i = 1, 100 do counter:add(1, { n = tostring(__VU * 1e6 + __ITER * 100 + i) }) end\n  k6.sleep(0.2)\nend }',
        )
        command = [*namespace, *self.command(script, ["--out", "result=space/a.db"])]
        done = subprocess.run(command, cwd=self.dir, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"output result \(space/a\.db\): \d+ samples lost: cannot write to space/a\.db: database or disk is full")
        file = self.opened("kept.db")
        self.assertEqual(file.execute("PRAGMA integrity_check").fetchone(), ("ok",))
        self.assertIsNone(file.execute("SELECT exit_code FROM run").fetchone()[0])

    def test_a_killed_run_leaves_what_it_had_written(self):
        script = self.write("script.lua", TWO_SECONDS)
        path = os.path.join(self.dir, "result.db")
        process = self.start(script, "-d", "60s", "--out", "result=result.db")
        seen = self.wait_for_second(path, 2)
        process.send_signal(signal.SIGKILL)
        process.wait()
        with contextlib.closing(sqlite3.connect(path)) as file:
            self.assertEqual(file.execute("PRAGMA integrity_check").fetchone(), ("ok",))
            last, iterations = file.execute(
                "SELECT max(second), sum(sum) FROM counters c JOIN series s ON s.id = c.series WHERE metric = 'iterations'"
            ).fetchone()
            self.assertGreaterEqual(last, seen)
            self.assertGreater(iterations, 10 * last)
            self.assertEqual(file.execute("SELECT duration, exit_code, verdict FROM run").fetchone(), (None, None, None))

    def wait_for_second(self, path, second, limit=30):
        end = time.monotonic() + limit
        while time.monotonic() < end:
            with contextlib.suppress(sqlite3.OperationalError), contextlib.closing(result_file.opened(path)) as file:
                last = file.execute("SELECT max(second) FROM counters").fetchone()[0]
                if last is not None and last >= second:
                    return last
            time.sleep(0.05)
        self.fail(f"no second {second} after {limit} s")


if __name__ == "__main__":
    unittest.main()

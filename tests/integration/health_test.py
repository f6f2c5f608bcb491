"""How the generator itself does: what its probes say of runs in which it is known what happened."""

import collections
import json
import os
import re
import signal
import time
import unittest

from support.nginx_server import Nginx
from support.run_loadrun import LoadrunTest

SECONDS = 3
PER_SECOND = ("loadrun_busy", "loadrun_turn", "loadrun_timer_lateness", "loadrun_gc_steps", "loadrun_lua_slice")


def script(body, executor='executor = "constant-vus", vus = 4', functions=""):
    return f"""
    local http, k6 = require "k6/http", require "k6"
    local function compute(seconds)
      local ends = os.clock() + seconds
      while os.clock() < ends do end
    end
    return {{
      options = {{ scenarios = {{ main = {{ {executor}, duration = "{SECONDS}s" }} }} }},
      {functions}
      default = function()
    {body}
      end,
    }}
    """


class HealthTest(LoadrunTest):
    def samples(self, run_or_path):
        """Lists of (tags, value) by metric."""
        by_metric = collections.defaultdict(list)
        with open(run_or_path, encoding="utf-8") as lines:
            for line in map(json.loads, lines):
                if line["type"] == "Point":
                    by_metric[line["metric"]].append((line["data"]["tags"], line["data"]["value"]))
        return by_metric

    def sampled_run(self, text, *arguments):
        path = os.path.join(self.dir, "samples.json")
        run = self.loadrun(text, "--out", f"json={path}", *arguments)
        return run, self.samples(path)

    def test_one_sample_a_worker_and_second(self):
        setup = "setup = function() k6.sleep(1.3) end, teardown = function() k6.sleep(1.3) end,"
        run, samples = self.sampled_run(script("k6.sleep(0.01)", functions=setup), "--workers", "2", "--tag", "t=x")
        for metric in PER_SECOND:
            with self.subTest(metric):
                workers = collections.Counter(tags["worker"] for tags, _ in samples[metric])
                self.assertEqual(workers, {"0": SECONDS, "1": SECONDS}, str(run))
                self.assertTrue(all(tags["t"] == "x" for tags, _ in samples[metric]))
        for _, value in samples["loadrun_busy"]:
            self.assertGreaterEqual(value, 0)
            self.assertLess(value, 0.9)
        self.assertGreaterEqual(len(samples["loadrun_rss"]), SECONDS - 1)
        for _, value in samples["loadrun_rss"]:
            self.assertGreater(value, 1_000_000)
        for metric in ("loadrun_open_files", "loadrun_used_ports", "loadrun_tcp_retransmits", "loadrun_listen_drops"):
            self.assertIn(metric, samples)

    def test_they_are_in_the_full_summary_and_the_compact_one_keeps_silent(self):
        text = script("k6.sleep(0.01)")
        compact = self.loadrun(text)
        self.assertNotIn("loadrun_", compact.stdout)
        full = self.loadrun(text, "--summary-mode=full")
        for metric in (*PER_SECOND, "loadrun_rss", "loadrun_open_files"):
            self.assertIn(metric, full.stdout)
            self.assertIn(metric, full.summary["loadrun"]["metrics"])
            self.assertNotIn(metric, full.summary["metrics"])

    def test_a_loop_that_never_waits_is_all_busy(self):
        _, samples = self.sampled_run(script("local t = {} for i = 1, 100 do t[i] = { i } end"), "--workers", "1")
        busy = [value for _, value in samples["loadrun_busy"]]
        self.assertGreater(sum(busy) / len(busy), 0.98, str(busy))
        self.assertLessEqual(max(busy), 1.0)
        self.assertGreater(sum(value for _, value in samples["loadrun_gc_steps"]), 0)

    def test_a_script_that_computes_is_measured_and_named(self):
        with Nginx() as nginx:
            text = script(
                f'http.get("{nginx.url}/text")\nif __ITER % 10 == 5 then compute(0.3) end\nk6.sleep(0.05)',
                'executor = "constant-vus", vus = 1',
            )
            line = next(i for i, words in enumerate(text.splitlines(), 1) if "k6.sleep(0.05)" in words)
            _, samples = self.sampled_run(text)
        tags, longest = max(samples["loadrun_lua_slice"], key=lambda sample: sample[1])
        self.assertGreaterEqual(longest, 300)
        self.assertRegex(tags["line"], rf"script\.lua:{line}$")  # where it waited at last
        self.assertGreaterEqual(max(value for _, value in samples["loadrun_turn"]), 300)
        for tags, value in samples["loadrun_lua_slice"]:
            self.assertEqual("line" in tags, value >= 10, f"{tags} {value}")

    def test_a_computing_iteration_is_named_by_its_function(self):
        text = script("compute(0.3)", 'executor = "constant-vus", vus = 1')
        line = next(i for i, words in enumerate(text.splitlines(), 1) if "default = function" in words)
        _, samples = self.sampled_run(text)
        self.assertGreaterEqual(max(value for _, value in samples["loadrun_lua_slice"]), 300)
        for tags, _ in filter(lambda sample: sample[1] > 0, samples["loadrun_lua_slice"]):
            self.assertTrue(tags["line"].endswith(f"script.lua:{line}"), tags)

    def test_a_stopped_process_was_late(self):
        """Whether it was about to wait or to run: one of the two shows it."""
        for body in ("k6.sleep(10)", "k6.sleep(0.001)"):
            with self.subTest(body):
                path = os.path.join(self.dir, "stopped.json")
                process = self.start(self.write("script.lua", script(body)), "--out", f"json={path}", "--workers", "1")
                time.sleep(1.2)
                os.kill(process.pid, signal.SIGSTOP)
                time.sleep(1.5)
                os.kill(process.pid, signal.SIGCONT)
                run = self.finish(process)
                self.assertEqual(run.code, 0, str(run))
                samples = self.samples(path)
                late = [value for metric in PER_SECOND[1:3] for _, value in samples[metric]]
                self.assertGreaterEqual(max(late), 1390, str(samples))
                self.assertLess(max(value for _, value in samples["loadrun_busy"]), 1.001)

    def test_arrivals_without_vus_are_late_or_dropped_as_before(self):
        _, samples = self.sampled_run(
            script("k6.sleep(1)", 'executor = "constant-arrival-rate", rate = 50, preAllocatedVUs = 5')
        )
        dropped = sum(value for _, value in samples["dropped_iterations"])
        self.assertEqual(dropped + len(samples["iterations"]), 50 * SECONDS)

    def test_thresholds_may_judge_the_generator(self):
        text = script("compute(0.05)", 'executor = "constant-vus", vus = 1').replace(
            "scenarios =", 'thresholds = { loadrun_lua_slice = { "max<20" } }, scenarios ='
        )
        run = self.loadrun(text, code=99)
        self.assertRegex(run.stdout, re.compile(r"loadrun_lua_slice"))


if __name__ == "__main__":
    unittest.main()

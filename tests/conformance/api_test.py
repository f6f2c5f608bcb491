"""Runs the self-asserting scripts of api/ by the real binary: 2 VUs x 2 iterations, on one worker and on two, so that
state which leaks between VUs or iterations shows."""

import glob
import json
import os
import re
import unittest

from support.fault_server import FaultServer
from support.run_loadrun import LoadrunTest

API = os.path.join(os.path.dirname(os.path.abspath(__file__)), "api")
TWICE = {"scenarios": {"twice": {"executor": "per-vu-iterations", "vus": 2, "iterations": 2}}}
RUNS = 4


def source(path):
    with open(path, encoding="utf-8") as text:
        return text.read()


class ApiTest(LoadrunTest):
    def run_twice(self, path, workers, *arguments):
        config = self.write("config.json", json.dumps(TWICE))
        run = self.loadrun(path, "-c", config, "--workers", workers, *arguments)
        self.assertFalse("level=error" in run.stderr, str(run))
        self.assertEqual(run.count("iterations"), RUNS)
        return run

    def run_suite(self, path):
        names = re.findall(r'^test\("(.+?)", function', source(path), re.MULTILINE)
        self.assertTrue(names, f"{path} has no cases")
        for workers in ("1", "2"):
            with self.subTest(script=os.path.basename(path), workers=workers), FaultServer() as server:
                run = self.run_twice(path, workers, "-e", f"BASE={server.url}")
                passed = [line for line in run.said() if line.startswith("passed ")]
                self.assertEqual(sorted(passed), sorted(RUNS * [f"passed {name}" for name in names]), str(run))

    def test_console(self):
        path = os.path.join(API, "console.lua")
        expected = [line.strip() for line in re.findall(r"--> ?(.*)$", source(path), re.MULTILINE)][1:]
        for workers in ("1", "2"):
            run = self.run_twice(path, workers)
            lines = [line for line in run.stderr.splitlines() if line.endswith("source=console")]
            self.assertEqual(sorted(run.said()), sorted(RUNS * expected))
            self.assertEqual(sum("level=warning" in line for line in lines), RUNS)
        run = self.run_twice(path, "1", "-q")
        self.assertEqual(run.said()[: len(expected)], expected, "in the order in which they were written")

    def test_console_shows_the_level_debug_only_when_verbose(self):
        path = self.write("script.lua", 'return function() console.debug("detail") end')
        self.assertEqual(self.run_twice(path, "1").said(), [])
        run = self.run_twice(path, "1", "-v")
        self.assertEqual(run.said(), RUNS * ["detail"])
        self.assertEqual(sum("level=debug" in line and "detail" in line for line in run.stderr.splitlines()), RUNS)

    def test_numbers_of_iterations_are_unique(self):
        path = self.write(
            "script.lua",
            'local exec = require "k6/execution"\n'
            "return function() console.log(exec.scenario.iterationInTest, exec.vu.idInTest) end",
        )
        for workers in ("1", "2"):
            with self.subTest(workers=workers):
                said = [line.split() for line in self.run_twice(path, workers).said()]
                self.assertEqual(sorted(number for number, _ in said), ["0", "1", "2", "3"])
                self.assertEqual(sorted(vu for _, vu in said), ["1", "1", "2", "2"])


def add_tests():
    """A test method for each script, so that each is named when it fails."""
    for path in sorted(glob.glob(os.path.join(API, "*.lua"))):
        name = os.path.basename(path).removesuffix(".lua")
        if name != "console":
            setattr(ApiTest, f"test_{name}", lambda self, path=path: self.run_suite(path))


add_tests()

if __name__ == "__main__":
    unittest.main()

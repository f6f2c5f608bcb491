"""`loadrun calibrate` for real, and what a run says with its file."""

import json
import os
import signal
import subprocess
import unittest

from support.run_loadrun import LoadrunTest, clean_environment, line_message, reap

ARRIVALS = """
return { options = { scenarios = { peak = {
  executor = "ramping-arrival-rate", startRate = 1, preAllocatedVUs = 1,
  stages = { { duration = "200ms", target = 1 }, { duration = "1ms", target = %d } } } } },
  default = function() end }
"""


class Calibrated:
    def __init__(self, result, path):
        self.code = result.returncode
        self.stdout = result.stdout.decode()
        self.log = "\n".join(line_message(line) for line in result.stderr.decode().splitlines())
        self.file = None
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.file = json.load(file)

    def __str__(self):
        return f"exit code {self.code}\n{self.stdout}\n{self.log}"


class CalibrateTest(LoadrunTest):
    def setUp(self):
        super().setUp()
        self.path = os.path.join(self.dir, "machine.json")

    def calibrate(self, *arguments, out=None, env=None):
        path = out or self.path
        command = [self.loadrun_path, "calibrate", "-o", path, *arguments]
        result = subprocess.run(command, cwd=self.dir, env=clean_environment(self.dir, env), capture_output=True, timeout=90, check=False)
        return Calibrated(result, path)

    def test_figures_fit_together(self):
        # What configures runs does not reach the calibration's own ones.
        config = self.write(".config/loadrun/config.json", '{"vus": 7, "rps": 1}')
        env = {"LOADRUN_DURATION": "1h", "http_proxy": "http://127.0.0.1:1/"}
        run = self.calibrate("--duration", "1s", "--workers", "2", env=env)
        os.remove(config)
        self.assertEqual(run.code, 0, str(run))
        file, capacity = run.file, run.file["capacity"]
        self.assertEqual((file["schema"], file["version"], file["workers"]), ("loadrun-calibration", 1, 2))
        self.assertEqual(capacity["cores"], min(2, file["machine"]["cpus"]))

        for part in (file["latency"], capacity, *file["trials"]):
            self.assertEqual(part["requests"], part["served"], str(part))
        self.assertGreater(file["timers"]["wakeups"], 50)
        self.assertLessEqual(file["timers"]["wakeups"], 1000)
        # 200/s for a second, but for those that found all VUs in a pause of the machine.
        self.assertLessEqual(file["latency"]["requests"], 200)
        self.assertGreater(file["latency"]["requests"], 100)
        self.assertLess(file["latency"]["p50_ms"], file["latency"]["max_ms"])

        # Two workers have at most two seconds of CPU time, and some for making the VUs.
        self.assertEqual(capacity["vus"], 128)
        self.assertLess(capacity["cpu_s"], 2.5)
        self.assertEqual(capacity["per_core"], int(capacity["requests"] / capacity["cpu_s"]))
        self.assertGreater(capacity["per_core"], 1000)

        trials = file["trials"]
        self.assertAlmostEqual(trials[0]["rate"] / (capacity["per_core"] * capacity["cores"]), 0.6, delta=0.01)
        self.assertLessEqual(len(trials), 7)
        for trial, after in zip(trials, trials[1:]):
            self.assertFalse(trial["healthy"])
            self.assertLess(after["rate"], 0.71 * trial["rate"])
        for trial in trials:
            self.assertEqual(trial["healthy"], trial["dropped"] == 0 and trial["start_lag_p99_ms"] < 1)
        self.assertEqual(file["trusted_rate"], trials[-1]["rate"] if trials[-1]["healthy"] else 0)
        for what in ("machine", "timers", "latency floor", "capacity", "tried", "trusted with"):
            self.assertIn(f"{what}: ", run.stdout)
        script = self.write("script.lua", ARRIVALS % (2 * capacity["per_core"]))
        warned = self.loadrun(script, "--calibration", self.path, "--workers", "2")
        self.assertIn(f"the plan starts up to {2 * capacity['per_core']:,} iterations/s", warned.log)
        if file["trusted_rate"] == 0:
            self.skipTest(f"this machine is too busy to be trusted with anything\n{run}")
        self.assertLess(file["trusted_rate"], capacity["per_core"] * capacity["cores"])

    def test_a_signal_ends_it(self):
        command = [self.loadrun_path, "calibrate", "-o", self.path]
        process = subprocess.Popen(command, cwd=self.dir, env=clean_environment(self.dir), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(reap, process)
        while b"latency floor" not in process.stdout.readline():
            self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 105, stderr)
        self.assertNotIn(b"capacity", stdout)
        self.assertFalse(os.path.exists(self.path))

    def test_bad_arguments(self):
        for arguments, code, text in (
            (["--duration", "soon"], 104, '--duration: "soon" is not a duration from 1s to 1m0s, e.g. "3s"'),
            (["--duration", "0s"], 104, '--duration: "0s" is not'),
            (["--duration", "2h"], 104, '--duration: "2h" is not'),
            (["--workers", "0"], 255, "--workers"),
            (["--speed", "3"], 255, "--speed"),
            (["script.lua"], 255, "script.lua"),
        ):
            run = self.calibrate(*arguments)
            self.assertEqual(run.code, code, str(run))
            self.assertIn(text, run.log)
            self.assertIsNone(run.file)

    def test_a_file_that_cannot_be_written_is_said(self):
        run = self.calibrate("--duration", "1s", "--workers", "1", out="/nowhere/machine.json")
        self.assertEqual(run.code, 255, str(run))
        self.assertIn("/nowhere/machine.json: No such file or directory", run.log)
        self.assertIn("trusted with: ", run.stdout)


class CalibrationOfRunTest(LoadrunTest):
    def file(self, name="machine.json", **changes):
        """A calibration of this machine's CPUs for two workers."""
        with open("/proc/cpuinfo", encoding="utf-8") as cpus:
            models = [line.split(":", 1)[1].strip() for line in cpus if line.startswith("model name")]
        content = {
            "schema": "loadrun-calibration",
            "version": 1,
            "generator": "loadrun 0.1.0",
            "measured": "2026-01-31T12:00:00.000Z",
            "machine": {"cpu_model": models[0] if models else "", "cpus": self.cpus(), "memory": 1 << 30, "kernel": "Linux"},
            "workers": 2,
            "timers": {"wakeups": 900, "late_p99_ms": 0.1, "late_max_ms": 1},
            "latency": {"rate": 200, "requests": 600, "served": 600, "p50_ms": 0.1, "p99_ms": 0.3, "max_ms": 2},
            "capacity": {"vus": 128, "requests": 90000, "served": 90000, "cpu_s": 3, "per_core": 30000, "cores": 2},
            "trials": [],
            "trusted_rate": 21000,
        }
        return self.write(name, json.dumps({**content, **changes}))

    def cpus(self):
        """That a process may use here: what a run takes as its number of workers."""
        run = self.loadrun("return { options = { vus = 1024, iterations = 1024 }, default = function() end }")
        return int(run.stdout.split("workers: ")[1].split(",")[0])

    def warnings(self, rate, *arguments, env=None):
        run = self.loadrun(ARRIVALS % rate, *arguments, "--workers", "1", env=env)
        return [line_message(line) for line in run.stderr.splitlines() if "calibrat" in line]

    def test_a_load_beyond_what_the_machine_is_trusted_with(self):
        path = self.file(workers=1)
        warnings = self.warnings(30000, "--calibration", path)
        self.assertEqual(len(warnings), 1)
        self.assertIn(
            "the plan starts up to 30,000 iterations/s, with at least one request each; "
            f"with 1 worker this machine was calibrated for 21,000 requests/s ({path})",
            warnings[0],
        )
        self.assertEqual(len(self.warnings(30000, env={"LOADRUN_CALIBRATION": path})), 1)
        self.assertEqual(self.warnings(21000, "--calibration", path), [])
        self.assertEqual(self.warnings(30000), [])

    def test_fewer_workers_are_trusted_with_less(self):
        path = self.file()
        self.assertEqual(self.warnings(10000, "--calibration", path), [])
        self.assertIn("calibrated for 10,500 requests/s", self.warnings(11000, "--calibration", path)[0])

    def test_the_file_of_another_machine(self):
        machine = {"cpu_model": "Abacus 1", "cpus": 999, "memory": 1, "kernel": "Linux"}
        warnings = self.warnings(10, "--calibration", self.file(machine=machine))
        self.assertEqual(len(warnings), 1)
        self.assertIn("was measured on another machine (999 CPUs, Abacus 1) than this one", warnings[0])

    def test_bad_files(self):
        for path, text in (
            (self.file("version.json", version=2), "version: 2 (expected 1"),
            (self.file("rate.json", trusted_rate="many"), 'trusted_rate: "many" is not a whole number'),
            (self.file("schema.json", schema="loadrun-summary"), 'schema: "loadrun-summary" (expected "loadrun-calibration"'),
            (self.write("broken.json", '{"schema": '), "broken.json: is no JSON object"),
            ("absent.json", "cannot read absent.json"),
        ):
            run = self.loadrun(ARRIVALS % 10, "--calibration", path, code=104)
            self.assertIn(path, run.log)
            self.assertIn(text, run.log)
            self.assertNotIn("iterations", run.stdout)


if __name__ == "__main__":
    unittest.main()

"""Runs the loadrun binary as a user does, with a time limit, and reads what it says."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

LIMIT_S = 60


def binary(variable):
    """The path in an environment variable that CTest sets; missing is a failure, not a reason to skip."""
    path = os.environ.get(variable, "")
    if not os.access(path, os.X_OK):
        raise RuntimeError(f"set {variable} to the binary under test (now: {path!r})")
    return os.path.abspath(path)


def clean_environment(home, extra=None):
    """The caller's environment without what would configure loadrun or reroute its requests."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("LOADRUN_") and not name.lower().endswith("_proxy")
    }
    return {**kept, "HOME": home, "XDG_CONFIG_HOME": os.path.join(home, ".config"), **(extra or {})}


class Run:
    """A finished run: exit code, standard output and error, the exported summary when there is one."""

    def __init__(self, command, code, stdout, stderr, summary, seconds):
        self.command = command
        self.code = code
        self.stdout = stdout
        self.stderr = stderr
        self.summary = summary
        self.seconds = seconds

    def metric(self, name):
        return self.summary["metrics"][name]

    def count(self, name):
        """A counter's total; 0 when it has no samples."""
        return self.summary["metrics"].get(name, {"count": 0})["count"]

    def said(self):
        """What the script's console wrote, call by call."""
        return [line_message(line) for line in self.stderr.splitlines() if line.endswith("source=console")]

    @property
    def log(self):
        """The messages of the text log on standard error, as they were before the log quoted them."""
        return "\n".join(line_message(line) for line in self.stderr.splitlines())

    def __str__(self):
        return f"{' '.join(self.command)}\nexit code {self.code}\n--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}"


def line_message(line):
    """msg of a line of the text log; its quoting differs from JSON's in \\xNN alone."""
    quoted = re.search(r'msg="((?:[^"\\]|\\.)*)"', line)
    if quoted:
        return json.loads('"' + re.sub(r"\\x(..)", r"\\u00\1", quoted[1]) + '"')
    bare = re.search(r"msg=(\S+)", line)
    return bare[1] if bare else ""


def read_summary(path):
    with contextlib.suppress(FileNotFoundError), open(path, encoding="utf-8") as text:
        return json.load(text)
    return None


class LoadrunTest(unittest.TestCase):
    """A test with a directory of its own, gone at the end, and the binary at hand."""

    maxDiff = None
    allow_invalid = True  # machines that run tests may be slow; tests of the verdict switch it off

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="loadrun-test-")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.loadrun_path = binary("LOADRUN")
        self.summary_path = os.path.join(self.dir, "summary.json")

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path

    def command(self, script, arguments):
        export = [] if "--summary-export" in arguments else ["--summary-export", self.summary_path]
        allow = ["--allow-invalid"] if self.allow_invalid else []
        return [self.loadrun_path, "run", *export, *allow, *arguments, script]

    def start(self, script, *arguments, env=None):
        """Starts a run of the file `script`; it is killed at the end of the test if it still lives."""
        process = subprocess.Popen(
            self.command(script, arguments),
            cwd=self.dir,
            env=clean_environment(self.dir, env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.addCleanup(reap, process)
        process.started = time.monotonic()
        return process

    def finish(self, process, limit=LIMIT_S):
        """Waits for a started run. One that takes longer than `limit` seconds has hung, one that died of a signal
        has crashed: both fail the test."""
        try:
            out, err = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            self.fail(f"hung: no end after {limit} s\n{decoded(out)}\n{decoded(err)}")
        seconds = time.monotonic() - process.started
        run = Run(process.args, process.returncode, decoded(out), decoded(err), read_summary(self.summary_path), seconds)
        self.assertGreaterEqual(run.code, 0, f"crashed by signal {-run.code}\n{run}")
        self.assertNotIn("Sanitizer", run.stderr, str(run))
        self.assertNotIn("do not add up", run.stderr, str(run))
        return run

    def loadrun(self, script, *arguments, env=None, code=0, limit=LIMIT_S):
        """Runs a script (its text, or the path of a .lua file) to the end and expects the exit code `code`."""
        path = script if script.endswith(".lua") else self.write("script.lua", script)
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.summary_path)
        run = self.finish(self.start(path, *arguments, env=env), limit)
        self.assertEqual(run.code, code, str(run))
        return run

    def wait_for_text(self, path, text, limit=LIMIT_S):
        """Waits until the file contains `text`, as a log does once the run got there."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            with contextlib.suppress(FileNotFoundError), open(path, encoding="utf-8") as file:
                if text in file.read():
                    return
            time.sleep(0.02)
        self.fail(f"{path} never said {text!r}")


def decoded(data):
    return data.decode("utf-8", "replace")


def reap(process):
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
        process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()

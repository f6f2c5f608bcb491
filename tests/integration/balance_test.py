"""Nothing is lost on the way: what was meant to start, what started and what was sent add up to how it ended. That the
equations hold is asserted of every run (run_loadrun.py: a run whose counts do not add up says so); here are the numbers."""

import json
import os
import signal
import socket
import time
import unittest

from support.nginx_server import Nginx, free_port
from support.run_loadrun import LoadrunTest

EVERY_END = """
local http = require "k6/http"
local exec = require "k6/execution"
return {
  options = { scenarios = { all = { executor = "shared-iterations", vus = 2, iterations = 10 } } },
  default = function()
    http.get(__ENV.URL .. "/hop/3")
    http.get(__ENV.URL .. "/missing")
    http.get(__ENV.NOBODY)
    if exec.scenario.iterationInTest == 5 then error("five") end
  end,
}
"""

NO_ANSWER = """
local http = require "k6/http"
return {
  options = { scenarios = { open = { gracefulStop = "0s", %s } } },
  default = function() http.get(__ENV.URL) end,
}
"""
OPEN = 'executor = "constant-arrival-rate", rate = 50, duration = "1s", preAllocatedVUs = 2'


class BalanceTest(LoadrunTest):
    def balance_of(self, script, *arguments, code=0):
        path = os.path.join(self.dir, "results.json")
        run = self.loadrun(script, "--summary-json", path, *arguments, code=code)
        with open(path, encoding="utf-8") as file:
            return run, json.load(file)["balance"]

    def silent_server(self):
        """The URL of one that takes connections and never answers."""
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.addCleanup(listener.close)
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    def iterations(self, **counts):
        names = ("intended", "started", "dropped", "unscheduled", "completed", "interrupted", "failed")
        return {**dict.fromkeys(names, 0), **counts}

    def test_every_way_a_request_ends(self):
        with Nginx() as nginx:
            nobody = f"http://127.0.0.1:{free_port()}/"
            run, balance = self.balance_of(
                EVERY_END, "-e", f"URL={nginx.url}", "-e", f"NOBODY={nobody}", "--summary-mode=full"
            )
            answered = len(nginx.take_requests())
        self.assertEqual(balance["iterations"], self.iterations(intended=10, started=10, completed=9, failed=1))
        self.assertEqual(
            balance["requests"], {"sent": 60, "responses": 40, "errors": {"1212": 10, "1404": 10}, "cancelled": 0}
        )
        self.assertEqual(answered, 50)
        self.assertIn("10 iterations intended = 10 started + 0 dropped + 0 unscheduled\n", run.stdout)
        self.assertIn("10 iterations started = 9 completed + 0 interrupted + 1 failed\n", run.stdout)
        self.assertIn("60 requests sent = 40 responses + 20 errors (1212: 10, 1404: 10) + 0 cancelled\n", run.stdout)

    def test_what_is_dropped_and_what_is_cut_off(self):
        for workers in ("1", "2"):
            with self.subTest(workers=workers):
                url = self.silent_server()
                _, balance = self.balance_of(NO_ANSWER % OPEN, "-e", f"URL={url}", "--workers", workers)
                self.assertEqual(
                    balance["iterations"], self.iterations(intended=50, started=2, dropped=48, interrupted=2)
                )
                self.assertEqual(balance["requests"], {"sent": 2, "responses": 0, "errors": {}, "cancelled": 2})

    def test_what_waits_to_the_end(self):
        fields = OPEN + ', lateStart = "queue"'
        _, balance = self.balance_of(NO_ANSWER % fields, "-e", f"URL={self.silent_server()}")
        self.assertEqual(
            balance["iterations"], self.iterations(intended=50, started=2, unscheduled=48, interrupted=2)
        )

    def test_what_waits_when_the_test_is_stopped(self):
        path = os.path.join(self.dir, "results.json")
        fields = OPEN.replace('"1s"', '"30s"') + ', lateStart = "queue"'
        script = self.write("script.lua", NO_ANSWER % fields)
        process = self.start(script, "-e", f"URL={self.silent_server()}", "--summary-json", path)
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        run = self.finish(process)
        self.assertEqual(run.code, 105, str(run))
        with open(path, encoding="utf-8") as file:
            iterations = json.load(file)["balance"]["iterations"]
        self.assertEqual(iterations["started"], 2)
        self.assertGreater(iterations["unscheduled"], 20)  # of a hundred, on a machine that may be slow to begin

    def test_planned_iterations_without_a_turn(self):
        fields = 'executor = "per-vu-iterations", vus = 2, iterations = 5, maxDuration = "1s"'
        _, balance = self.balance_of(NO_ANSWER % fields, "-e", f"URL={self.silent_server()}")
        self.assertEqual(balance["iterations"], self.iterations(intended=10, started=2, dropped=8, interrupted=2))
        fields = 'executor = "shared-iterations", vus = 3, iterations = 20, maxDuration = "1s"'
        _, balance = self.balance_of(NO_ANSWER % fields, "-e", f"URL={self.silent_server()}", "--workers", "2")
        self.assertEqual(balance["iterations"], self.iterations(intended=20, started=3, dropped=17, interrupted=3))

    def test_loops(self):
        fields = 'executor = "constant-vus", vus = 3, duration = "1s"'
        with Nginx() as nginx:
            _, balance = self.balance_of(NO_ANSWER % fields, "-e", f"URL={nginx.url}/text")
            answered = len(nginx.take_requests())
        iterations, requests = balance["iterations"], balance["requests"]
        self.assertGreater(iterations["completed"], 30)
        self.assertEqual(iterations["intended"], iterations["started"])
        self.assertEqual(requests["sent"], iterations["started"])
        self.assertIn(answered, range(requests["responses"], requests["sent"] + 1))


if __name__ == "__main__":
    unittest.main()

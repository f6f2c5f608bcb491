"""Option rps: how many requests all VUs together may start, judged by when nginx answered them."""

import unittest

from support.nginx_server import Nginx
from support.run_loadrun import LoadrunTest

SCRIPT = """
local http = require "k6/http"
local GET = "http://127.0.0.1:" .. __ENV.PORT
return { options = { %s }, default = function() %s end }
"""


class RpsTest(LoadrunTest):
    def requests(self, options, body, *arguments):
        with Nginx() as nginx:
            run = self.loadrun(SCRIPT % (options, body), "-e", f"PORT={nginx.port}", *arguments)
            return run, nginx.take_requests()

    def assert_even(self, times, interval):
        """One slot after the other: a late request may be close to its successor, but none is early."""
        first = times[0]
        for index, time in enumerate(times):
            self.assertGreater(time - first, index * interval - 0.05, f"request {index} of {times}")

    def test_all_vus_and_workers_share_one_line(self):
        for workers in ("1", "2"):
            run, requests = self.requests(
                'rps = 50, scenarios = { s = { executor = "constant-vus", vus = 20, duration = "2s", gracefulStop = "0s" } }', 'http.get(GET .. "/text")', "--workers", workers
            )
            times = sorted(request["time"] for request in requests)
            self.assertTrue(90 <= len(times) <= 101, f"{len(times)} requests with {workers} workers")
            self.assert_even(times, 1 / 50)
            self.assertLess(run.seconds, 5)  # those in the line were interrupted

    def test_every_vu_gets_its_turn(self):
        _, requests = self.requests(
            'rps = 50, scenarios = { s = { executor = "per-vu-iterations", vus = 10, iterations = 6 } }',
            'http.get(GET .. "/text?" .. __VU)',
            *("--workers", "2"),
        )
        turns = [request["uri"].split("?")[1] for request in sorted(requests, key=lambda request: request["time"])]
        self.assertEqual(len(turns), 60)
        for vu in set(turns):
            places = [place for place, of in enumerate(turns) if of == vu]
            self.assertTrue(all(b - a <= 13 for a, b in zip(places, places[1:])), f"VU {vu}: {places}")

    def test_waiting_is_neither_in_the_timings_nor_in_the_timeout(self):
        run, requests = self.requests(
            "rps = 5, vus = 4, iterations = 4",
            'local r = http.get(GET .. "/text", { timeout = "150ms" }) console.log(r.status, r.timings.blocked < 100)',
        )
        self.assertEqual(run.said(), ["200 true"] * 4)
        self.assert_even(sorted(request["time"] for request in requests), 1 / 5)

    def test_a_redirect_is_part_of_its_request(self):
        run, requests = self.requests("rps = 2", 'for _ = 1, 2 do http.get(GET .. "/hop/3") end')
        self.assertEqual(len(requests), 8)
        self.assertLess(run.seconds, 3)

    def test_requests_of_a_batch_stand_in_line(self):
        _, requests = self.requests("rps = 20", 'http.batch({ GET .. "/text", GET .. "/json", GET .. "/none" })')
        self.assert_even(sorted(request["time"] for request in requests), 1 / 20)

    def test_who_gives_up_leaves_the_line(self):
        """20 VUs book 20 s ahead and are interrupted; the next scenario gets their places."""
        run, requests = self.requests(
            """rps = 1, scenarios = {
              crowd = { executor = "constant-vus", vus = 20, duration = "1s", gracefulStop = "0s" },
              late = { executor = "per-vu-iterations", vus = 1, iterations = 1, startTime = "1100ms", maxDuration = "10s" } }""",
            'http.get(GET .. "/" .. require("k6/execution").scenario.name)',
        )
        self.assertEqual([request["uri"] for request in requests], ["/crowd", "/late"])
        self.assertLess(run.seconds, 6)


if __name__ == "__main__":
    unittest.main()

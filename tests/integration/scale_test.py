"""Thousands of virtual users against a real nginx. Slow: only with ./dev test --full."""

import unittest

from support.nginx_server import Nginx
from support.run_loadrun import LoadrunTest

VUS = 9000
ITERATIONS = 3

SCRIPT = """
local http = require "k6/http"
local k6 = require "k6"
return {
  options = {
    scenarios = { all = { executor = "per-vu-iterations", vus = %d, iterations = %d } },
    thresholds = { ["http_reqs{status:200}"] = {}, checks = { "rate==1" } },
  },
  default = function()
    local res = http.get(__ENV.BASE .. "/text")
    k6.check(res, { ["is 200"] = function(r) return r.status == 200 end })
    k6.sleep(0.5)
  end,
}
""" % (VUS, ITERATIONS)


class ScaleTest(LoadrunTest):
    def test_every_user_keeps_one_connection(self):
        nginx = self.enterContext(Nginx(connections=2 * VUS))
        run = self.loadrun(SCRIPT, "-e", f"BASE={nginx.url}", limit=120)
        requests = nginx.take_requests()
        self.assertEqual(run.code, 0, str(run))
        self.assertEqual(len(requests), VUS * ITERATIONS)
        self.assertEqual(run.count("http_reqs{status:200}"), VUS * ITERATIONS)
        self.assertEqual(len({request["connection"] for request in requests}), VUS)


if __name__ == "__main__":
    unittest.main()

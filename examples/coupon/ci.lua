-- A quick check for a build server: a few users, a threshold that decides the exit code, and reports in files: the text of
-- the summary, and JUnit XML, which most systems of continuous integration show as tests.
--
--   coupon-target --port 8080 &
--   loadrun run -e BASE=http://127.0.0.1:8080 -e REPORTS=. examples/coupon/ci.lua

local http = require "k6/http"
local check = require("k6").check
local summary = require "k6-summary"

local BASE = assert(__ENV.BASE, "name the server: -e BASE=http://127.0.0.1:8080")
local REPORTS = __ENV.REPORTS or "."

return {
  options = {
    vus = 2,
    iterations = 20,
    thresholds = { http_req_failed = { "rate<0.01" }, http_req_duration = { "p(95)<1000" } },
  },

  default = function()
    local res = http.get(BASE .. "/actuator/health")
    check(res, { ["the service is up"] = function(r) return r.status == 200 end })
  end,

  handleSummary = function(data)
    return {
      stdout = summary.textSummary(data) .. "\n",
      [REPORTS .. "/summary.txt"] = summary.textSummary(data, { enableColors = false }) .. "\n",
      [REPORTS .. "/junit.xml"] = summary.jUnit(data, { checks = true, classname = "coupon" }),
    }
  end,
}

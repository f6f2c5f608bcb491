-- How many coupons a second does the counter bear? The rate is raised until the objective breaks, then the highest rate
-- that holds is searched in between and held for a while. docs/capacity.md explains the result.
--
--   coupon-target --port 8080 --row-lock off --stock 10000000 &
--   loadrun run -e BASE=http://127.0.0.1:8080 examples/coupon/capacity.lua

local http = require "k6/http"
local exec = require "k6/execution"
local json = require "loadrun/json"

local BASE = assert(__ENV.BASE, "name the server: -e BASE=http://127.0.0.1:8080")

return {
  options = {
    scenarios = {
      search = {
        executor = "capacity",
        -- From here on, half as much again with each step, to no more than maxRate.
        start = tonumber(__ENV.START or 100),
        factor = 1.5,
        maxRate = 10000,
        -- A step is decided as soon as the evidence suffices, and lasts no longer than this; its beginning is not
        -- measured: it is longer than an iteration takes.
        stepDuration = __ENV.STEP or "5s",
        settle = "500ms",
        -- So many requests may be under way before arrivals are dropped, which breaks a step as well.
        preAllocatedVUs = 200,
        maxVUs = 1000,
        -- What has to hold, in the words of thresholds.
        objective = {
          http_req_failed = { "rate<0.01" },
          http_req_duration = { "p(95)<300" },
        },
      },
    },
    -- In CI: less than this fails the build.
    thresholds = { loadrun_capacity = { "value>=" .. (__ENV.WANTED or 50) } },
  },

  -- Everybody asks once: a second coupon for the same user is refused.
  default = function()
    local user = exec.scenario.iterationInTest + 1
    http.patch(BASE .. "/api/commerce/coupon", json.encode({ couponId = 3, issueAt = "2026-01-01T00:00:00" }), {
      headers = { ["Content-Type"] = "application/json", ["X-User-Id"] = tostring(user) },
    })
  end,
}

-- From no VU to 10,000 in a second; each says how much later than planned its first iteration began.
-- VU k is planned at k / 10,000 s. Should VUs start in another order, the greatest lateness only
-- grows.
local execution = require "k6/execution"
local k6 = require "k6"
local metrics = require "k6/metrics"

local VUS, RAMP_MS = 10000, 1000
local late = metrics.Trend("late", true)

return {
  options = {
    scenarios = {
      ramp = {
        executor = "ramping-vus",
        stages = { { duration = "1s", target = VUS }, { duration = "2s", target = VUS } },
        gracefulStop = "0s",
      },
    },
    summaryTrendStats = { "count", "max" },
  },
  default = function()
    if __ITER == 0 then
      late:add(execution.instance.currentTestRunDuration - __VU * RAMP_MS / VUS)
    end
    k6.sleep(1 + math.random())
  end,
}

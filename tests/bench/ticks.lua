-- Iterations at a constant rate: empty ones, or with a URL a request each.
local http = require "k6/http"
local URL = __ENV.URL

return {
  options = {
    scenarios = {
      ticks = {
        executor = "constant-arrival-rate",
        rate = tonumber(__ENV.RATE),
        duration = __ENV.DURATION,
        preAllocatedVUs = 500,
      },
    },
    summaryTrendStats = { "p(99)", "max" },
  },
  default = function()
    if URL then http.get(URL) end
  end,
}

local k6, http, json = require "k6", require "k6/http", require "loadrun/json"
local metrics, data, utils = require "k6/metrics", require "k6/data", require "k6-utils"
local trend = metrics.Trend("waiting", true)
local users = data.SharedArray("users", function() return { { name = "a" }, 2, "c", json.array {} } end)
return {
  options = {
    vus = 5, duration = "10s", iterations = #users, noSetup = true,
    thresholds = { checks = { "rate>0.9", { threshold = "rate>0.5", abortOnFail = true, delayAbortEval = "1s" } } },
    scenarios = { a = { executor = "constant-vus", duration = 1500, exec = "other", tags = { x = "y" } } },
    summaryTrendStats = { "avg", "p(99)" },
  },
  default = function() k6.check(http.get("http://127.0.0.1/"), { ok = function(r) return r.status == 200 end }) end,
  other = function() trend:add(1) end,
  setup = function() return utils.uuidv4() end,
}

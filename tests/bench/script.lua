-- An iteration without HTTP: 10 checks, 2 groups, 3 custom metrics.
local k6 = require "k6"
local metrics = require "k6/metrics"
local check, group = k6.check, k6.group
local orders, latency, errors = metrics.Counter("orders"), metrics.Trend("latency", true), metrics.Rate("errors")

local five = {
  ["is a number"] = function(v) return type(v) == "number" end,
  ["is positive"] = function(v) return v > 0 end,
  ["is small"] = function(v) return v < 10 end,
  ["is whole"] = function(v) return v % 1 == 0 end,
  ["is three"] = function(v) return v == 3 end,
}

return function()
  group("browse", function()
    check(3, five)
  end)
  group("buy", function()
    check(3, five)
    orders:add(1)
    latency:add(12.5)
    errors:add(false)
  end)
end

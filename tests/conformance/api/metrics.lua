local suite = require "./lib/suite"
local test, equal, raises = suite.test, suite.equal, suite.raises
local metrics = require "k6/metrics"

local sold = metrics.Counter("sold")
local stock = metrics.Gauge("stock")
local paid = metrics.Rate("paid")
local price = metrics.Trend("price")
local wait = metrics.Trend("wait", true)
local odd = metrics.Counter("odd_values")

-- In the init context: errors here would end the run with 107.
raises("", metrics.Counter, "with space")
raises("", metrics.Counter, "1st")
raises("", metrics.Counter, "")
raises("", metrics.Counter, ("x"):rep(200))
raises("", metrics.Counter)
raises("", metrics.Trend, "sold")
raises("", metrics.Counter, "http_req_duration")
raises("", metrics.Trend, "price", true)
equal(metrics.Counter("sold").name, "sold")
raises("init context", sold.add, sold, 1)

test("have a name that cannot be changed", function()
  equal(sold.name, "sold")
  raises("read-only", function() sold.name = "x" end)
end)

test("add and say so", function()
  equal(sold:add(2), true)
  equal(stock:add(7), true)
  equal(paid:add(true), true)
  equal(paid:add(0), true)
  equal(price:add(10), true)
  equal(price:add(20), true)
  equal(wait:add(1500), true)
end)

test("take numbers, numeric strings and booleans", function()
  equal(odd:add("3"), true)
  equal(odd:add(true), true)
  equal(odd:add(false), true)
  equal(odd:add("0x10"), true)
end)

test("refuse everything else with a warning", function()
  equal(odd:add(nil), false)
  equal(odd:add(), false)
  equal(odd:add("many"), false)
  equal(odd:add({}), false)
  equal(odd:add(0 / 0), false)
end)

test("carry tags", function()
  sold:add(1, { kind = "book", id = 5, new = true })
  raises("tag 'kind'", sold.add, sold, 1, { kind = {} })
end)

test("are declared in the init context alone", function()
  raises("init context", metrics.Counter, "late")
end)

test("want a colon", function()
  raises("", sold.add, 1)
end)

return {
  options = {
    thresholds = {
      sold = { "count==12" },
      ["sold{kind:book,id:5,new:true}"] = { "count==4" },
      stock = { "value==7" },
      paid = { "rate==0.5" },
      price = { "avg==15", "min==10", "max==20", "med==15", "p(100)==20" },
      wait = { "p(95)==1500" },
      odd_values = { "count==80" },
    },
  },
  default = suite.run,
}

local suite = require "./lib/suite"
local test, equal, raises = suite.test, suite.equal, suite.raises
local k6 = require "k6"
local metrics = require "k6/metrics"
local hits = metrics.Counter("hits")

test("returns what its function returns", function()
  equal({ k6.group("values", function() return 1, "two", { 3 } end) }, { 1, "two", { 3 } })
  equal(select("#", k6.group("none", function() end)), 0)
end)

test("tags samples, nested ones with the whole path", function()
  k6.group("outer", function()
    hits:add(1)
    k6.group("inner", function() hits:add(10) end)
    hits:add(1)
  end)
  hits:add(100)
end)

test("ends when its function raises", function()
  raises("out of the group", k6.group, "raising", function() error("out of the group") end)
  hits:add(100)
end)

test("lasts over a sleep", function()
  k6.group("sleeping", function()
    k6.sleep(0.02)
    hits:add(1)
  end)
end)

test("holds in coroutines of the script", function()
  k6.group("with coroutine", function()
    local step = coroutine.wrap(function()
      hits:add(1)
      k6.sleep(0.01)
      hits:add(1)
      coroutine.yield("between")
      k6.sleep(0.01)
      hits:add(1)
    end)
    equal(step(), "between")
    step()
  end)
end)

test("around a coroutine that is resumed inside of it", function()
  local step = coroutine.wrap(function()
    while true do
      hits:add(1)
      coroutine.yield()
    end
  end)
  step()
  k6.group("resumed", step)
end)

test("needs a name and a function", function()
  raises("group", k6.group, "name only")
  raises("group", k6.group, {}, function() end)
  raises("'::'", k6.group, "a::b", function() end)
end)

return {
  options = {
    thresholds = {
      ["hits{group:::outer}"] = { "count==8" },
      ["hits{group:::outer::inner}"] = { "count==40" },
      hits = { "count==872" },
      ["hits{group:::sleeping}"] = { "count==4" },
      ["hits{group:::with coroutine}"] = { "count==12" },
      ["hits{group:::resumed}"] = { "count==4" },
      ["group_duration{group:::sleeping}"] = { "min>=20" },
      ["group_duration{group:::outer::inner}"] = { "max<2000" },
    },
  },
  default = suite.run,
}

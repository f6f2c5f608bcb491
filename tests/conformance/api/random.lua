local suite = require "./lib/suite"
local test, equal, raises = suite.test, suite.equal, suite.raises
local k6 = require "k6"

local function draw(count)
  local numbers = {}
  for i = 1, count do numbers[i] = math.random(1000000) end
  return table.concat(numbers, ",")
end

test("math.random has its three forms", function()
  for _ = 1, 200 do
    local number = math.random()
    equal(number >= 0 and number < 1, true)
    local die = math.random(6)
    equal(die >= 1 and die <= 6 and die % 1 == 0, true)
    local range = math.random(-3, 3)
    equal(range >= -3 and range <= 3 and range % 1 == 0, true)
  end
  raises("interval is empty", math.random, 0)
  raises("interval is empty", math.random, 5, 4)
end)

test("iterations draw different numbers", function()
  local now = draw(5)
  equal(now ~= LAST, true)
  LAST = now
end)

test("a seed of the script repeats, whatever other VUs draw meanwhile", function()
  math.randomseed(42)
  local first = draw(3)
  math.randomseed(42)
  local again = math.random(1000000)
  k6.sleep(0.01)
  again = again .. "," .. math.random(1000000)
  k6.sleep(0.01)
  again = again .. "," .. math.random(1000000)
  equal(again, first)
end)

return { default = suite.run }

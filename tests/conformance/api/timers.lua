local suite = require "./lib/suite"
local test, equal, raises = suite.test, suite.equal, suite.raises
local k6, timers = require "k6", require "k6/timers"

local fired_after_the_end = 0

test("timeouts fire in the order of their delays, with their arguments", function()
  local fired = {}
  local function note(...) fired[#fired + 1] = table.concat({ ... }) end
  timers.setTimeout(note, 60, "last")
  timers.setTimeout(note, 20, "a", 1, "b")
  timers.setTimeout(note, 0, "first")
  equal(fired, {})
  k6.sleep(0.15)
  equal(fired, { "first", "a1b", "last" })
end)

test("a function may wait", function()
  local woke = false
  timers.setTimeout(function() k6.sleep(0.02) woke = true end, 5)
  k6.sleep(0.1)
  equal(woke, true)
end)

test("cleared timers do not fire", function()
  local fired = false
  local id = timers.setTimeout(function() fired = true end, 20)
  timers.clearTimeout(id)
  timers.clearTimeout(id)
  timers.clearInterval(12345)
  k6.sleep(0.05)
  equal(fired, false)
end)

test("an interval fires until it is cleared", function()
  local count, id = 0
  id = timers.setInterval(function(step)
    count = count + step
    if count == 6 then timers.clearInterval(id) end
  end, 5, 2)
  k6.sleep(0.1)
  equal(count, 6)
end)

test("ids are different", function()
  local a, b = timers.setTimeout(print, 1e6), timers.setInterval(print, 1e6)
  equal(a ~= b, true)
  timers.clearTimeout(a)
  timers.clearInterval(b)
end)

test("the iteration lasts until its timers have fired", function()
  equal(fired_after_the_end, __ITER)
  timers.setTimeout(function() fired_after_the_end = fired_after_the_end + 1 end, 100)
end)

test("misuse is named", function()
  raises("setTimeout: expected a function, got a nil", timers.setTimeout)
  raises("setInterval: expected a function, got a string", timers.setInterval, "x", 1)
end)

return { default = suite.run }

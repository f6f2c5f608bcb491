local suite = require "./lib/suite"
local test, equal, raises = suite.test, suite.equal, suite.raises
local k6, exec = require "k6", require "k6/execution"

local numbers = {}

test("exec.vu says who runs", function()
  equal(exec.vu.idInTest, __VU)
  equal(exec.vu.idInInstance, __VU)
  equal(exec.vu.iterationInInstance, __ITER)
  equal(exec.vu.iterationInScenario, __ITER)
end)

test("exec.scenario says what runs", function()
  local scenario = exec.scenario
  equal(scenario.name, "twice")
  equal(scenario.executor, "per-vu-iterations")
  equal(math.abs(scenario.startTime / 1000 - os.time()) < 30, true)
  equal(scenario.progress >= 0 and scenario.progress < 1, true)
end)

test("the number of an iteration in the test is its own", function()
  local number = exec.scenario.iterationInTest
  equal(number >= 0 and number < 4 and number % 1 == 0, true)
  equal(exec.scenario.iterationInInstance, number)
  equal(numbers[number], nil)
  numbers[number] = true
end)

test("it stays while the iteration waits and in its tasks", function()
  local number = exec.scenario.iterationInTest
  k6.sleep(0.01)
  equal(exec.scenario.iterationInTest, number)
  equal(k6.spawn(function() k6.sleep(0.01) return exec.scenario.iterationInTest end):await(), number)
end)

test("exec.instance counts over all workers", function()
  local instance = exec.instance
  equal(instance.vusInitialized, 2)
  equal(instance.vusActive == 1 or instance.vusActive == 2, true)
  equal(instance.iterationsCompleted >= __ITER and instance.iterationsCompleted < 4, true)
  equal(instance.iterationsInterrupted, 0)
  local before = instance.currentTestRunDuration
  k6.sleep(0.01)
  equal(instance.currentTestRunDuration > before, true)
end)

test("exec.test.options are those of the run", function()
  equal(exec.test.options.scenarios.twice.vus, 2)
end)

test("tags are the VU's own and last", function()
  local tags = exec.vu.metrics.tags
  equal(tags.mine, __ITER > 0 and tostring(__VU) or nil)
  tags.mine = __VU
  k6.sleep(0.01)
  equal(exec.vu.tags.mine, tostring(__VU))
  raises("invalid value for metric tag 'mine'", function() tags.mine = {} end)
end)

test("views are read-only", function()
  raises("read-only", function() exec.scenario.name = "other" end)
  raises("read-only", function() exec.instance.vusActive = 5 end)
end)

return { default = suite.run }

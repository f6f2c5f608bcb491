local suite = require "./lib/suite"
local test, equal, raises = suite.test, suite.equal, suite.raises
local k6, http = require "k6", require "k6/http"

-- How many of the functions made by `of` were under way at the same time at most.
local function gauge()
  local now, most = 0, 0
  local function of(fn)
    return function(...)
      now = now + 1
      most = math.max(most, now)
      local result = fn(...)
      now = now - 1
      return result
    end
  end
  return of, function() return most end
end

local late = __ENV.BASE .. "/late"
local left_behind = 0

test("a task begins when the code that runs waits", function()
  local notes = {}
  local task = k6.spawn(function(a, b)
    notes[#notes + 1] = a .. b
    return 1, nil, 3
  end, "task", 1)
  notes[1] = "main"
  equal({ task:await() }, { 1, nil, 3 })
  equal(notes, { "main", "task1" })
  equal({ task:await() }, { 1, nil, 3 })
end)

test("sleeps of tasks pass together", function()
  local of, most = gauge()
  local tasks = {}
  for i = 1, 10 do
    tasks[i] = k6.spawn(of(function() k6.sleep(0.05) return i end))
  end
  equal(k6.all(tasks), { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })
  equal(most(), 10)
end)

test("requests of tasks are in flight together", function()
  local of, most = gauge()
  local get = of(function() return http.get(late).status end)
  equal(k6.all({ get, get, get, k6.spawn(get) }), { 200, 200, 200, 200 })
  equal(most(), 4)
end)

test("all keeps the keys of a map", function()
  local results = k6.all({ late = function() return http.get(late).body end, slept = function() k6.sleep(0.01) return true end })
  equal(results, { late = "ok", slept = true })
  equal(k6.all({}), {})
end)

test("await and all raise a task's error", function()
  local function fail() k6.sleep(0.01) error("from a task") end
  local task = k6.spawn(fail)
  raises("from a task", task.await, task)
  raises("from a task", k6.all, { fail })
end)

test("a cancelled task does not go on", function()
  local ended = false
  local sleeper = k6.spawn(function() k6.sleep(60) ended = true end)
  local requester = k6.spawn(function() http.get(late) ended = true end)
  k6.sleep(0.01)
  equal({ sleeper:cancel(), sleeper:cancel(), requester:cancel() }, { true, false, true })
  raises("the task was cancelled", sleeper.await, sleeper)
  k6.sleep(0.3)
  equal(ended, false)
end)

test("each task has its own group and random numbers", function()
  local tags = require("k6/execution").vu.tags
  local function group_after(name)
    return function()
      return k6.group(name, function() k6.sleep(0.02) return tags.group .. math.random(1, 1) end)
    end
  end
  equal(k6.all({ group_after("a"), group_after("b") }), { "::a1", "::b1" })
  equal(tags.group, "")
end)

test("the iteration lasts until its tasks have ended", function()
  equal(left_behind, __ITER)
  k6.spawn(function() k6.sleep(0.1) left_behind = left_behind + 1 end)
end)

test("misuse is named", function()
  raises("spawn: expected a function, got a nil", k6.spawn)
  raises("all: expected a table", k6.all, 5)
end)

return { default = suite.run }

-- The engine suspends a VU by yielding: coroutines of the script must not notice.
local suite = require "./lib/suite"
local test, equal, raises = suite.test, suite.equal, suite.raises
local k6 = require "k6"
local http = require "k6/http"
local OK = __ENV.BASE .. "/ok"

test("wrap around sleep and requests", function()
  local pages = coroutine.wrap(function()
    for i = 1, 3 do
      k6.sleep(0.005)
      local res = http.get(OK)
      coroutine.yield(i, res.status)
    end
    return "end"
  end)
  for i = 1, 3 do equal({ pages() }, { i, 200 }) end
  equal(pages(), "end")
  raises("dead coroutine", pages)
end)

test("values pass both ways", function()
  local thread = coroutine.create(function(a, b)
    k6.sleep(0.001)
    local c, d = coroutine.yield(a + b)
    k6.sleep(0.001)
    return c .. d
  end)
  equal({ coroutine.resume(thread, 1, 2) }, { true, 3 })
  equal(coroutine.status(thread), "suspended")
  equal({ coroutine.resume(thread, "x", "y") }, { true, "xy" })
  equal(coroutine.status(thread), "dead")
end)

test("coroutines inside coroutines", function()
  local outer = coroutine.wrap(function()
    local inner = coroutine.wrap(function()
      k6.sleep(0.001)
      coroutine.yield(http.get(OK).body)
      k6.sleep(0.001)
      return "last"
    end)
    coroutine.yield(inner())
    k6.sleep(0.001)
    coroutine.yield(inner())
  end)
  equal(outer(), "ok")
  equal(outer(), "last")
end)

test("two at a time, in turns", function()
  local order = {}
  local function worker(name)
    return coroutine.wrap(function()
      for i = 1, 2 do
        k6.sleep(0.001)
        order[#order + 1] = name .. i
        coroutine.yield()
      end
    end)
  end
  local a, b = worker("a"), worker("b")
  a() b() a() b()
  equal(order, { "a1", "b1", "a2", "b2" })
end)

test("errors after a wait arrive where they should", function()
  local thread = coroutine.create(function()
    k6.sleep(0.001)
    error({ code = 7 })
  end)
  local ok, problem = coroutine.resume(thread)
  equal(ok, false)
  equal(problem.code, 7)
  raises("after a wait", coroutine.wrap(function()
    http.get(OK)
    error("after a wait")
  end))
end)

test("pcall and xpcall around waits", function()
  local ok, res = pcall(http.get, OK)
  equal(ok, true)
  equal(res.status, 200)
  equal({ pcall(function() k6.sleep(0.001) error("inside", 0) end) }, { false, "inside" })
  equal({ xpcall(function() k6.sleep(0.001) error("inside", 0) end, function(m) return m .. "!" end) }, { false, "inside!" })
  raises("URL", http.get)
end)

test("waits in iterators, metamethods and loaded chunks", function()
  local function each()
    local i = 0
    return function()
      i = i + 1
      k6.sleep(0.001)
      if i <= 3 then return i end
    end
  end
  local sum = 0
  for i in each() do sum = sum + i end
  equal(sum, 6)
  local lazy = setmetatable({}, { __index = function() k6.sleep(0.001) return http.get(OK).status end })
  equal(lazy.status, 200)
  equal(load("local k6 = ... k6.sleep(0.001) return 5")(k6), 5)
end)

test("a coroutine left behind harms nobody", function()
  local abandoned = coroutine.wrap(function() coroutine.yield(http.get(OK).status) end)
  equal(abandoned(), 200)
end)

test("one kept for the next iteration goes on", function()
  if not KEPT then
    KEPT = coroutine.wrap(function()
      local count = 0
      while true do
        k6.sleep(0.001)
        count = count + 1
        coroutine.yield(count)
      end
    end)
  end
  equal(KEPT(), __ITER + 1)
end)

test("running, isyieldable and status tell the truth", function()
  local thread
  thread = coroutine.create(function()
    equal(coroutine.running(), thread)
    equal(coroutine.status(thread), "running")
    equal(coroutine.isyieldable(), true)
  end)
  local ok, problem = coroutine.resume(thread)
  equal(ok, true, tostring(problem))
end)

return { default = suite.run }

-- Two VUs in one Lua state: what VU 1 does to its globals must not reach VU 2.
local suite = require "./lib/suite"
local test, equal = suite.test, suite.equal
local k6 = require "k6"
local http = require "k6/http"

TOP = "set by the file"
local iterations = 0

if __VU == 1 then
  function string.trim(s) return (s:gsub("^%s+", "")) end
  function string.upper() return "replaced" end
  function table.size(t) return #t end
  math.pi = 3
  http.mine = true
  require("k6-utils").mine = true
  ONLY_ONE = true
  _G.print = nil
  coroutine.extra = true
end

test("what a VU adds is its own", function()
  k6.sleep(0.02)  -- the other VU's turn
  local first = __VU == 1
  equal(string.trim ~= nil, first)
  equal(("  x").trim ~= nil, first)
  if first then equal(("  x"):trim(), "x") end
  equal(table.size ~= nil, first)
  equal(math.pi == 3, first)
  equal(http.mine, first or nil)
  equal(require("k6-utils").mine, first or nil)
  equal(ONLY_ONE, first or nil)
  equal(coroutine.extra, first or nil)
  equal(string.upper("x"), first and "replaced" or "X")
end)

test("globals and upvalues last over the iterations of one VU", function()
  equal(iterations, __ITER)
  iterations = iterations + 1
  equal(TOP, __ITER == 0 and "set by the file" or "set by " .. __VU)
  TOP = "set by " .. __VU
  k6.sleep(0.01)
  equal(TOP, "set by " .. __VU)
end)

test("__ENV is a copy", function()
  equal(__ENV.CHANGED, __ITER > 0 and tostring(__VU) or nil)
  __ENV.CHANGED = tostring(__VU)
  k6.sleep(0.01)
  equal(__ENV.CHANGED, tostring(__VU))
end)

test("__VU and __ITER", function()
  equal(__VU == 1 or __VU == 2, true)
  equal(__ITER == 0 or __ITER == 1, true)
end)

return { default = suite.run }

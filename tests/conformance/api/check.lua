local suite = require "./lib/suite"
local test, equal, raises = suite.test, suite.equal, suite.raises
local check = require("k6").check

test("is true when every check passes", function()
  equal(check(5, { ["is five"] = function(v) return v == 5 end, ["is odd"] = function(v) return v % 2 == 1 end }), true)
end)

test("is false when one fails, and evaluates the others", function()
  local calls = 0
  local function count() calls = calls + 1 return calls ~= 1 end
  equal(check(1, { a = count, b = count, c = count }), false)
  equal(calls, 3)
end)

test("takes values in place of functions", function()
  equal(check(nil, { yes = true, text = "x", table = {} }), true)
  equal(check(nil, { no = false }), false)
end)

test("lets 0, the empty string, NaN and null fail as k6 does", function()
  equal(check(nil, { zero = 0 }), false)
  equal(check(nil, { empty = "" }), false)
  equal(check(nil, { nan = 0 / 0 }), false)
  equal(check(nil, { null = require("loadrun/json").null }), false)
  equal(check(nil, { negative = -1 }), true)
end)

test("takes a list of pairs that keeps its order", function()
  local seen = {}
  local function note(name) return function() seen[#seen + 1] = name return true end end
  equal(check(0, { { "z", note("z") }, { "a", note("a") }, { "m", note("m") } }), true)
  equal(seen, { "z", "a", "m" })
end)

test("names plain list elements by position", function()
  equal(check(0, { true, true }), true)
end)

test("without any check is true", function()
  equal(check(1, {}), true)
end)

test("needs checks, and finds none in what is no table", function()
  raises("no checks provided", check, 5)
  equal(check(5, 5), true)
end)

test("refuses names with ::", function()
  raises("'::'", check, 1, { ["a::b"] = true })
end)

test("records a check that raises as failed and raises on, skipping the rest", function()
  local later = false
  raises("broken check", check, 1, { { "raises", function() error("broken check") end }, { "later", function() later = true return true end } })
  equal(later, false)
end)

test("tags its samples", function()
  check(1, { tagged = true }, { kind = "mine" })
end)

return {
  options = {
    thresholds = {
      ["checks{check:is five}"] = { "rate==1" },
      ["checks{check:zero}"] = { "rate==0" },
      ["checks{check:raises}"] = { "rate==0" },
      ["checks{check:0}"] = { "rate==1" },
      ["checks{kind:mine}"] = { "rate==1" },
    },
  },
  default = suite.run,
}

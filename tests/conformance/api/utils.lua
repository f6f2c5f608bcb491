local suite = require "./lib/suite"
local test, equal, raises = suite.test, suite.equal, suite.raises
local utils = require "k6-utils"
local users = require("k6/data").SharedArray("users", function() return { "anna", "ben", "carl" } end)

test("randomIntBetween includes both ends", function()
  local seen = {}
  for _ = 1, 400 do seen[utils.randomIntBetween(3, 6)] = true end
  equal(seen, { [3] = true, [4] = true, [5] = true, [6] = true })
  equal(utils.randomIntBetween(-5, -5), -5)
  raises("", utils.randomIntBetween, 2, 1)
end)

test("randomItem picks from sequences and shared arrays", function()
  local seen = {}
  for _ = 1, 300 do
    seen[utils.randomItem({ "a", "b" })] = true
    seen[utils.randomItem(users)] = true
  end
  equal(seen, { a = true, b = true, anna = true, ben = true, carl = true })
  equal(utils.randomItem({}), nil)
end)

test("randomString", function()
  local text = utils.randomString(200)
  equal(#text, 200)
  equal(text:find("[^a-z]"), nil)
  equal(utils.randomString(50, "x"), ("x"):rep(50))
  equal(utils.randomString(0), "")
  equal(utils.randomString(8) ~= utils.randomString(8), true)
end)

test("uuidv4 has version and variant", function()
  local seen = {}
  for _ = 1, 100 do
    local id = utils.uuidv4()
    equal(id:match("^%x%x%x%x%x%x%x%x%-%x%x%x%x%-4%x%x%x%-[89ab]%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"), id)
    equal(seen[id], nil)
    seen[id] = true
  end
end)

test("findBetween", function()
  equal(utils.findBetween("<b>one</b><b>two</b>", "<b>", "</b>"), "one")
  equal(utils.findBetween("<b>one</b><b>two</b>", "<b>", "</b>", true), { "one", "two" })
  equal(utils.findBetween("nothing", "<b>", "</b>"), "")
  equal(utils.findBetween("nothing", "<b>", "</b>", true), {})
  equal(utils.findBetween("a.b%c", ".", "%"), "b", "no patterns")
end)

test("parseDuration is milliseconds", function()
  equal(utils.parseDuration("1h2m3.5s"), 3723500)
  equal(utils.parseDuration("20"), 20)
  raises("parsecs", utils.parseDuration, "10 parsecs")
end)

test("normalDistributionStages", function()
  local stages = utils.normalDistributionStages(50, 20, 4)
  equal(stages, {
    { duration = "5s", target = 16 },
    { duration = "5s", target = 50 },
    { duration = "5s", target = 16 },
    { duration = "5s", target = 0 },
  })
end)

test("check", function()
  equal(utils.check("x", { ["is x"] = function(v) return v == "x" end }, { tag = 1 }), true)
  equal(utils.check("y", { ["is x"] = function(v) return v == "x" end }), false)
end)

return { default = suite.run }

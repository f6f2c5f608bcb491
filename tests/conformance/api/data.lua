local suite = require "./lib/suite"
local test, equal, raises = suite.test, suite.equal, suite.raises
local data = require "k6/data"
local json = require "loadrun/json"

local users = data.SharedArray("users", function()
  return { { name = "anna", tags = { "a", "b" } }, { name = "ben", big = 9007199254740992 }, "text", 4.5, false }
end)
local again = data.SharedArray("users", function() error("built twice") end)
local empty = data.SharedArray("nobody", function() return {} end)

test("is read like a sequence", function()
  equal(#users, 5)
  equal(users[1].name, "anna")
  equal(users[1].tags[2], "b")
  equal({ users[3], users[4], users[5] }, { "text", 4.5, false })
end)

test("has nothing outside of its range", function()
  equal(users[0], nil)
  equal(users[6], nil)
  equal(users[1.5] == nil or users[1.5].name == "anna", true)
  equal(users.name, nil)
  equal(#empty, 0)
  equal(empty[1], nil)
end)

test("is built once under its name", function()
  equal(again[2].name, "ben")
end)

test("is walked by ipairs, pairs and next", function()
  local names = {}
  for i, user in ipairs(users) do names[i] = type(user) == "table" and user.name or user end
  equal(names, { "anna", "ben", "text", 4.5, false })
  local count = 0
  for _ in pairs(users) do count = count + 1 end
  equal(count, 5)
  equal((next(users)), 1)
  equal(next(empty), nil)
end)

test("gives a copy, so that no VU changes another's", function()
  users[1].name = "changed"
  equal(users[1].name, "anna")
end)

test("cannot be written", function()
  raises("read-only", function() users[1] = {} end)
  raises("read-only", function() users.x = 1 end)
end)

test("is encoded as an array", function()
  equal(json.encode(empty), "[]")
  equal(json.decode(json.encode(users))[1].name, "anna")
end)

return { default = suite.run }

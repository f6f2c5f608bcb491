local suite = require "./lib/suite"
local test, equal, raises = suite.test, suite.equal, suite.raises

test("what reaches files, processes, bytecode or the engine is absent", function()
  for _, name in ipairs({ "io", "debug", "ffi", "jit", "package", "module", "dofile", "loadfile", "getfenv", "setfenv", "newproxy" }) do
    equal(_G[name], nil, name)
  end
  for _, name in ipairs({ "execute", "exit", "remove", "rename", "tmpname", "getenv", "setlocale" }) do
    equal(os[name], nil, "os." .. name)
  end
  equal(string.dump, nil)
end)

test("and cannot be required", function()
  for _, name in ipairs({ "ffi", "io", "os", "debug", "jit", "jit.util", "string.buffer", "table.new", "package" }) do
    raises("not found", require, name)
  end
end)

test("bytecode is not loaded", function()
  local ok, message = load("\27LJ\2\0")
  equal(ok, nil)
  equal(type(message), "string")
end)

test("loaded text sees the VU's globals", function()
  MINE = __VU
  equal(loadstring("return MINE, __VU")(), __VU)
  equal(load("return MINE")(), __VU)
  MINE = nil
end)

test("the string metatable is locked", function()
  equal(type(getmetatable("")), "string")
  raises("", setmetatable, "", {})
  equal(("abc"):upper(), "ABC")
end)

test("metatables of the library cannot be reached", function()
  for _, object in ipairs({ _G, string, table, math, os, coroutine }) do
    equal(type(getmetatable(object)) ~= "table", true)
    raises("", setmetatable, object, {})
  end
end)

test("time and date are there", function()
  equal(type(os.time()), "number")
  equal(type(os.date("%Y")), "string")
  equal(type(os.clock()), "number")
end)

test("the collector can be asked and not driven", function()
  equal(collectgarbage("count") > 0, true)
  raises("collectgarbage", collectgarbage)
  raises("collectgarbage", collectgarbage, "stop")
end)

test("tostring prints whole numbers in full", function()
  equal(tostring(123456789012345), "123456789012345")
  equal(tostring(1e15), "1000000000000000")
  equal(tostring(2 ^ 53), "9007199254740992")
  equal(tostring(0.5), "0.5")
  equal(tostring(nil), "nil")
end)

test("the usual library works", function()
  equal(table.concat({ 1, 2, 3 }, ","), "1,2,3")
  equal({ unpack({ 1, 2 }) }, { 1, 2 })
  equal(select("#", 1, 2, 3), 3)
  equal(("%d-%s"):format(5, "x"), "5-x")
  equal(bit.band(6, 3), 2)
  equal(math.floor(1.7), 1)
  local t = setmetatable({}, { __index = function(_, key) return key .. "!" end, __call = function(_, x) return x * 2 end })
  equal(t.hey, "hey!")
  equal(t(4), 8)
  local sorted = { 3, 1, 2 }
  table.sort(sorted, function(a, b) return a > b end)
  equal(sorted, { 3, 2, 1 })
  local goto_works = false
  do goto done end
  ::done:: goto_works = true
  equal(goto_works, true)
end)

test("pairs walks the library's tables", function()
  local found = false
  for name in pairs(string) do found = found or name == "format" end
  equal(found, true)
end)

return { default = suite.run }

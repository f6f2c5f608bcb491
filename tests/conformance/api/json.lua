local suite = require "./lib/suite"
local test, equal, raises = suite.test, suite.equal, suite.raises
local json = require "loadrun/json"

local function round_trip(text)
  equal(json.encode(json.decode(text)), text)
end

test("decodes values", function()
  equal(json.decode('{"a":[1,2.5,"x",true,false],"b":{"c":"é\\u00e9\\n"}}'), { a = { 1, 2.5, "x", true, false }, b = { c = "éé\n" } })
  equal(json.decode('"text"'), "text")
  equal(json.decode(" 12 "), 12)
end)

test("null is json.null", function()
  equal(json.decode("null"), json.null)
  equal(json.decode('{"a":null}').a == json.null, true)
  equal(json.encode(json.null), "null")
  equal(json.encode({ a = json.null }), '{"a":null}')
  equal(json.encode(nil), "null")
end)

test("whole numbers of more than 15 digits are strings", function()
  equal(json.decode("999999999999999"), 999999999999999)
  equal(json.decode("9007199254740993"), "9007199254740993")
  equal(json.decode("-9007199254740993"), "-9007199254740993")
  equal(json.decode("18446744073709551615"), "18446744073709551615")
  equal(json.decode("[1000000000000000]")[1], "1000000000000000")
end)

test("numbers on request", function()
  equal(json.decode("9007199254740993", { bigint = "number" }), 9007199254740992)
  equal(json.decode("18446744073709551615", { bigint = "number" }), 2 ^ 64)
end)

test("numbers beyond 64 bits are no error", function()
  equal(json.decode("123456789012345678901234567890"), "123456789012345678901234567890")
  equal(json.decode('{"a":1,"b":100000000000000000000}').a, 1)
end)

test("large numbers are printed in full", function()
  equal(json.encode(123456789012345), "123456789012345")
  equal(json.encode(2 ^ 53), "9007199254740992")
  equal(json.encode({ id = -(2 ^ 53) }), '{"id":-9007199254740992}')
  equal(json.encode(0.1), "0.1")
  equal(json.encode(1e300), "1e+300")
end)

test("empty tables and arrays", function()
  equal(json.encode({}), "{}")
  equal(json.encode(json.array({})), "[]")
  equal(json.encode(json.array()), "[]")
  equal(json.encode(json.array({ 1 })), "[1]")
  round_trip("[]")
  round_trip("{}")
  round_trip('{"a":[],"b":{},"c":[[],{}]}')
end)

test("keys are sorted", function()
  equal(json.encode({ b = 1, a = 2, c = 3 }), '{"a":2,"b":1,"c":3}')
end)

test("strings are escaped", function()
  equal(json.encode('"\\\n\t\1'), '"\\"\\\\\\n\\t\\u0001"')
  equal(json.encode("é쿠"), '"é쿠"')
  round_trip('{"a":"\\u0000"}')
end)

test("NaN and infinities are null", function()
  equal(json.encode({ 0 / 0, 1 / 0, -1 / 0 }), "[null,null,null]")
end)

test("bad text gives nil and what is wrong", function()
  for _, text in ipairs({ "", "{", "{bad", "[1,]", "1 2", "'x'", "nul", "\1", '{"a":1,}', "[1" }) do
    local value, problem = json.decode(text)
    equal(value, nil, text)
    equal(type(problem), "string", text)
  end
end)

test("what has no JSON form raises", function()
  raises("function", json.encode, { print })
  raises("boolean", json.encode, { [true] = 1 })
  local cycle = {}
  cycle.self = cycle
  raises("contains itself", json.encode, cycle)
  raises("", json.encode)
  raises("", json.decode)
  raises("", json.decode, {})
end)

return { default = suite.run }

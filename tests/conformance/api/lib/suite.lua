-- Cases of one script. Each iteration runs all of them and prints "passed NAME" for each; api_test.py expects that line
-- for every test("NAME", ...) in the script's text, so a case that was never reached is a failure too.
local suite = {}
local cases = {}

local function show(value)
  return type(value) == "string" and string.format("%q", value) or tostring(value)
end

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then
    return a == b or (a ~= a and b ~= b)
  end
  for key, value in pairs(a) do
    if not same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

function suite.test(name, fn)
  cases[#cases + 1] = { name = name, fn = fn }
end

-- Tables are equal when they hold equal things.
function suite.equal(actual, expected, what)
  if not same(actual, expected) then
    error((what and what .. ": " or "") .. "got " .. show(actual) .. ", expected " .. show(expected), 2)
  end
end

-- `fn` must raise a message that contains `text`.
function suite.raises(text, fn, ...)
  local ok, message = pcall(fn, ...)
  if ok then
    error("nothing was raised, expected: " .. text, 2)
  end
  if not tostring(message):find(text, 1, true) then
    error("raised " .. show(message) .. ", expected: " .. text, 2)
  end
end

function suite.run()
  for _, case in ipairs(cases) do
    case.fn()
    console.log("passed " .. case.name)
  end
end

return suite

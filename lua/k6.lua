-- The module "k6": check, group, sleep, fail.
local native = ...
local record_check, enter_group, leave_group = native.record_check, native.enter_group, native.leave_group
local keep_traceback = native.keep_traceback
local xpcall, next, type, error = xpcall, next, type, error
local sort = table.sort

local k6 = { sleep = native.sleep }

-- Stops the iteration with an error that says `message`.
function k6.fail(message)
  error(message == nil and "" or message, 2)
end

-- Truthy as in Lua, except for 0, "" and NaN, which fail as they do in k6.
local function passes(value)
  return value and value ~= 0 and value ~= "" and value == value and true or false
end

-- Evaluates one check; a function that raises is recorded as failed before the error goes on.
local function run_check(name, test, value, tags)
  if type(test) == "function" then
    local ok, result = xpcall(test, keep_traceback, value)
    if not ok then
      record_check(name, false, tags)
      error(result, 0)
    end
    test = result
  end
  local passed = passes(test)
  record_check(name, passed, tags)
  return passed
end

-- Checks written as a list of { name, test } pairs keep their order.
local function run_list(value, checks, tags)
  local all = true
  for index = 1, #checks do
    local entry = checks[index]
    local name, test
    if type(entry) == "table" then
      name, test = entry[1], entry[2]
    else
      name, test = tostring(index - 1), entry
    end
    all = run_check(name, test, value, tags) and all
  end
  return all
end

local function run_map(value, checks, tags)
  local first, test = next(checks)
  if next(checks, first) == nil then
    return run_check(first, test, value, tags)
  end
  local names, count = {}, 0
  for name in next, checks do
    count = count + 1
    names[count] = name
  end
  sort(names)
  local all = true
  for index = 1, count do
    local name = names[index]
    all = run_check(name, checks[name], value, tags) and all
  end
  return all
end

-- Evaluates every check against `value`; true when all pass.
function k6.check(value, checks, tags)
  if checks == nil then
    error("check: no checks provided (expected a table of name = test)", 2)
  end
  if type(checks) ~= "table" then
    return true -- as k6: there is nothing to check
  end
  if checks[1] ~= nil then
    return run_list(value, checks, tags)
  end
  if next(checks) == nil then
    return true
  end
  return run_map(value, checks, tags)
end

local function finish_group(previous, start, ok, ...)
  leave_group(previous, start)
  if not ok then
    error((...), 0)
  end
  return ...
end

-- Runs `fn` with its samples tagged as group `name`; returns what it returns.
function k6.group(name, fn)
  if type(fn) ~= "function" then
    error("group: expected a function as second argument", 2)
  end
  local previous, start = enter_group(name)
  return finish_group(previous, start, xpcall(fn, keep_traceback))
end

return k6

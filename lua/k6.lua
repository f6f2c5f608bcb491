-- The module "k6": check, group, sleep, fail, randomSeed, and the tasks spawn and all.
local native = ...
local record_check, enter_group, leave_group = native.record_check, native.enter_group, native.leave_group
local keep_traceback, null = native.keep_traceback, native.null
local xpcall, next, type, error = xpcall, next, type, error
local sort = table.sort

local k6 = { sleep = native.sleep }

-- Random choices of this VU follow `seed` from here on, instead of --seed.
function k6.randomSeed(seed)
  if type(seed) ~= "number" then
    error("randomSeed: expected a number, got a " .. type(seed), 2)
  end
  native.randomseed(seed)
end

-- Stops the iteration with an error that says `message`.
function k6.fail(message)
  error(message == nil and "" or message, 2)
end

-- Truthy as in Lua, except for 0, "", NaN and JSON's null, which fail as they do in k6.
local function passes(value)
  return value and value ~= 0 and value ~= "" and value == value and value ~= null and true or false
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

-- Tasks: concurrent lines of execution in one VU. The iteration lasts until all of them have ended.
local spawn, wait_for, task_state = native.spawn, native.wait_for, native.task_state
local task_results, cancel_task = native.task_results, native.cancel_task

-- Starts `fn(...)` beside the code that runs; it begins when that waits or ends.
function k6.spawn(fn, ...)
  return spawn(false, fn, ...)
end

-- What the ended `task` returned; raises its error.
local function results_of(task)
  local state = task_state(task)
  if state == "finished" then
    return task_results(task)
  elseif state == "failed" then
    error((task_results(task)), 0)
  end
  error("the task was cancelled", 3)
end

function native.task_methods.await(task)
  if task_state(task) == "running" then
    wait_for(task)
  end
  return results_of(task)
end

function native.task_methods.cancel(task)
  return cancel_task(task)
end

-- The keys of a list in order, or those of a map by name.
local function ordered_keys(entries)
  local keys = {}
  for key in next, entries do
    keys[#keys + 1] = key
  end
  sort(keys, function(a, b)
    if type(a) == type(b) then
      return a < b
    end
    return type(a) == "number"
  end)
  return keys
end

-- Takes the result of every task that has ended; returns those that still run.
local function collect(tasks, keys, results)
  local running = {}
  for index = 1, #keys do
    local key = keys[index]
    local task = tasks[key]
    if task and task_state(task) == "running" then
      running[#running + 1] = task
    elseif task then
      results[key], tasks[key] = results_of(task), nil
    end
  end
  return running
end

-- Waits for all tasks (functions are spawned) and returns the first result of each under its key. Raises the first
-- error; the others run on.
function k6.all(entries)
  if type(entries) ~= "table" then
    error("all: expected a table of tasks or functions, got a " .. type(entries), 2)
  end
  local keys, tasks, results = ordered_keys(entries), {}, {}
  for index = 1, #keys do
    local entry = entries[keys[index]]
    if type(entry) == "function" then
      entry = spawn(false, entry)
    elseif type(entry) ~= "userdata" then
      error("all: expected tasks or functions, got a " .. type(entry), 2)
    end
    tasks[keys[index]] = entry
  end
  local running = collect(tasks, keys, results)
  while running[1] do
    wait_for(unpack(running, 1, math.min(#running, 200)))
    running = collect(tasks, keys, results)
  end
  return results
end

return k6

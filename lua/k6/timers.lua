-- The module "k6/timers": functions called later. The iteration lasts until they were called or cleared.
local native = ...
local spawn, sleep, cancel_task = native.spawn, native.sleep, native.cancel_task

-- Tasks by id, for each VU: ids are the VU's own.
local timers = setmetatable({}, { __mode = "k" })

local function timers_of_vu()
  local environment = native.environment()
  local own = timers[environment]
  if not own then
    own = { last = 0 }
    timers[environment] = own
  end
  return own
end

-- Milliseconds as seconds; what is no positive number is no delay.
local function seconds(delay)
  delay = tonumber(delay) or 0
  return delay > 0 and delay / 1000 or 0
end

local function start(name, fn, body, ...)
  if type(fn) ~= "function" then
    error(name .. ": expected a function, got a " .. type(fn), 2)
  end
  local own = timers_of_vu()
  local id = own.last + 1
  own.last = id
  own[id] = spawn(true, body, own, id, ...)
  return id
end

local function once(own, id, fn, delay, ...)
  sleep(seconds(delay))
  own[id] = nil
  fn(...)
end

local function again(own, id, fn, delay, ...)
  while own[id] do
    sleep(seconds(delay))
    fn(...)
  end
end

-- A function that clears its own timer runs on to its end.
local function clear(id)
  local own = timers_of_vu()
  local task = own[id]
  own[id] = nil
  if task and not native.is_running_task(task) then
    cancel_task(task)
  end
end

return {
  setTimeout = function(fn, delay, ...)
    return start("setTimeout", fn, once, fn, delay, ...)
  end,
  setInterval = function(fn, delay, ...)
    return start("setInterval", fn, again, fn, delay, ...)
  end,
  clearTimeout = clear,
  clearInterval = clear,
}

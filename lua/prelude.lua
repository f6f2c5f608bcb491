-- What every VU's environment is made of. Runs once per worker with the native functions; returns the
-- constructor of environments and the environment of the library itself.
local native = ...

local type, next, setmetatable = type, next, setmetatable
local raw_tostring, raw_load, raw_pairs, raw_ipairs = tostring, load, pairs, ipairs
local format, floor = string.format, math.floor
local getmetatable = debug.getmetatable
local sentinel, view_length = native.sentinel, native.view_length

local sandbox = {}

-- Copies of what is safe: no files, processes, bytecode, debugging or FFI.
local function allow(names, from)
  local copy = {}
  for name in names:gmatch("%S+") do
    copy[name] = from[name]
  end
  return copy
end

local base = "assert error getmetatable pcall rawequal rawget rawset select setmetatable tonumber type unpack xpcall _VERSION"
for name, value in raw_pairs(allow(base, _G)) do
  sandbox[name] = value
end

local originals = {
  string = allow("byte char find format gmatch len lower match rep reverse sub upper", string),
  table = allow("concat foreach foreachi getn insert maxn move pack remove sort unpack", table),
  math = allow("abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min modf pi pow rad sin sinh sqrt tan tanh", math),
  os = allow("clock date difftime time", os),
  bit = allow("arshift band bnot bor bswap bxor lshift rol ror rshift tobit tohex", bit),
  coroutine = allow("create isyieldable running", coroutine),
}

-- Numbers: whole ones up to 2^53 are printed in full, where stock Lua says 1e+14.
function sandbox.tostring(value)
  if type(value) == "number" and value % 1 == 0 and (value >= 1e14 or value <= -1e14)
    and value <= 2 ^ 53 and value >= -2 ^ 53 then
    return format("%.0f", value)
  end
  return raw_tostring(value)
end

-- Iterators that know views (userdata) and tables with __pairs.
local function view_next(view, index)
  index = index + 1
  if index <= view_length(view) then
    return index, view[index]
  end
end

function sandbox.ipairs(value)
  if type(value) == "userdata" then
    return view_next, value, 0
  end
  return raw_ipairs(value)
end

function sandbox.pairs(value)
  if type(value) == "userdata" then
    return view_next, value, 0
  end
  local meta = getmetatable(value)
  if meta and meta.__pairs then
    return meta.__pairs(value)
  end
  return raw_pairs(value)
end

-- The tables of modules, and of what comes with the environment, are thin: what they list is in another one. Only
-- theirs, which are locked, list it by the plain `next`.
local function listed(value)
  local meta = getmetatable(value)
  if not (meta and meta.__pairs and meta.__metatable == false) then
    return value
  end
  local iterate, entries = meta.__pairs(value)
  return iterate == next and entries or value
end

function sandbox.next(value, key)
  if type(value) == "userdata" then
    return view_next(value, key or 0)
  end
  return next(listed(value), key)
end

-- Text only: bytecode is not verified.
function sandbox.load(chunk, name, _, environment)
  if environment then
    return raw_load(chunk, name, "t", environment)
  end
  return raw_load(chunk, name, "t")
end

function sandbox.loadstring(text, name)
  return sandbox.load(text, name)
end

function sandbox.collectgarbage(option)
  if option ~= "count" then
    error("collectgarbage: only \"count\" is available; the engine drives the collector", 2)
  end
  return collectgarbage("count")
end

-- Random numbers come from the VU's counter-based generator: the same seed makes the same choices.
local random = native.random

function originals.math.random(low, high)
  local value = random()
  if not low then
    return value
  end
  if not high then
    low, high = 1, low
  end
  if low > high then
    error("bad argument to 'random' (interval is empty)", 2)
  end
  return low + floor(value * (high - low + 1))
end
originals.math.randomseed = native.randomseed

-- A user's coroutine must not swallow the engine's yield: the sentinel is handed outwards until it reaches the
-- worker, and the answer is handed back in (pitfalls 1.2).
local check_c_stack = native.check_c_stack
local raw_resume, raw_yield, raw_create = coroutine.resume, coroutine.yield, coroutine.create
local isyieldable = coroutine.isyieldable

-- Coroutines in the middle of a wait: only the worker's answer may resume them. With several tasks in a VU another
-- one could try.
local waiting = setmetatable({}, { __mode = "k" })

local pass_on
local function hand_in(thread, ...)
  waiting[thread] = nil
  return pass_on(thread, ...)
end

local function hand_out(thread, ok, first, ...)
  if ok and first == sentinel then
    waiting[thread] = true
    return hand_in(thread, raw_yield(sentinel))
  end
  return ok, first, ...
end

local function leave_unsuspendable(...)
  native.leave_unsuspendable()
  return ...
end

-- Below a C function such as table.sort nothing can be handed out: the bindings refuse to wait there.
function pass_on(thread, ...)
  check_c_stack()
  if isyieldable() then
    return hand_out(thread, raw_resume(thread, ...))
  end
  native.enter_unsuspendable()
  return leave_unsuspendable(raw_resume(thread, ...))
end

-- A replacement that calls functions runs on the C stack, which endless recursion would overrun.
local raw_gsub = string.gsub
function originals.string.gsub(text, pattern, replacement, most)
  local kind = type(replacement)
  if kind == "function" or kind == "table" then
    check_c_stack()
  end
  return raw_gsub(text, pattern, replacement, most)
end

local function checked(ok, ...)
  if not ok then
    error((...), 0)
  end
  return ...
end

local function resume(thread, ...)
  if waiting[thread] then
    return false, "cannot resume a coroutine that waits in another task"
  end
  return pass_on(thread, ...)
end

originals.coroutine.resume = resume
originals.coroutine.yield = raw_yield
function originals.coroutine.wrap(fn)
  local thread = raw_create(fn)
  return function(...)
    return checked(resume(thread, ...))
  end
end

local raw_status = coroutine.status
function originals.coroutine.status(thread)
  return waiting[thread] and "normal" or raw_status(thread)
end

-- ("x"):upper() finds the original first, then what this VU added to its own `string`.
local string_meta = getmetatable("")
local string_functions = originals.string
function string_meta.__index(_, key)
  local value = string_functions[key]
  if value ~= nil then
    return value
  end
  return native.current_strings()[key]
end
string_meta.__metatable = "the metatable of strings is locked"

local function thin_pairs(thin)
  local merged = {}
  for key, value in raw_pairs(getmetatable(thin).__index) do
    merged[key] = value
  end
  for key, value in raw_pairs(thin) do
    merged[key] = value
  end
  return next, merged, nil
end

local function thin_meta(original)
  return { __index = original, __pairs = thin_pairs, __metatable = false }
end

sandbox.open, sandbox.require = native.open, native.require

-- k6 has its timers as globals too.
for name in ("setTimeout clearTimeout setInterval clearInterval"):gmatch("%S+") do
  sandbox[name] = function(...)
    return native.require_library("k6/timers")[name](...)
  end
end
local environment_meta = { __index = sandbox, __metatable = false }
local string_thin, table_thin = thin_meta(originals.string), thin_meta(originals.table)
local math_thin, os_thin = thin_meta(originals.math), thin_meta(originals.os)
local bit_thin, coroutine_thin = thin_meta(originals.bit), thin_meta(originals.coroutine)
local env_thin = thin_meta(native.env)

-- The library runs in an environment of its own that refuses new globals.
local library = setmetatable({}, {
  __index = function(_, key)
    return sandbox[key] or originals[key]
  end,
  __newindex = function(_, key)
    error("lua library: new global '" .. key .. "'", 2)
  end,
})

-- `__ENV` with a scenario's variables over the process's.
local function new_env(overrides)
  return setmetatable(overrides, env_thin)
end

local function new_environment(vu, console)
  local environment = {
    __VU = vu,
    __ITER = 0,
    __ENV = new_env({}),
    console = setmetatable({}, console),
    print = console.log,
    string = setmetatable({}, string_thin),
    table = setmetatable({}, table_thin),
    math = setmetatable({}, math_thin),
    os = setmetatable({}, os_thin),
    bit = setmetatable({}, bit_thin),
    coroutine = setmetatable({}, coroutine_thin),
  }
  environment._G = environment
  return setmetatable(environment, environment_meta)
end

return new_environment, library, new_env

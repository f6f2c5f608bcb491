-- `console`: writes to the log, tables as Lua would write them.
local native = ...
local write, view_length, view_fields = native.console_write, native.view_length, native.view_fields
local concat, sort, format = table.concat, table.sort, string.format

local inspect

local function key_text(key)
  if type(key) == "string" and key:match("^[%a_][%w_]*$") then
    return key
  end
  return "[" .. inspect(key, {}) .. "]"
end

local function by_text(a, b)
  return tostring(a) < tostring(b)
end

local function inspect_sequence(value, length, seen)
  local parts = {}
  for i = 1, length do
    parts[i] = inspect(value[i], seen)
  end
  return "{ " .. concat(parts, ", ") .. " }"
end

-- A module's table is a thin one over the library's, whose functions only `pairs` finds.
local function entries(value)
  if getmetatable(value) == false then
    return pairs(value)
  end
  return next, value
end

local function inspect_table(value, seen)
  local length = #value
  local keys = {}
  for key in entries(value) do
    if not (type(key) == "number" and key >= 1 and key <= length and key % 1 == 0) then
      keys[#keys + 1] = key
    end
  end
  if #keys == 0 then
    return length == 0 and "{}" or inspect_sequence(value, length, seen)
  end
  sort(keys, by_text)
  local parts = {}
  for i = 1, length do
    parts[i] = inspect(value[i], seen)
  end
  for _, key in ipairs(keys) do
    parts[#parts + 1] = key_text(key) .. " = " .. inspect(value[key], seen)
  end
  return "{ " .. concat(parts, ", ") .. " }"
end

function inspect(value, seen)
  local kind = type(value)
  if kind == "string" then
    return format("%q", value)
  elseif value == native.null then
    return "null"
  elseif kind == "userdata" and view_length(value) >= 0 then
    return inspect_sequence(value, view_length(value), seen)
  elseif kind == "userdata" and view_fields(value) then
    return inspect_table(view_fields(value), seen)
  elseif kind ~= "table" then
    return tostring(value)
  elseif seen[value] then
    return "[Circular]"
  end
  seen[value] = true
  local text = inspect_table(value, seen)
  seen[value] = nil
  return text
end

local function text_of(value)
  return type(value) == "string" and value or inspect(value, {})
end

local function writer(level)
  return function(...)
    local parts = {}
    for i = 1, select("#", ...) do
      parts[i] = text_of((select(i, ...)))
    end
    write(level, concat(parts, " "))
  end
end

return {
  log = writer("info"),
  info = writer("info"),
  warn = writer("warn"),
  error = writer("error"),
  debug = writer("debug"),
}

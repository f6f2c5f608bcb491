-- Values of metrics as people read them, by k6's rules.
local abs, floor, format, tonumber = math.abs, math.floor, string.format, tonumber
local find, gsub, sub = string.find, string.gsub, string.sub

local DATA_UNITS = { "B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB" }
local TIME_UNITS = {
  s = { factor = 0.001, suffix = "s" },
  ms = { factor = 1, suffix = "ms" },
  us = { factor = 1000, suffix = "µs" },
}
local ABOUT_ONE_ULP = 2 ^ -52

local function truncate(value)
  return value < 0 and -floor(-value) or floor(value)
end

-- `value` with exactly `decimals` decimals. Of two equally near results the one away from zero, as in JavaScript.
local function to_fixed(value, decimals)
  local digits = format("%.25f", abs(value)) -- enough to tell what lies exactly between two results
  local point = find(digits, ".", 1, true)
  if point and find(sub(digits, point + decimals + 1), "^50*$") then
    value = value + value * ABOUT_ONE_ULP
  end
  return format("%." .. decimals .. "f", value)
end

local function without_trailing_zeros(text)
  if find(text, ".", 1, true) then
    text = gsub(gsub(text, "0+$", ""), "%.$", "")
  end
  return text == "-0" and "0" or text
end

-- The shortest text that reads back as `value`.
local function plain(value)
  for digits = 15, 16 do
    local text = format("%." .. digits .. "g", value)
    if tonumber(text) == value then
      return text
    end
  end
  return format("%.17g", value)
end

local function cut(value)
  return without_trailing_zeros(to_fixed(truncate(value * 100) / 100, 2))
end

local function time_in_fitting_unit(ms)
  if ms == 0 then
    return "0s"
  elseif ms < 0.001 then
    return format("%.0fns", truncate(ms * 1e6))
  elseif ms < 1 then
    return cut(ms * 1000) .. "µs"
  elseif ms < 1000 then
    return cut(ms) .. "ms"
  elseif ms < 60000 then
    return cut(ms / 1000) .. "s"
  end
  local seconds = floor(ms / 1000)
  local minutes = format("%.0fm%.0fs", floor(seconds / 60) % 60, seconds % 60)
  return seconds < 3600 and minutes or format("%.0fh%s", floor(seconds / 3600), minutes)
end

local function time(ms, unit)
  local forced = TIME_UNITS[unit or ""]
  return forced and to_fixed(ms * forced.factor, 2) .. forced.suffix or time_in_fitting_unit(ms)
end

local function data(bytes)
  if bytes < 10 then
    return plain(bytes) .. " B"
  end
  local unit, divisor = 1, 1
  while bytes / divisor >= 1000 and unit < #DATA_UNITS do
    unit, divisor = unit + 1, divisor * 1000
  end
  local value = floor(bytes / divisor * 10 + 0.5) / 10
  return to_fixed(value, value < 10 and 1 or 0) .. " " .. DATA_UNITS[unit]
end

-- `value` of a metric with this `type` and `contains`; `unit` (s, ms, us) is that of all times, else it goes by size.
local function humanize(value, metric, unit)
  if metric.type == "rate" then
    return to_fixed(truncate(value * 100 * 100) / 100, 2) .. "%"
  elseif metric.contains == "data" then
    return data(value)
  elseif metric.contains == "time" then
    return time(value, unit)
  end
  return without_trailing_zeros(to_fixed(value, 6))
end

return { humanize = humanize, plain = plain }

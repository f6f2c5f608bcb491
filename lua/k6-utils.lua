-- The module "k6-utils": k6's jslib helpers. Random choices follow --seed.
local native = ...
local parse_duration, scenario_elapsed = native.parse_duration, native.scenario_elapsed
local random, floor, exp = math.random, math.floor, math.exp
local concat = table.concat
local find, sub, format = string.find, string.sub, string.format

local utils = { check = native.require_library("k6").check }

-- A whole number in [min, max], both included.
function utils.randomIntBetween(min, max)
  return random(min, max)
end

-- An element of a sequence or a SharedArray; nil when it is empty.
function utils.randomItem(items)
  local count = #items
  if count == 0 then
    return nil
  end
  return items[random(1, count)]
end

-- `length` characters drawn from `charset` (lower-case letters by default).
function utils.randomString(length, charset)
  charset = charset or "abcdefghijklmnopqrstuvwxyz"
  local count = #charset
  local parts = {}
  for i = 1, length do
    local at = random(1, count)
    parts[i] = sub(charset, at, at)
  end
  return concat(parts)
end

-- A random UUID of version 4 (RFC 9562). `secure` is accepted for k6's sake; the numbers follow --seed either way.
function utils.uuidv4(_)
  local parts = {}
  for i = 1, 16 do
    local byte = random(0, 255)
    if i == 7 then
      byte = 64 + byte % 16
    elseif i == 9 then
      byte = 128 + byte % 64
    end
    parts[i] = format("%02x", byte)
  end
  local hex = concat(parts)
  return concat({ sub(hex, 1, 8), sub(hex, 9, 12), sub(hex, 13, 16), sub(hex, 17, 20), sub(hex, 21) }, "-")
end

local function find_next(content, left, right, from)
  local _, left_end = find(content, left, from, true)
  if not left_end then
    return nil
  end
  local right_start, right_end = find(content, right, left_end + 1, true)
  if not right_start then
    return nil
  end
  return sub(content, left_end + 1, right_start - 1), right_end + 1
end

-- The text between `left` and `right`: "" when there is none; with `repeated`, a list of all of them.
function utils.findBetween(content, left, right, repeated)
  if not repeated then
    return (find_next(content, left, right, 1)) or ""
  end
  local matches = {}
  local text, from = find_next(content, left, right, 1)
  while text do
    matches[#matches + 1] = text
    text, from = find_next(content, left, right, from)
  end
  return matches
end

-- A duration such as "1m30s" (a bare number is milliseconds) in milliseconds.
function utils.parseDuration(text)
  local milliseconds, problem = parse_duration(text)
  if not milliseconds then
    error("parseDuration: " .. problem, 2)
  end
  return milliseconds
end

-- Stages of equal length along a bell curve: from nothing to `max_vus` at half time, and back to nothing.
function utils.normalDistributionStages(max_vus, duration_seconds, number_of_stages)
  local count = number_of_stages or 10
  if count < 2 then
    error("normalDistributionStages: expected at least 2 stages", 2)
  end
  local peak = floor(count / 2)
  local stages = {}
  for i = 1, count do
    local z = 3 * (i - peak) / (i < peak and peak or count - peak) -- the ends are 3 standard deviations away
    stages[i] = {
      duration = format("%gs", duration_seconds / count),
      target = i == count and 0 or floor(max_vus * exp(-z * z / 2) + 0.5),
    }
  end
  return stages
end

local function profile(from, to)
  return from < to and "ramp-up" or from > to and "ramp-down" or "steady"
end

-- When each stage of a scenario ends, in ms after its start, and what it does.
local function timeline_of(scenario)
  local ends, profiles = {}, {}
  local time, value = 0, scenario.startVUs or scenario.startRate
  for i, stage in ipairs(scenario.stages) do
    time = time + parse_duration(stage.duration)
    ends[i], profiles[i] = time, profile(value, stage.target)
    value = stage.target
  end
  return { ends = ends, profiles = profiles }
end

local timelines = {} -- by the scenario's name: they never change

-- The running scenario's timeline, the position of the stage that runs now (after the end, of the last one), and the
-- module "k6/execution".
local function current_stage()
  local exec = native.require_library("k6/execution")
  local name = exec.scenario.name
  local timeline = timelines[name]
  if not timeline then
    local scenario = exec.test.options.scenarios[name]
    if not scenario.stages then
      error("scenario " .. name .. " has no stages: only the ramping executors have", 3)
    end
    timeline = timeline_of(scenario)
    timelines[name] = timeline
  end
  local elapsed = scenario_elapsed()
  local position = 1
  while position < #timeline.ends and elapsed >= timeline.ends[position] do
    position = position + 1
  end
  return timeline, position, exec
end

-- The running stage's index, from 0 as in k6.
function utils.getCurrentStageIndex()
  local _, position = current_stage()
  return position - 1
end

-- Tags the VU's samples with the index of the running stage.
function utils.tagWithCurrentStageIndex()
  local _, position, exec = current_stage()
  exec.vu.metrics.tags.stage = tostring(position - 1)
end

-- Tags the VU's samples with what the running stage does: ramp-up, steady or ramp-down.
function utils.tagWithCurrentStageProfile()
  local timeline, position, exec = current_stage()
  exec.vu.metrics.tags.stage_profile = timeline.profiles[position]
end

return utils

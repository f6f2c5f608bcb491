-- The module "k6-utils": k6's jslib helpers. Random choices follow --seed.
local random = math.random
local concat = table.concat
local find, sub, format = string.find, string.sub, string.format

local utils = {}

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

return utils

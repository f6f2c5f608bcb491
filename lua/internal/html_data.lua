-- data- attributes as Selection:data() shows them: names in camel case, values converted.
local native = ...
local decode = native.json_decode
local find, format, gmatch, gsub, lower = string.find, string.format, string.gmatch, string.gsub, string.lower
local match, sub, upper = string.match, string.sub, string.upper
local concat, ipairs, tonumber = table.concat, ipairs, tonumber

local data = {}

-- Words that k6 writes in capitals in names: data-user-id is userID.
local capitals = {}
for word in
  gmatch(
    "ACL API ASCII CPU CSS DNS EOF ETA GPU GUID HTML HTTP HTTPS ID IP JSON LHS OS QPS RAM RHS RPC SLA SMTP SQL SSH "
      .. "TCP TLS TTL UDP UI UID UUID URI URL UTF8 VM XML XMPP XSRF XSS",
    "%S+"
  )
do
  capitals[word] = true
end

local function camel(word)
  local all = upper(word)
  return capitals[all] and all or upper(sub(word, 1, 1)) .. sub(word, 2)
end

-- "user-id" is userID.
local function property_name(name)
  local first, rest = match(name, "^([^-]*)(.*)$")
  return first .. gsub(rest, "%-([^-]*)", camel)
end

-- The longest word of `capitals` that `text` starts with; "" when there is none.
local function capital_start(text)
  for length = 5, 2, -1 do
    local start = sub(text, 1, length)
    if #start == length and capitals[start] then
      return start
    end
  end
  return ""
end

-- The attribute of the property `name`: userId and userID are data-user-id.
function data.attribute_name(name)
  local words, from, at = {}, 1, 2
  while at <= #name do
    if find(name, "^%u", at) then
      local word = capital_start(sub(name, from))
      at = word == "" and at or at + #word - 1
      words[#words + 1] = word ~= "" and word or sub(name, from, at - 1)
      from = at
    end
    at = at + 1
  end
  words[#words + 1] = from <= #name and sub(name, from) or nil
  return "data-" .. gsub(lower(concat(words, "_")), "_", "-")
end

-- Whether `text` is just how the number is written.
local function is_canonical(text, number)
  for precision = 1, 17 do
    local shortest = format("%." .. precision .. "g", number)
    if tonumber(shortest) == number then
      return shortest == text or format("%.0f", number) == text
    end
  end
end

-- Numbers, booleans and JSON as what they are; nil for "", "null" and "undefined".
function data.value(text)
  if text == nil or text == "" or text == "null" or text == "undefined" then
    return nil
  elseif text == "true" or text == "false" then
    return text == "true"
  elseif find(text, "^[{[]") then
    local value = decode(text)
    return value == nil and text or value
  end
  local number = find(text, "^%-?%d+%.?%d*$") and tonumber(text)
  return number and is_canonical(text, number) and number or text
end

function data.all(attributes)
  local all = {}
  for _, attribute in ipairs(attributes) do
    local name = match(attribute.name, "^data%-(.+)$")
    if name then
      all[property_name(name)] = data.value(attribute.value)
    end
  end
  return all
end

return data

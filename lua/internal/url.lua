-- URLs as Go's net/url reads, joins and writes them (RFC 3986), and forms in their query.
local find, match, gmatch, gsub = string.find, string.match, string.gmatch, string.gsub
local byte, char, format, lower, sub = string.byte, string.char, string.format, string.lower, string.sub
local concat, sort = table.concat, table.sort
local ipairs, pairs, tonumber, tostring, type = ipairs, pairs, tonumber, tostring, type

local url = {}

local function percent(c)
  return format("%%%02X", byte(c))
end

-- `text` with %XX decoded.
function url.unescape(text)
  return (gsub(text, "%%(%x%x)", function(digits)
    return char(tonumber(digits, 16))
  end))
end

-- The parts of a reference as they were written; nil when it is none.
function url.split(text)
  local rest, fragment = match(text, "^([^#]*)#?(.*)$")
  local before_query, query = match(rest, "^([^?]*)%??(.*)$")
  if find(text, "[%z\1-\31\127]") or find(gsub(before_query, "%%%x%x", ""), "%%") then
    return nil
  end
  local parts = { scheme = "", host = "", path = before_query, query = query, fragment = fragment }
  local scheme, after_scheme = match(before_query, "^(%a[%w+.-]*):(.*)$")
  if scheme then
    parts.scheme, parts.path = lower(scheme), after_scheme
    if sub(after_scheme, 1, 1) ~= "/" then
      parts.opaque, parts.path = after_scheme, ""
    end
  end
  local authority, path = match(parts.path, "^//([^/]*)(.*)$")
  if authority then
    parts.user, parts.host = match(authority, "^(.*)@(.*)$")
    parts.host, parts.path = parts.host or authority, path
  end
  return not find(parts.host, '[ <>"]') and parts or nil
end

local function without_dots(path)
  local kept, ends_open = {}, false
  for part in gmatch(gsub(path, "^/", "") .. "/", "([^/]*)/") do
    ends_open = part == "." or part == ".."
    if part == ".." then
      kept[#kept] = nil
    elseif part ~= "." then
      kept[#kept + 1] = part
    end
  end
  return "/" .. concat(kept, "/") .. (ends_open and kept[1] and "/" or "")
end

local function joined(base, path)
  if path == "" then
    path = base
  elseif sub(path, 1, 1) ~= "/" then
    path = (match(base, "^.*/") or "") .. path
  end
  return path == "" and "" or without_dots(path)
end

-- The parts of what `reference` means on the page `base`; both are parts.
function url.resolve(base, reference)
  local result = {}
  for name, value in pairs(reference) do
    result[name] = value
  end
  if reference.opaque then
    return result
  end
  if reference.scheme ~= "" or reference.host ~= "" or reference.user then
    result.scheme = reference.scheme ~= "" and reference.scheme or base.scheme
    result.path = joined("", reference.path)
    return result
  end
  if reference.path == "" and reference.query == "" then
    result.query = base.query
    result.fragment = reference.fragment ~= "" and reference.fragment or base.fragment
  end
  result.scheme, result.user, result.host = base.scheme, base.user, base.host
  result.path = joined(base.path, reference.path)
  return result
end

-- The URL of `parts`; what may not be in a path is escaped.
function url.join(parts)
  local text = parts.scheme ~= "" and parts.scheme .. ":" or ""
  if parts.opaque then
    text = text .. parts.opaque
  else
    if parts.scheme ~= "" or parts.host ~= "" or parts.user then
      text = text .. "//" .. (parts.user and parts.user .. "@" or "") .. parts.host
    end
    text = text .. gsub(parts.path, "[^%w%%/$&+,:;=@%-_.!~*'()]", percent)
  end
  if parts.query ~= "" then
    text = text .. "?" .. parts.query
  end
  if parts.fragment ~= "" then
    text = text .. "#" .. gsub(parts.fragment, "[^%w%%/?$&+,:;=@%-_.!~*'()]", percent)
  end
  return text
end

-- `reference` as a URL on the page `base`; nil when one of them is none.
function url.resolved(base, reference)
  local base_parts, parts = url.split(base), url.split(reference)
  return base_parts and parts and url.join(url.resolve(base_parts, parts))
end

local function escape_field(text)
  return (gsub(gsub(text, "[^%w %-_.~]", percent), " ", "+"))
end

-- The fields as application/x-www-form-urlencoded, sorted by name; a list is one field for each of its values.
function url.form(fields)
  local names, pieces = {}, {}
  for name in pairs(fields) do
    names[#names + 1] = name
  end
  sort(names)
  for _, name in ipairs(names) do
    local values = fields[name]
    for _, value in ipairs(type(values) == "table" and values or { values }) do
      pieces[#pieces + 1] = escape_field(name) .. "=" .. escape_field(tostring(value))
    end
  end
  return concat(pieces, "&")
end

return url

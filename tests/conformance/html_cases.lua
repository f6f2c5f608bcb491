-- Runs cases of html.jsonl: `pages` by name, and `cases`, lists of calls that start at a page's document. An argument
-- { sel = selector } stands for a Selection, { el = selector } for an Element of the page. Returns the results.
local html, json = require("k6/html"), require("loadrun/json")

local function shown(value)
  if type(value) ~= "table" then
    return value
  elseif value._nodes then
    local nodes = json.array()
    for index, element in ipairs(value:get()) do
      nodes[index] = element:nodeName() .. "|" .. element:textContent()
    end
    return { nodes = nodes }
  elseif value._node then
    return { element = value:nodeName() .. "|" .. value:innerHTML() }
  elseif value.owner_element then
    local parts = { value.name .. "=" .. value.value, value:prefix(), value:namespaceURI(), value:localName() }
    return table.concat(parts, " ")
  end
  local result = {}
  for key, item in pairs(value) do
    result[key] = shown(item)
  end
  return result
end

local function argument(root, value)
  if value == json.null then
    return nil
  elseif type(value) ~= "table" then
    return value
  end
  return value.sel and root:find(value.sel) or root:find(value.el):get(0)
end

local function result_of(page, chain)
  local root = html.parseHTML(page)
  local value = root
  for _, call in ipairs(chain) do
    if type(call[1]) == "number" then
      value = value[call[1] + 1] -- lists count from 1
    else
      local arguments = {}
      for index = 2, #call do
        arguments[index - 1] = argument(root, call[index])
      end
      value = value[call[1]](value, unpack(arguments, 1, #call - 1))
    end
  end
  return shown(value)
end

return function(pages, cases)
  local results = json.array()
  for index, case in ipairs(cases) do
    local result = result_of(pages[case.page], case.chain)
    results[index] = result == nil and json.null or result
  end
  return results
end

-- The module "k6/html": HTML documents and what is in them.
local native = ...
local parse = native.require_library("internal/html_selection").parse
local error, type = error, type

local html = {}

-- The document of the HTML text `source`, as a selection of its root.
function html.parseHTML(source)
  if type(source) ~= "string" then
    error("parseHTML: expected a string, got a " .. type(source), 2)
  end
  return parse(source, "")
end

return html

-- The methods of responses that hold a page: html, submitForm and clickLink.
local native = ...
local url = native.require_library("internal/url")
local concat = table.concat
local error, format, next, type, upper = error, string.format, next, type, string.upper

local pages = {}

-- The body as a selection of what `selector` finds in it, without one of the document's root. The script's call is at
-- `level` of the stack.
local function html(response, selector, level)
  local body = response.body
  if body == nil then
    local problem = "the body is null so we can't transform it to HTML"
    error(problem .. " - this likely was because of a request error getting the response", level)
  end
  local page = native.require_library("internal/html_selection").parse(body, response.url)
  return selector == nil and page or page:find(selector)
end

local function options_of(options, method)
  if options ~= nil and type(options) ~= "table" then
    error(method .. ": expected a table of options, got a " .. type(options), 3)
  end
  return options or {}
end

-- A list as one text: what JavaScript makes of it.
local function joined(values)
  local result = {}
  for name, value in next, values do
    result[name] = type(value) == "table" and concat(value, ",") or value
  end
  return result
end

-- What is sent: the form's fields, the button's, and over them the `fields` of the options.
local function values_of(form, options)
  local values = form:serializeObject()
  local button = form:find(options.submitSelector or '[type="submit"]')
  local name, value = button:attr("name"), button:val()
  if name ~= nil and value ~= nil then
    values[name] = value
  end
  for field, given in next, options.fields or {} do
    values[field] = given
  end
  return values
end

-- What `selector` finds on the response's page; raises when that is nothing. `what` names it.
local function find_one(response, what, selector)
  local found = html(response, selector, 4)
  if found:size() == 0 then
    error(format("no %s found for selector '%s' in response '%s'", what, selector, response.url), 3)
  end
  return found
end

-- `reference` as a URL on the response's page; raises when it is none.
local function address_of(response, what, reference)
  return url.resolved(response.url, reference) or error(format("the %s is no URL: '%s'", what, reference), 3)
end

-- Adds the methods to those of responses; `request(method, url, body, params)` sends what they ask for.
function pages.add(methods, request)
  function methods.html(response, selector)
    return html(response, selector, 3)
  end

  function methods.submitForm(response, options)
    options = options_of(options, "submitForm")
    local form = find_one(response, "form", options.formSelector or "form")
    local address = address_of(response, "form's action", form:attr("action", ""))
    local method, values = upper(form:attr("method", "GET")), values_of(form, options)
    if method ~= "GET" then
      return request(method, address, values, options.params)
    end
    local parts = url.split(address)
    parts.query = url.form(joined(values))
    return request(method, url.join(parts), nil, options.params)
  end

  function methods.clickLink(response, options)
    options = options_of(options, "clickLink")
    local selector = options.selector or "a[href]"
    local href = find_one(response, "element", selector):attr("href")
    if href == nil then
      local problem = "no valid href attribute value found on element '%s' in response '%s'"
      error(format(problem, selector, response.url), 2)
    end
    return request("GET", address_of(response, "link's href", href), nil, options.params)
  end
end

return pages

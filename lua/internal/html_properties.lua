-- The properties of elements that depend on the tag, as k6 has them: tables of methods by tag. Most of them reflect an
-- attribute.
local native = ...
local url = native.require_library("internal/url")
local find, gmatch, lower, match = string.find, string.gmatch, string.lower, string.match
local ipairs, pairs, tonumber, type = ipairs, pairs, tonumber, type

-- Kinds of reflected attributes.

local function text(name)
  return function(self)
    return self:getAttribute(name) or ""
  end
end

local function flag(name)
  return function(self)
    return self:hasAttribute(name)
  end
end

local function whole(default)
  return function(name)
    return function(self)
      local digits = match(self:getAttribute(name) or "", "^[+-]?%d+$")
      return digits and tonumber(digits) or default
    end
  end
end

-- An address on the page; as it is written when the page has none.
local function address(name)
  return function(self)
    local value = self:getAttribute(name) or ""
    if (self._url or "") == "" or value == "" and not self:hasAttribute(name) then
      return value
    end
    return url.resolved(self._url, value) or ""
  end
end

-- One of `values`; the first of them otherwise.
local function one_of(values)
  return function(name)
    return function(self)
      local value = self:getAttribute(name)
      for _, allowed in ipairs(values) do
        if value == allowed then
          return value
        end
      end
      return values[1] or nil
    end
  end
end

local function always(value)
  return function()
    return value
  end
end

-- Where the name of an attribute is not that of the property in lower case.
local attribute_names = {
  acceptCharset = "accept-charset",
  currentSrc = "src",
  defaultChecked = "checked",
  defaultMuted = "muted",
  defaultSelected = "selected",
  defaultValue = "value",
  encoding = "enctype",
  htmlFor = "for",
  httpEquiv = "http-equiv",
}

-- The methods of a list of { kind, "the names of properties" }, and those of the tables in it.
local function methods_of(list)
  local methods = {}
  for _, entry in ipairs(list) do
    if type(entry[1]) == "function" then
      for name in gmatch(entry[2], "%S+") do
        methods[name] = entry[1](attribute_names[name] or lower(name))
      end
    else
      for name, method in pairs(entry) do
        methods[name] = method
      end
    end
  end
  return methods
end

local referrer = one_of({
  "",
  "no-referrer",
  "no-referrer-when-downgrade",
  "origin",
  "origin-when-cross-origin",
  "unsafe-url",
})
local cross_origin = one_of({ false, "anonymous", "use-credentials" })
local encoding = one_of({ "application/x-www-form-urlencoded", "multipart/form-data", "text/plain" })
local on_off = one_of({ "on", "off" })
local number = whole(0)

-- Properties that more than one attribute decides.

local function found(selector)
  return function(self)
    return self:querySelectorAll(selector)
  end
end

local function count(selector)
  return function(self)
    return #self:querySelectorAll(selector)
  end
end

local function content(self)
  return self:textContent()
end

local function value_or_content(self)
  return self:getAttribute("value") or self:innerHTML()
end

local function words(name)
  return function(self)
    local list = {}
    for word in gmatch(self:getAttribute(name) or "", "[^ ]+") do
      list[#list + 1] = word
    end
    return list
  end
end

-- What the selector finds in the whole document.
local function in_document(self, selector)
  return self:selection():parents():last():find(selector)
end

local function form(self)
  local around = self:selection():closest("form"):get(0)
  local id = self:getAttribute("form") or ""
  return around or id ~= "" and in_document(self, "#" .. id):get(0) or nil
end

local function labels(self)
  local id, around = self:getAttribute("id") or "", self:selection():closest("label")
  return (id == "" and around or around:add(in_document(self, 'label[for="' .. id .. '"]'))):get()
end

local function form_and_labels()
  return { form = form, labels = labels }
end

-- The position of the element in what `selector` finds in the ancestors that `holder` selects.
local function position(holder, selector, without)
  return function(self)
    local holders = self:selection():parents(holder)
    return holders:size() == 0 and without or holders:find(selector):index(self)
  end
end

-- The parts of the address of a link.
local function link_parts(self)
  local value = self:getAttribute("href")
  local parts = value and url.split(value)
  local base = url.split(self._url or "")
  return parts and base and url.resolve(base, parts) or url.split("")
end

local default_ports = { http = "80", https = "443", ftp = "21" }

local function host_and_port(host)
  local name, port = match(host, "^(.*):(%d*)$")
  if not name or find(name, ":", 1, true) and not find(name, "^%[.*%]$") then
    return host, ""
  end
  return match(name, "^%[(.*)%]$") or name, port
end

local link_methods = { relList = words("rel"), text = content }

function link_methods.hash(self)
  local fragment = link_parts(self).fragment
  return fragment == "" and "" or "#" .. url.unescape(fragment)
end

function link_methods.host(self)
  local parts = link_parts(self)
  local name, port = host_and_port(parts.host)
  return port ~= "" and port == default_ports[parts.scheme] and name or parts.host
end

function link_methods.hostname(self)
  return (host_and_port(link_parts(self).host))
end

function link_methods.port(self)
  local _, port = host_and_port(link_parts(self).host)
  return port
end

function link_methods.username(self)
  return url.unescape(match(link_parts(self).user or "", "^[^:]*"))
end

function link_methods.password(self)
  return url.unescape(match(link_parts(self).user or "", ":(.*)$") or "")
end

function link_methods.origin(self)
  local parts = link_parts(self)
  if parts.scheme == "" or parts.scheme == "file" then
    return parts.scheme == "" and "" or self:href()
  end
  return parts.scheme .. "://" .. parts.host
end

function link_methods.pathname(self)
  return url.unescape(link_parts(self).path)
end

-- Without a colon, as in k6, except for an address without a scheme.
function link_methods.protocol(self)
  local scheme = link_parts(self).scheme
  return scheme == "" and ":" or scheme
end

function link_methods.search(self)
  local query = link_parts(self).query
  return query == "" and "" or "?" .. query
end

local link = methods_of({
  { text, "download rel target type accessKey hrefLang" },
  { referrer, "referrerPolicy" },
  { address, "href" },
  link_methods,
})
link.toString = link.href

-- An attribute of a button, or the one that its form has in its place.
local function own_or_form(self, name)
  local owner = form(self)
  return self:getAttribute("form" .. name) or owner and owner:getAttribute(name)
end

local field = methods_of({ { text, "name" }, form_and_labels() })

function field.formAction(self)
  local action, page = own_or_form(self, "action") or "", self._url or ""
  if page == "" then
    return action
  end
  return action == "" and page or url.resolved(page, action) or action
end

function field.formEnctype(self)
  local enctype = own_or_form(self, "enctype")
  return (enctype == "multipart/form-data" or enctype == "text/plain") and enctype
    or "application/x-www-form-urlencoded"
end

function field.formMethod(self)
  return lower(own_or_form(self, "method") or "") == "post" and "post" or "get"
end

function field.formNoValidate(self)
  return own_or_form(self, "novalidate") ~= nil
end

function field.formTarget(self)
  return own_or_form(self, "target") or ""
end

local media = methods_of({
  { flag, "autoplay controls loop muted defaultMuted" },
  { one_of({ "auto", "metadata", "none" }), "preload" },
  { address, "src" },
  { cross_origin, "crossOrigin" },
  { text, "currentSrc mediaGroup" },
  { textTracks = found("track") },
})
local change = methods_of({ { text, "cite datetime" } })
local section = { rows = found("tr") }
local cell = methods_of({
  { whole(1), "colSpan rowSpan" },
  { text, "headers" },
  { cellIndex = position("tr", "th,td", -1) },
})

local input_types = "text button checkbox color date datetime-local email file hidden image month number password "
  .. "radio range reset search submit tel time url week"

local function split(list)
  local items = {}
  for item in gmatch(list, "%S+") do
    items[#items + 1] = item
  end
  return items
end

local without_list = { hidden = true, checkbox = true, radio = true, file = true, button = true }

local function data_list(self)
  local id = self:getAttribute("list") or ""
  if id ~= "" and not without_list[self:getAttribute("type")] then
    return in_document(self, 'datalist[id="' .. id .. '"]'):get(0)
  end
end

-- The element that a label is for.
local function control(self)
  local id = self:getAttribute("for")
  return id and in_document(self, "#" .. id):get(0) or nil
end

local function map_images(self)
  local id = self:getAttribute("id")
  local usemap = '[usemap="#' .. (id or "") .. '"]'
  return id and in_document(self, "img" .. usemap .. ",object" .. usemap):get() or {}
end

local option = { index = position("select,datalist", "option", 0), text = content, value = value_or_content }

function option.disabled(self)
  return self:hasAttribute("disabled") or self:selection():parents("optgroup"):attr("disabled") ~= nil
end

function option.form(self)
  local around = self:selection():parents("form"):get(0)
  local select = self:selection():parents("select")
  local id = select:attr("form")
  return around or id and select:parents():last():find("form#" .. id):get(0) or nil
end

function option.label(self)
  return self:getAttribute("label") or self:textContent()
end

-- A number that is not negative, else `default`.
local function amount(self, name, default)
  local value = tonumber(self:getAttribute(name))
  return value and value >= 0 and value or default
end

-- How far it is, from 0 to 1; `unknown` without a value.
local function progress(unknown)
  return function(self)
    local value = amount(self, "value", nil)
    return value and value / amount(self, "max", 1) or unknown
  end
end

local function progress_max(self)
  return amount(self, "max", 1)
end

local select = form_and_labels()
select.length, select.options, select.selectedOptions = count("option"), found("option"), found("option[selected]")

function select.selectedIndex(self)
  local chosen = self:querySelector("option[selected]")
  return chosen and self:selection():find("option"):index(chosen) or -1
end

function select.size(self)
  return self:hasAttribute("multiple") and 4 or 1
end

function select.type(self)
  return self:hasAttribute("multiple") and "select-multiple" or "select"
end

function select.value(self)
  local chosen = self:querySelector("option[selected]")
  return chosen and value_or_content(chosen) or ""
end

local function first_child(selector)
  return function(self)
    return self:selection():children(selector):get(0)
  end
end

local function text_length(self)
  return #(self:getAttribute("value") or "")
end

local function style_type(self)
  local kind = self:getAttribute("type") or ""
  return kind == "" and "text/css" or kind
end

local function span(self)
  local columns = whole(1)("span")(self)
  return columns < 1 and 1 or columns
end

local function form_method(self)
  return self:getAttribute("method") == "post" and "post" or "get"
end

local function base_address(self)
  return self:hasAttribute("href") and address("href")(self) or self._url or ""
end

local parts_of_form = "input,select,button,textarea"

return {
  a = link,
  area = link,
  audio = media,
  video = media,
  base = methods_of({ { text, "target" }, { href = base_address } }),
  button = methods_of({
    field,
    { text, "accessKey" },
    { flag, "autofocus disabled" },
    { number, "tabIndex" },
    { one_of({ "submit", "button", "menu", "reset" }), "type" },
    { value = value_or_content },
  }),
  canvas = methods_of({ { whole(150), "width height" } }),
  data = methods_of({ { text, "value" } }),
  datalist = { options = found("option") },
  del = change,
  ins = change,
  embed = methods_of({ { text, "height width src type" } }),
  fieldset = methods_of({
    { flag, "disabled" },
    { text, "name" },
    { form = form, type = always("fieldset"), elements = found(parts_of_form), validity = always(nil) },
  }),
  form = methods_of({
    { address, "action" },
    { text, "name target acceptCharset" },
    { encoding, "enctype encoding" },
    { on_off, "autocomplete" },
    { flag, "noValidate" },
    { elements = found(parts_of_form .. ",fieldset"), length = count(parts_of_form .. ",fieldset") },
    { method = form_method },
  }),
  iframe = methods_of({
    { flag, "allowfullscreen" },
    { referrer, "referrerPolicy" },
    { text, "height width name" },
    { address, "src" },
  }),
  img = methods_of({
    { address, "src currentSrc" },
    { text, "sizes srcset alt name useMap" },
    { cross_origin, "crossOrigin" },
    { number, "height width" },
    { flag, "isMap" },
    { referrer, "referrerPolicy" },
  }),
  input = methods_of({
    field,
    { number, "tabIndex size" },
    { whole(-1), "maxLength" },
    { one_of(split(input_types)), "type" },
    { on_off, "autocomplete" },
    { flag, "disabled autofocus required checked defaultChecked readonly multiple" },
    { text, "value alt height width accept pattern placeholder min max defaultValue dirName accessKey step" },
    { address, "src" },
    { list = data_list },
  }),
  keygen = methods_of({
    form_and_labels(),
    { flag, "autofocus disabled" },
    { text, "challenge name" },
    { one_of({ "RSA", "DSA", "EC" }), "keytype" },
    { type = always("keygen") },
  }),
  label = methods_of({ { text, "htmlFor" }, { control = control, form = form } }),
  legend = methods_of({ { text, "accessKey" }, { form = form } }),
  li = methods_of({ { number, "value" }, { one_of({ "", "1", "a", "A", "i", "I", "disc", "square", "circle" }), "type" } }),
  link = methods_of({
    { cross_origin, "crossOrigin" },
    { referrer, "referrerPolicy" },
    { address, "href" },
    { text, "hreflang media rel target type" },
    { relList = words("rel") },
  }),
  map = methods_of({ { text, "name" }, { areas = found("area"), images = map_images } }),
  meta = methods_of({ { text, "content name" }, { one_of({ "content-type", "default-style", "refresh" }), "httpEquiv" } }),
  meter = methods_of({ { number, "min max high low optimum" }, { labels = labels } }),
  object = methods_of({
    { address, "data" },
    { text, "height name type useMap width" },
    { number, "tabIndex" },
    { flag, "typeMustMatch" },
    { form = form },
  }),
  ol = methods_of({ { flag, "reversed" }, { number, "start" }, { one_of({ "1", "a", "A", "i", "I" }), "type" } }),
  optgroup = methods_of({ { flag, "disabled" }, { text, "label" } }),
  option = methods_of({ { flag, "defaultSelected selected" }, option }),
  output = methods_of({
    form_and_labels(),
    { text, "htmlFor name" },
    { type = always("output"), value = content, defaultValue = content },
  }),
  param = methods_of({ { text, "name value" } }),
  pre = methods_of({ { text, "name value" } }),
  progress = { labels = labels, max = progress_max, value = progress(0), position = progress(-1) },
  script = methods_of({
    { text, "crossOrigin type charset" },
    { address, "src" },
    { flag, "async defer noModule" },
    { text = content },
  }),
  select = methods_of({ { flag, "autofocus disabled multiple required" }, { text, "name" }, { number, "tabIndex" }, select }),
  source = methods_of({ { text, "keySystem media sizes srcset type" }, { address, "src" } }),
  style = methods_of({ { text, "media" }, { type = style_type } }),
  table = methods_of({
    { flag, "sortable" },
    { caption = first_child("caption"), tHead = first_child("thead"), tFoot = first_child("tfoot") },
    { rows = found("tr"), tBodies = found("tbody") },
  }),
  thead = section,
  tbody = section,
  tfoot = section,
  tr = {
    cells = found("th,td"),
    rowIndex = position("table", "tr", -1),
    sectionRowIndex = position("thead,tbody,tfoot", "tr", -1),
  },
  col = { span = span },
  td = cell,
  th = methods_of({
    cell,
    { text, "abbr" },
    { one_of({ "", "row", "col", "colgroup", "rowgroup" }), "scope" },
    { flag, "sorted" },
  }),
  textarea = methods_of({
    form_and_labels(),
    { text, "value defaultValue placeholder accessKey" },
    { number, "rows cols maxLength tabIndex" },
    { flag, "readOnly required" },
    { on_off, "autocomplete" },
    { one_of({ "sentences", "none", "off", "characters", "words" }), "autocapitalize" },
    { one_of({ "soft", "hard", "off" }), "wrap" },
    { type = always("textarea"), length = text_length },
  }),
  time = methods_of({ { text, "datetime" } }),
  title = { text = content },
  track = methods_of({
    { one_of({ "subtitle", "captions", "descriptions", "chapters", "metadata" }), "kind" },
    { address, "src" },
    { text, "srclang label" },
    { flag, "default" },
  }),
  ul = methods_of({ { text, "type" } }),
}

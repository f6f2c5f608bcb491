-- What a form would send: the methods of Selections for it.
local native = ...
local encode = native.require_library("internal/url").form
local ipairs = ipairs

local forms = {}

-- The attribute `value`, or the content.
local function value_or_content(selection)
  return selection:attr("value", selection:html())
end

-- The value of the first node: a string, the list of the chosen options of a multiple select, or nil when it has none.
function forms.value(selection)
  local first = selection:get(0)
  local name = first and first:nodeName()
  if name == "input" then
    local type = selection:attr("type")
    return selection:attr("value", (type == "radio" or type == "checkbox") and "on" or "")
  elseif name == "button" then
    return selection:attr("value", "")
  elseif name == "textarea" then
    return selection:html()
  elseif name == "option" then
    return value_or_content(selection)
  elseif name == "select" then
    local chosen = selection:first():find("option[selected]")
    if selection:attr("multiple") == nil then
      return value_or_content(chosen)
    end
    return chosen:map(function(_, option)
      return value_or_content(option)
    end)
  end
end

local never_sent = { submit = true, button = true, reset = true, image = true, file = true }

local function is_sent(_, field)
  local type = field:attr("type", "")
  return field:attr("name", "") ~= ""
    and field:attr("disabled") ~= "disabled"
    and not never_sent[type]
    and (field:attr("checked") == "checked" or (type ~= "checkbox" and type ~= "radio"))
end

-- The fields that are sent, in the order of the document, as a list of { name = ..., value = ... }.
function forms.fields(selection)
  local kinds = "input,select,textarea,keygen"
  local fields = selection:is("form") and selection:find(kinds) or selection:filter(kinds)
  return fields:filter(is_sent):map(function(_, field)
    return { name = field:attr("name"), value = field:val() }
  end)
end

-- The fields as a table of name = value; of those with the same name, the last.
function forms.object(selection)
  local object = {}
  for _, field in ipairs(forms.fields(selection)) do
    object[field.name] = field.value
  end
  return object
end

-- The fields as application/x-www-form-urlencoded.
function forms.encoded(selection)
  return encode(forms.object(selection))
end

return forms

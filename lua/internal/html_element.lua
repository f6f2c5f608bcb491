-- Elements: single nodes of an HTML document, with properties of the DOM as methods, as k6 has them. What depends on
-- the tag is in html_properties.
local native = ...
local properties = native.require_library("internal/html_properties")
local near, kind = native.html_near, native.html_kind
local contains, attributes_of = native.html_contains, native.html_attributes
local gmatch = string.gmatch
local ipairs, pairs, rawequal, rawget, setmetatable, type = ipairs, pairs, rawequal, rawget, setmetatable, type

local ELEMENT, TEXT, COMMENT = 1, 3, 8
local node_names = { [TEXT] = "#text", [COMMENT] = "#comment", [9] = "#document" }
local namespaces = { svg = "http://www.w3.org/2000/svg", math = "http://www.w3.org/1998/Math/MathML" }

local elements = {}
local element = {}
local metatables = {} -- by tag, made when one is met

local function namespace_of(prefix)
  return namespaces[prefix] or "http://www.w3.org/1999/xhtml"
end

local function metatable_of(tag)
  local methods = {}
  for name, method in pairs(element) do
    methods[name] = method
  end
  for name, method in pairs(properties[tag] or {}) do
    methods[name] = method
  end
  return { __index = methods, __metatable = false, __tostring = methods.toString }
end

-- The Element of a node.
function elements.new(document, url, node)
  local node_type, tag = kind(document, node)
  tag = node_type == ELEMENT and tag or ""
  local metatable = metatables[properties[tag] and tag or ""]
  if not metatable then
    metatable = metatable_of(tag)
    metatables[properties[tag] and tag or ""] = metatable
  end
  return setmetatable({ _node = node, _document = document, _url = url }, metatable)
end

local function other(self, node)
  return node and elements.new(self._document, self._url, node) or nil
end

local function first(selection)
  return selection:get(0)
end

-- The Selection of this element alone.
function element.selection(self)
  return elements.select(self._document, self._url, self._node)
end

function element.nodeType(self)
  return (kind(self._document, self._node))
end

-- The tag in lower case, "#text", "#comment", "#document", or the name of a doctype.
function element.nodeName(self)
  local node_type, name = kind(self._document, self._node)
  return node_names[node_type] or name
end

-- The text of a text node, "" for a comment, else nil.
function element.nodeValue(self)
  local node_type = kind(self._document, self._node)
  if node_type == TEXT or node_type == COMMENT then
    return self:textContent()
  end
end

function element.innerHTML(self)
  return self:selection():html()
end

function element.textContent(self)
  return self:selection():text()
end

function element.toString(self)
  return element.nodeType(self) == ELEMENT and "[object html.Node]" or "[object " .. self:nodeName() .. "]"
end

function element.namespaceURI(self)
  local _, _, prefix = kind(self._document, self._node)
  return namespace_of(prefix)
end

function element.isDefaultNamespace(self)
  local _, _, prefix = kind(self._document, self._node)
  return prefix == ""
end

for name, way in pairs({
  firstChild = "first",
  lastChild = "last",
  previousSibling = "previous",
  nextSibling = "next",
  parentNode = "parent",
}) do
  element[name] = function(self)
    return other(self, near(self._document, self._node, way))
  end
end

function element.ownerDocument(self)
  return other(self, 0)
end

function element.hasChildNodes(self)
  return near(self._document, self._node, "first") ~= nil
end

function element.parentElement(self)
  return first(self:selection():parent())
end

function element.firstElementChild(self)
  return first(self:selection():children())
end

function element.lastElementChild(self)
  return first(self:selection():children():last())
end

function element.previousElementSibling(self)
  return first(self:selection():prev())
end

function element.nextElementSibling(self)
  return first(self:selection():next())
end

function element.childNodes(self)
  return self:selection():contents():get()
end

function element.children(self)
  return self:selection():children():get()
end

function element.childElementCount(self)
  return self:selection():children():size()
end

-- Attributes.

local attribute = {}
local attribute_metatable = { __index = attribute, __metatable = false }

function attribute.prefix(self)
  return self._prefix
end

function attribute.namespaceURI(self)
  return namespace_of(self._prefix)
end

function attribute.localName(self)
  return self.name
end

-- The attributes as a table by name.
function element.attributes(self)
  local all = {}
  for _, given in ipairs(attributes_of(self._document, self._node)) do
    all[given.name] = setmetatable(
      { name = given.name, value = given.value, owner_element = self, _prefix = given.prefix },
      attribute_metatable
    )
  end
  return all
end

function element.getAttributeNode(self, name)
  return element.attributes(self)[name]
end

function element.getAttribute(self, name)
  return self:selection():attr(name)
end

function element.hasAttribute(self, name)
  return self:getAttribute(name) ~= nil
end

function element.hasAttributes(self)
  return attributes_of(self._document, self._node)[1] ~= nil
end

function element.id(self)
  return self:getAttribute("id") or ""
end

function element.lang(self)
  return self:getAttribute("lang")
end

function element.className(self)
  return self:getAttribute("class")
end

function element.classList(self)
  local list = {}
  for class in gmatch(self:getAttribute("class") or "", "%S+") do
    list[#list + 1] = class
  end
  return list
end

-- Looking for and comparing elements.

function element.matches(self, selector)
  return self:selection():is(selector)
end

function element.querySelector(self, selector)
  return first(self:selection():find(selector))
end

function element.querySelectorAll(self, selector)
  return self:selection():find(selector):get()
end

function element.getElementsByClassName(self, name)
  return self:querySelectorAll("." .. name)
end

function element.getElementsByTagName(self, name)
  return self:querySelectorAll(name)
end

local function node_of(value, document)
  if type(value) == "table" and rawequal(rawget(value, "_document"), document) then
    return rawget(value, "_node")
  end
end

function element.contains(self, value)
  local node = node_of(value, self._document)
  return node ~= nil and contains(self._document, self._node, node)
end

function element.isSameNode(self, value)
  return node_of(value, self._document) == self._node
end

function element.isEqualNode(self, value)
  return type(value) == "table" and rawget(value, "_node") ~= nil and value:innerHTML() == self:innerHTML()
end

elements.methods = element
return elements

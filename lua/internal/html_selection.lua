-- Selections: lists of nodes of an HTML document. The methods are k6's, which are those of jQuery as goquery has them.
-- Nodes are the numbers that the natives know them by.
local native = ...
local elements = native.require_library("internal/html_element")
local forms = native.require_library("internal/html_form")
local data = native.require_library("internal/html_data")
local find_below, matches, selector_of = native.html_find, native.html_matches, native.html_selector
local near, kind, contains = native.html_near, native.html_kind, native.html_contains
local attribute, text_of, inner_html = native.html_attribute, native.html_text, native.html_inner
local max, min = math.max, math.min
local error, ipairs, pairs, rawget, setmetatable, type = error, ipairs, pairs, rawget, setmetatable, type
local concat = table.concat

local ELEMENT = 1
local selection = {}
local metatable = { __index = selection, __metatable = false }

local function new(document, url, nodes, previous)
  return setmetatable({ url = url, _document = document, _nodes = nodes, _previous = previous }, metatable)
end

-- The selection of one node.
function elements.select(document, url, node)
  return new(document, url, { node })
end

local function nodes_of(self)
  return type(self) == "table" and rawget(self, "_nodes")
    or error("call methods of a selection with a colon: selection:find(...)", 3)
end

local function push(self, nodes)
  return new(self._document, self.url, nodes, self)
end

-- The nodes of a Selection or an Element.
local function given_nodes(value)
  if type(value) ~= "table" then
    return nil
  end
  local node = rawget(value, "_node")
  return rawget(value, "_nodes") or node and { node }
end

local function bad_selector(value)
  error("invalid argument, cannot use a '" .. type(value) .. "' as a selector", 3)
end

local function is_in(nodes, wanted)
  for index = 1, #nodes do
    if nodes[index] == wanted then
      return index
    end
  end
end

-- A function that tells whether a node is meant by a selector, a Selection or an Element. A selector that is none
-- means nothing, as in k6.
local function predicate(document, value)
  if type(value) == "string" then
    local selector = selector_of(value)
    return function(node)
      return selector and matches(document, node, selector)
    end
  end
  local nodes = given_nodes(value)
  local set = {}
  for _, node in ipairs(nodes or bad_selector(value)) do
    set[node] = true
  end
  return function(node)
    return set[node]
  end
end

local function kept(nodes, wanted)
  local result = {}
  for _, node in ipairs(nodes) do
    if wanted(node) then
      result[#result + 1] = node
    end
  end
  return result
end

-- What `visit(node, add)` adds for each node, without duplicates.
local function gathered(nodes, visit)
  local result, seen = {}, {}
  local function add(node)
    if not seen[node] then
      seen[node], result[#result + 1] = true, node
    end
  end
  for _, node in ipairs(nodes) do
    visit(node, add)
  end
  return result
end

local function next_element(document, node, way)
  repeat
    node = near(document, node, way)
  until not node or kind(document, node) == ELEMENT
  return node
end

-- The elements that `way` leads to from each node: the first or all, up to one that `stop` means.
local function followed(self, way, only_first, stop)
  local document = self._document
  return gathered(nodes_of(self), function(node, add)
    node = next_element(document, node, way)
    while node and not (stop and stop(node)) do
      add(node)
      node = not only_first and next_element(document, node, way)
    end
  end)
end

local function push_filtered(self, nodes, selector)
  return push(self, selector == nil and nodes or kept(nodes, predicate(self._document, selector)))
end

for name, way in pairs({ next = "next", prev = "previous", parent = "parent" }) do
  local all = name == "parent" and "parents" or name .. "All"
  local up_to = name == "parent" and "parentsUntil" or name .. "Until"
  selection[name] = function(self, selector)
    return push_filtered(self, followed(self, way, true), selector)
  end
  selection[all] = function(self, selector)
    return push_filtered(self, followed(self, way, false), selector)
  end
  selection[up_to] = function(self, last, selector)
    local stop = last ~= nil and predicate(self._document, last) or nil
    return push_filtered(self, followed(self, way, false, stop), selector)
  end
end

local function children_of(self, wants_all)
  local document = self._document
  return gathered(nodes_of(self), function(node, add)
    local child = near(document, node, "first")
    while child do
      if wants_all or kind(document, child) == ELEMENT then
        add(child)
      end
      child = near(document, child, "next")
    end
  end)
end

function selection.children(self, selector)
  return push_filtered(self, children_of(self, false), selector)
end

function selection.contents(self)
  return push(self, children_of(self, true))
end

function selection.siblings(self, selector)
  local document = self._document
  local nodes = gathered(nodes_of(self), function(node, add)
    local parent = near(document, node, "parent")
    local other = parent and near(document, parent, "first")
    while other do
      if other ~= node and kind(document, other) == ELEMENT then
        add(other)
      end
      other = near(document, other, "next")
    end
  end)
  return push_filtered(self, nodes, selector)
end

local function found(document, nodes, selector)
  local compiled = selector_of(selector)
  if not compiled then
    return {}
  elseif #nodes == 1 then
    return find_below(document, nodes[1], compiled)
  end
  return gathered(nodes, function(node, add)
    for _, hit in ipairs(find_below(document, node, compiled)) do
      add(hit)
    end
  end)
end

local function contains_any(document, nodes, node)
  for _, container in ipairs(nodes) do
    if contains(document, container, node) then
      return true
    end
  end
  return false
end

function selection.find(self, what)
  local document, nodes = self._document, nodes_of(self)
  if type(what) == "string" then
    return push(self, found(document, nodes, what))
  end
  return push(self, kept(given_nodes(what) or bad_selector(what), function(node)
    return contains_any(document, nodes, node)
  end))
end

-- As find(selector):first(), without looking further than the first.
function selection.single(self, selector)
  return push(self, { found(self._document, nodes_of(self), selector)[1] })
end

function selection.has(self, what)
  local document = self._document
  local candidates = given_nodes(what)
  if not candidates and type(what) ~= "string" then
    bad_selector(what)
  end
  return push(self, kept(nodes_of(self), function(node)
    if not candidates then
      return found(document, { node }, what)[1]
    end
    return kept(candidates, function(candidate)
      return contains(document, node, candidate)
    end)[1]
  end))
end

function selection.closest(self, what)
  local document, wanted = self._document, predicate(self._document, what)
  return push(self, gathered(nodes_of(self), function(node, add)
    while node and not wanted(node) do
      node = near(document, node, "parent")
    end
    if node then
      add(node)
    end
  end))
end

function selection.add(self, what)
  local added = given_nodes(what) or type(what) == "string" and found(self._document, { 0 }, what) or bad_selector(what)
  return push(self, gathered({ nodes_of(self), added }, function(nodes, add)
    for _, node in ipairs(nodes) do
      add(node)
    end
  end))
end

-- The nodes for which a function(index, selection) returns something true, or that a selector, Selection or Element
-- means; with `keep` false the others.
local function winnowed(self, test, keep)
  local wanted, index = nil, -1
  if type(test) == "function" then
    wanted = function(node)
      index = index + 1
      return test(index, new(self._document, self.url, { node }))
    end
  else
    wanted = predicate(self._document, test)
  end
  return kept(nodes_of(self), function(node)
    return not wanted(node) ~= keep
  end)
end

function selection.filter(self, test)
  return push(self, winnowed(self, test, true))
end

selection["not"] = function(self, test)
  return push(self, winnowed(self, test, false))
end
selection.not_ = selection["not"]

function selection.is(self, test)
  return winnowed(self, test, true)[1] ~= nil
end

selection["end"] = function(self)
  return self._previous or new(self._document, self.url, {})
end
selection.end_ = selection["end"]

function selection.size(self)
  return #nodes_of(self)
end

function selection.eq(self, index)
  local nodes = nodes_of(self)
  local node = nodes[(index < 0 and index + #nodes or index) + 1]
  return node and push(self, { node }) or new(self._document, self.url, {})
end

function selection.first(self)
  return self:eq(0)
end

function selection.last(self)
  return self:eq(-1)
end

-- From `first` up to but without `last`; negative positions count from the end.
function selection.slice(self, first, last)
  local nodes, result = nodes_of(self), {}
  local function position(index)
    return max(0, min(#nodes, index < 0 and index + #nodes or index))
  end
  for index = position(first) + 1, position(last or #nodes) do
    result[#result + 1] = nodes[index]
  end
  return push(self, result)
end

-- The Element at `index`, or all of them in a list.
function selection.get(self, index)
  local nodes = nodes_of(self)
  if index then
    local node = index > -#nodes and nodes[(index < 0 and index + #nodes or index) + 1]
    return node and elements.new(self._document, self.url, node) or nil
  end
  local result = {}
  for position, node in ipairs(nodes) do
    result[position] = elements.new(self._document, self.url, node)
  end
  return result
end

function selection.toArray(self)
  local result = {}
  for index = 1, #nodes_of(self) do
    result[index] = self:eq(index - 1)
  end
  return result
end

local function check_function(value, method)
  if type(value) ~= "function" then
    error("the argument to " .. method .. "() must be a function", 3)
  end
end

-- Calls `fn(index, element)` for each node.
function selection.each(self, fn)
  check_function(fn, "each")
  for index, node in ipairs(nodes_of(self)) do
    fn(index - 1, elements.new(self._document, self.url, node))
  end
  return self
end

-- A list of what `fn(index, selection)` returns for each node, without nil.
function selection.map(self, fn)
  check_function(fn, "map")
  local result = {}
  for index, node in ipairs(nodes_of(self)) do
    result[#result + 1] = fn(index - 1, new(self._document, self.url, { node }))
  end
  return result
end

-- Where the first node is among its siblings, or in the document's nodes of a selector; or where the first node of a
-- Selection or Element is in this one. -1: nowhere.
function selection.index(self, what)
  local nodes = nodes_of(self)
  if not nodes[1] then
    return -1
  elseif what == nil then
    return #followed(self:first(), "previous", false)
  elseif type(what) == "string" then
    return (is_in(found(self._document, { 0 }, what), nodes[1]) or 0) - 1
  end
  local others = given_nodes(what) or {}
  return (is_in(nodes, others[1]) or 0) - 1
end

function selection.attr(self, name, default)
  local node = nodes_of(self)[1]
  local value = node and attribute(self._document, node, name)
  if value == nil then
    return default
  end
  return value
end

function selection.html(self)
  local node = nodes_of(self)[1]
  return node and inner_html(self._document, node) or ""
end

function selection.text(self)
  local texts = {}
  for index, node in ipairs(nodes_of(self)) do
    texts[index] = text_of(self._document, node)
  end
  return concat(texts)
end

-- The data- attribute of that name, or a table of all, with numbers, booleans and JSON converted.
function selection.data(self, name)
  local node = nodes_of(self)[1]
  if not node then
    return nil
  elseif name then
    return data.value(attribute(self._document, node, data.attribute_name(name)))
  end
  return data.all(native.html_attributes(self._document, node))
end

selection.val = forms.value
selection.serializeArray = forms.fields
selection.serializeObject = forms.object
selection.serialize = forms.encoded

-- The document of an HTML text, as a selection of its root.
local function parse(source, url)
  return new(native.html_parse(source), url, { 0 })
end

return { parse = parse, methods = selection }

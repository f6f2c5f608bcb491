---@meta

-- The module "k6/html": HTML documents and what is in them, as k6 has it, which is jQuery's way. Positions count from 0;
-- lists are Lua tables. Selectors are CSS level 3 with [name!=value], :has, :haschild, :contains, :containsown and
-- :input; one that is no selector selects nothing, one with a regular expression raises. The content of <noscript> is
-- text, since a test's script has no browser without scripts.

---@class k6.html
local html = {}

---Parses a document. What is no HTML becomes some document, as in a browser; bytes that are no UTF-8 become U+FFFD.
---
---Raises on elements nested more than 512 deep, as k6 does.
---@param source string
---@return k6.html.Selection document its root, whose `find` searches all of it
function html.parseHTML(source) end

---Nodes of a document in an order. The methods return new selections; `end` leads back. Where a method takes a
---selector it takes a Selection or an Element too, unless it says `string`.
---@class k6.html.Selection
---@field url string the address of the page; "" from parseHTML
local Selection = {}

---@alias k6.html.Which string | k6.html.Selection | k6.html.Element
---@alias k6.html.Test k6.html.Which | fun(index: integer, selection: k6.html.Selection): any

---The nodes and those of `what`; a selector is looked for in the whole document.
---@param what k6.html.Which
---@return k6.html.Selection
function Selection:add(what) end

---The value of an attribute of the first node.
---@param name string
---@param default? any when it has none
---@return any value nil without the attribute and a default
function Selection:attr(name, default) end

---The elements that are children.
---@param selector? k6.html.Which only those
---@return k6.html.Selection
function Selection:children(selector) end

---The first of each node and its ancestors that `what` means.
---@param what k6.html.Which
---@return k6.html.Selection
function Selection:closest(what) end

---The children, texts and comments too.
---@return k6.html.Selection
function Selection:contents() end

---A `data-` attribute of the first node, or all of them by name in camel case ("user-id" is userID). Numbers, booleans and JSON are converted; "", "null" and "undefined" are nil.
---@param name? string "userId" or "user-id"
---@return any
function Selection:data(name) end

---Calls `fn` for every node.
---@param fn fun(index: integer, element: k6.html.Element)
---@return k6.html.Selection self
function Selection:each(fn) end

---The selection that this one was made from. `end` is a word of Lua: `selection["end"](selection)`, or `selection:end_()`.
---@return k6.html.Selection
Selection["end"] = function(self) end

---The same as `end`.
---@return k6.html.Selection
function Selection:end_() end

---The node at a position.
---@param index integer from 0; negative ones count from the end
---@return k6.html.Selection selection empty when there is none
function Selection:eq(index) end

---The nodes that `test` means or returns something true for.
---@param test k6.html.Test
---@return k6.html.Selection
function Selection:filter(test) end

---The descendants that `what` means, in the document's order.
---@param what k6.html.Which
---@return k6.html.Selection
function Selection:find(what) end

---The first node.
---@return k6.html.Selection
function Selection:first() end

---The node at a position as an Element, or a list of all.
---@param index? integer from 0; negative ones count from the end
---@return k6.html.Element | k6.html.Element[] | nil
function Selection:get(index) end

---The nodes that have a descendant which `what` means.
---@param what k6.html.Which
---@return k6.html.Selection
function Selection:has(what) end

---What is inside the first node, as HTML.
---@return string
function Selection:html() end

---The position of the first node among its siblings; in what a selector finds in the document; or the position here of the first node of `what`.
---@param what? k6.html.Which
---@return integer index from 0; -1 when it is not there
function Selection:index(what) end

---Whether `test` means one of the nodes, or returns something true for it.
---@param test k6.html.Test
---@return boolean
function Selection:is(test) end

---The last node.
---@return k6.html.Selection
function Selection:last() end

---What `fn` returns for every node. Unlike in k6 an error in it ends the call, and nil is left out.
---@param fn fun(index: integer, selection: k6.html.Selection): any
---@return any[]
function Selection:map(fn) end

---The element after each node.
---@param selector? k6.html.Which only those
---@return k6.html.Selection
function Selection:next(selector) end

---All elements after each node.
---@param selector? k6.html.Which only those
---@return k6.html.Selection
function Selection:nextAll(selector) end

---The elements after each node up to `last`.
---@param last? k6.html.Which not included; all when absent
---@param selector? k6.html.Which only those
---@return k6.html.Selection
function Selection:nextUntil(last, selector) end

---The nodes that `test` does not mean. `not` is a word of Lua: `selection["not"](selection, test)`, or `selection:not_(test)`.
---@param test k6.html.Test
---@return k6.html.Selection
Selection["not"] = function(self, test) end

---The same as `not`.
---@param test k6.html.Test
---@return k6.html.Selection
function Selection:not_(test) end

---The parent of each node.
---@param selector? k6.html.Which only those
---@return k6.html.Selection
function Selection:parent(selector) end

---The ancestors, nearest first.
---@param selector? k6.html.Which only those
---@return k6.html.Selection
function Selection:parents(selector) end

---The ancestors up to `last`.
---@param last? k6.html.Which not included; all when absent
---@param selector? k6.html.Which only those
---@return k6.html.Selection
function Selection:parentsUntil(last, selector) end

---The element before each node.
---@param selector? k6.html.Which only those
---@return k6.html.Selection
function Selection:prev(selector) end

---All elements before each node, nearest first.
---@param selector? k6.html.Which only those
---@return k6.html.Selection
function Selection:prevAll(selector) end

---The elements before each node up to `last`.
---@param last? k6.html.Which not included; all when absent
---@param selector? k6.html.Which only those
---@return k6.html.Selection
function Selection:prevUntil(last, selector) end

---The fields of a form, or those selected, as application/x-www-form-urlencoded.
---@return string
function Selection:serialize() end

---The fields of a form, or those selected.
---@return { name: string, value: string | string[] }[]
function Selection:serializeArray() end

---The fields of a form, or those selected, by name.
---@return table<string, string | string[]>
function Selection:serializeObject() end

---The other children of each node's parent.
---@param selector? k6.html.Which only those
---@return k6.html.Selection
function Selection:siblings(selector) end

---What `find` would return first.
---@param selector string
---@return k6.html.Selection
function Selection:single(selector) end

---How many nodes there are.
---@return integer
function Selection:size() end

---The nodes from one position up to another.
---@param first integer from 0; negative ones count from the end
---@param last? integer not included
---@return k6.html.Selection
function Selection:slice(first, last) end

---The texts in the nodes, one after the other.
---@return string
function Selection:text() end

---A list of selections of one node each.
---@return k6.html.Selection[]
function Selection:toArray() end

---The value of a field: a list for a select with `multiple`; nil for what is no field.
---@return string | string[] | nil
function Selection:val() end

---A node. Beside the methods here, which all nodes have, elements have those properties of the DOM as methods that k6
---gives to their tag: `href`, `hash`, `host` and the like of links, `value`, `name`, `checked`, `form` and `labels` of
---fields, `rows` of tables. A property that reflects an attribute is "" without it, false when it is a flag.
---@class k6.html.Element
local Element = {}

---The attributes by name.
---@return table<string, k6.html.Attribute>
function Element:attributes() end

---How many children are elements.
---@return integer
function Element:childElementCount() end

---The children, texts and comments too.
---@return k6.html.Element[]
function Element:childNodes() end

---The children that are elements.
---@return k6.html.Element[]
function Element:children() end

---The words of the attribute `class`.
---@return string[]
function Element:classList() end

---The attribute `class`.
---@return string | nil
function Element:className() end

---Whether `other` is a descendant.
---@param other k6.html.Element
---@return boolean
function Element:contains(other) end

---The first child of any kind.
---@return k6.html.Element | nil
function Element:firstChild() end

---The first child that is an element.
---@return k6.html.Element | nil
function Element:firstElementChild() end

---The last child of any kind.
---@return k6.html.Element | nil
function Element:lastChild() end

---The last child that is an element.
---@return k6.html.Element | nil
function Element:lastElementChild() end

---The element after this one.
---@return k6.html.Element | nil
function Element:nextElementSibling() end

---The node after this one.
---@return k6.html.Element | nil
function Element:nextSibling() end

---The parent, if it is an element.
---@return k6.html.Element | nil
function Element:parentElement() end

---The parent.
---@return k6.html.Element | nil
function Element:parentNode() end

---The element before this one.
---@return k6.html.Element | nil
function Element:previousElementSibling() end

---The node before this one.
---@return k6.html.Element | nil
function Element:previousSibling() end

---The document.
---@return k6.html.Element | nil
function Element:ownerDocument() end

---The value of an attribute.
---@param name string
---@return string | nil
function Element:getAttribute(name) end

---An attribute.
---@param name string
---@return k6.html.Attribute | nil
function Element:getAttributeNode(name) end

---The descendants with a class.
---@param name string
---@return k6.html.Element[]
function Element:getElementsByClassName(name) end

---The descendants with a tag.
---@param name string
---@return k6.html.Element[]
function Element:getElementsByTagName(name) end

---Whether there is an attribute `name`.
---@param name string
---@return boolean
function Element:hasAttribute(name) end

---Whether there are attributes.
---@return boolean
function Element:hasAttributes() end

---Whether there are children.
---@return boolean
function Element:hasChildNodes() end

---The attribute `id`.
---@return string
function Element:id() end

---What is inside, as HTML.
---@return string
function Element:innerHTML() end

---Whether this is an element of HTML, not of SVG or MathML.
---@return boolean
function Element:isDefaultNamespace() end

---Whether the same HTML is inside both.
---@param other k6.html.Element
---@return boolean
function Element:isEqualNode(other) end

---Whether both are the same node.
---@param other k6.html.Element
---@return boolean
function Element:isSameNode(other) end

---The attribute `lang`.
---@return string | nil
function Element:lang() end

---Whether a selector means this element.
---@param selector string
---@return boolean
function Element:matches(selector) end

---The address of the namespace.
---@return string
function Element:namespaceURI() end

---The tag in lower case, or "#text", "#comment", "#document".
---@return string
function Element:nodeName() end

---1 for elements, 3 texts, 8 comments, 9 the document, 10 its type.
---@return integer
function Element:nodeType() end

---The text of a text; "" for a comment, as in k6.
---@return string | nil
function Element:nodeValue() end

---The first descendant that a selector means.
---@param selector string
---@return k6.html.Element | nil
function Element:querySelector(selector) end

---The descendants that a selector means.
---@param selector string
---@return k6.html.Element[]
function Element:querySelectorAll(selector) end

---The selection of this node.
---@return k6.html.Selection
function Element:selection() end

---The text inside.
---@return string
function Element:textContent() end

---"[object html.Node]", or the address of a link.
---@return string
function Element:toString() end

---@class k6.html.Attribute
---@field name string
---@field value string
---@field owner_element k6.html.Element
local Attribute = {}

---The name without its prefix.
---@return string
function Attribute:localName() end

---The address of the namespace.
---@return string
function Attribute:namespaceURI() end

---"xlink", "xml" or "xmlns" in SVG and MathML, else "".
---@return string
function Attribute:prefix() end

return html

---@meta

-- The module "loadrun/json".

---@class loadrun.json
local json = {}

---JSON's null inside decoded values; compare with `==`.
---@type lightuserdata
json.null = nil

---@class loadrun.json.DecodeOptions
---@field bigint? "number" gives whole numbers of more than 15 digits as numbers, which may lose digits, and not as strings

---Reads a JSON text. Arrays become sequences from 1 and encode as arrays again, even when empty.
---
---Raises when `text` is no string.
---@param text string
---@param options? loadrun.json.DecodeOptions
---@return any value nil when the text is not JSON
---@return string? problem what is wrong with the text
function json.decode(text, options) end

---Writes a value as JSON: keys sorted, whole numbers up to 2^53 in full, NaN and infinities as null. A table is an array
---when its keys are 1 to n; an empty one is an object unless marked by `json.array`.
---
---Raises on functions and other values without a JSON form, and on tables that contain themselves.
---@param value any
---@return string
function json.encode(value) end

---Marks a table as an array, so that it encodes as `[]` when it is empty.
---
---Raises when the argument is neither nil nor a table.
---@generic T
---@param sequence? T[] a new table when absent
---@return T[] sequence the same table
function json.array(sequence) end

return json

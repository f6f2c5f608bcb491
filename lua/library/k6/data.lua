---@meta

-- The module "k6/data": data that all virtual users read without a copy each.

---@class k6.data
local data = {}

---Builds a read-only sequence once per process and shares it between all virtual users. Each access makes a fresh copy
---of the element; a position that does not exist gives nil. The array is a userdata that `#`, `ipairs`, `pairs` and `next`
---accept, but the functions of `table` do not.
---
---Raises outside the init context, when the name is empty, when the function does not return a table, and when an
---element has no JSON form. Writing to the array raises.
---@generic T
---@param name string the same name finds the same array
---@param fn fun(): T[] called by the first VU only
---@return T[] array read-only, indexed from 1
function data.SharedArray(name, fn) end

return data

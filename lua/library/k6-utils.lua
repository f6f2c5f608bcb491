---@meta

-- The module "k6-utils". Random choices repeat under the same `--seed`.

---@class k6.utils
local utils = {}

---A random whole number.
---
---Raises when `min` is greater than `max`.
---@param min integer smallest result
---@param max integer largest result
---@return integer
function utils.randomIntBetween(min, max) end

---A random element.
---@generic T
---@param items T[] a sequence or a SharedArray
---@return T | nil item nil when there are no elements
function utils.randomItem(items) end

---A random text.
---@param length integer in bytes
---@param charset? string the bytes to draw from; the letters a to z when absent
---@return string
function utils.randomString(length, charset) end

---A random UUID of version 4, in lower case.
---@param secure? boolean has no effect: the numbers follow `--seed` in either case
---@return string
function utils.uuidv4(secure) end

---The text between two marks, which are taken literally.
---@param content string
---@param left string
---@param right string
---@return string text of the first match; "" when there is none
---@overload fun(content: string, left: string, right: string, all: true): string[]
function utils.findBetween(content, left, right) end

return utils

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

---The same as `check` of the module "k6".
---@param value any
---@param checks table
---@param tags? table<string, string | number | boolean>
---@return boolean passed
function utils.check(value, checks, tags) end

---Reads a duration.
---
---Raises when the text is none.
---@param text string e.g. "1m30s", "1d2h" or "250" (milliseconds)
---@return number milliseconds
function utils.parseDuration(text) end

---Stages of equal length for a ramping executor: along a bell curve up to `maxVUs` at half time, and down to 0.
---@param maxVUs integer
---@param durationSeconds number of all stages together
---@param numberOfStages? integer 10 when absent; at least 2
---@return { duration: string, target: integer }[]
function utils.normalDistributionStages(maxVUs, durationSeconds, numberOfStages) end

---The index of the stage that runs now.
---
---Raises when the scenario has no stages. The same is true of the two functions below.
---@return integer index from 0, as in k6
function utils.getCurrentStageIndex() end

---Sets the tag `stage` of this VU's samples to the index of the stage that runs now.
function utils.tagWithCurrentStageIndex() end

---Sets the tag `stage_profile` of this VU's samples to what the stage that runs now does: "ramp-up", "steady" or
---"ramp-down".
function utils.tagWithCurrentStageProfile() end

return utils

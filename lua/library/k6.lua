---@meta

-- The module "k6": what every scenario needs.

---@class k6
local k6 = {}

---A check: a function that is given the value, or a result that is known already. It passes when the result is true in
---Lua's sense; 0, "" and NaN fail as well.
---@alias k6.Check<T> (fun(value: T): any) | any

---Tests a value and counts each test in the metric `checks`, with its name as the tag `check`. A failed check does not
---stop the iteration.
---
---Raises when `checks` is no table, when a name contains "::", and what a check function raises, after that check was
---counted as failed.
---@generic T
---@param value T given to every check function
---@param checks table<string, k6.Check<T>> | [string, k6.Check<T>][] by name, evaluated in the order of the names; a list of pairs keeps its own order
---@param tags? table<string, string | number | boolean> added to the samples
---@return boolean passed true when all checks passed
function k6.check(value, checks, tags) end

---Calls a function and tags what it measures with the group's name; groups nest. The time it takes, in milliseconds,
---goes to the metric `group_duration`.
---
---Raises when the name contains "::", and what the function raises.
---@generic T
---@param name string
---@param fn fun(): T
---@return T result what the function returned
function k6.group(name, fn) end

---Suspends this virtual user; others keep running.
---
---Raises in the init context, and where a VU cannot be suspended (inside a `table.sort` or `string.gsub` callback).
---@param seconds number fractions are allowed; zero or less gives way once
function k6.sleep(seconds) end

---Ends the iteration by raising an error, which is logged with the line of the call.
---@param message? string
function k6.fail(message) end

return k6

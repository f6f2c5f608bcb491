---@meta

-- The module "k6": what every scenario needs.

---@class k6
local k6 = {}

---A check: a function that is given the value, or a result that is known already. It passes when the result is true in
---Lua's sense; 0, "", NaN and `json.null` fail as well.
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

---Random choices of this VU follow `seed` from here on, instead of the run's `--seed`.
---
---Raises when `seed` is no number.
---@param seed number its whole part counts
function k6.randomSeed(seed) end

---A line of execution beside others in one virtual user. The iteration lasts until all of its tasks have ended. An error
---that nobody awaits fails the iteration when it ends.
---@class k6.Task
local Task = {}

---Waits until the task has ended.
---
---Raises the task's error, and when the task was cancelled, when it is the caller itself, when tasks wait for each other,
---and where a VU cannot be suspended (inside a `table.sort` or `string.gsub` callback).
---@return any ... what the task's function returned
function Task:await() end

---Ends the task where it waits; its request or sleep is dropped. Who awaits it gets an error.
---
---Raises when the task is the caller itself.
---@return boolean cancelled false when it had ended already
function Task:cancel() end

---Starts a function beside the code that runs; it begins when that waits or ends.
---
---Raises in the init context and when `fn` is no function.
---@param fn function
---@param ... any arguments of `fn`, up to 19
---@return k6.Task
function k6.spawn(fn, ...) end

---Waits for all of several tasks.
---
---Raises the first error, while the others run on; when the argument is no table; and where `Task:await` does.
---@generic K
---@param entries table<K, k6.Task | function> functions are spawned first
---@return table<K, any> results the first value that each returned, under its key
function k6.all(entries) end

return k6

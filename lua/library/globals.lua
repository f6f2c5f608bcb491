---@meta

-- What every script finds without `require`.

---Number of the virtual user that runs the code, from 1; 0 while the script is loaded for the first time.
---@type integer
__VU = 0

---Number of this VU's current iteration, from 0.
---@type integer
__ITER = 0

---Environment variables: the system's and those given with `-e NAME=VALUE`, which win.
---@type table<string, string>
__ENV = {}

---A file that requests can send without its content ever being in memory, however large it is. It is opened once, for all
---virtual users; what is sent is what it held then.
---@class loadrun.FileStream: userdata

---Reads a whole file, or opens one for uploads.
---
---Raises outside the init context (the top level of a script), when the file cannot be read, and when a VU opens a file
---that the first load of the script did not open.
---@param path string relative to the folder of the scenario; not empty
---@param mode? "b" | "stream" "b" has no effect: the content is bytes in either case
---@return string content its bytes
---@overload fun(path: string, mode: "stream"): loadrun.FileStream
function open(path, mode) end

---Writes to the log, each line with the field `source=console`, or to the file of `--console-output`. Tables are shown as
---Lua would write them, a response as a table of its fields.
---@class loadrun.console
console = {}

---Logs at level info.
---@param ... any joined by single spaces
function console.log(...) end

---Logs at level info.
---@param ... any joined by single spaces
function console.info(...) end

---Logs at level warning.
---@param ... any joined by single spaces
function console.warn(...) end

---Logs at level error.
---@param ... any joined by single spaces
function console.error(...) end

---Logs at level debug, which is shown only with `--verbose`.
---@param ... any joined by single spaces
function console.debug(...) end

---The same as `console.log`.
---@param ... any joined by single spaces
function print(...) end

---`require("k6/timers").setTimeout`
---@param fn fun(...) what to call
---@param delay? number milliseconds
---@param ... any the arguments of `fn`
---@return integer id for clearTimeout
function setTimeout(fn, delay, ...) end

---`require("k6/timers").clearTimeout`
---@param id? integer what setTimeout returned
function clearTimeout(id) end

---`require("k6/timers").setInterval`
---@param fn fun(...) what to call
---@param delay? number milliseconds
---@param ... any the arguments of `fn`
---@return integer id for clearInterval
function setInterval(fn, delay, ...) end

---`require("k6/timers").clearInterval`
---@param id? integer what setInterval returned
function clearInterval(id) end

---A scenario that searches the highest rate which holds an objective: `docs/capacity.md`. Annotate it to have its fields
---checked: `---@type loadrun.CapacityScenario`.
---@class loadrun.CapacityScenario
---@field executor "capacity"
---@field start integer the first rate, in iterations per timeUnit
---@field maxRate integer the highest one that is tried
---@field factor? number from a rate to the next one up, more than 1; 1.5 if absent
---@field stepDuration? string|number the longest that a rate is probed; "5s" if absent
---@field settle? string|number the beginning of each probe, which is not measured; "1s" if absent
---@field timeUnit? string|number "1s" if absent
---@field preAllocatedVUs integer
---@field maxVUs? integer preAllocatedVUs if absent
---@field objective table<string, string[]> expressions by metric, as in thresholds
---@field startTime? string|number
---@field gracefulStop? string|number "30s" if absent
---@field exec? string name of the exported function that is an iteration; "default" if absent
---@field env? table<string, string>
---@field tags? table<string, string>

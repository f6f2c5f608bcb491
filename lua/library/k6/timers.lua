---@meta

-- The module "k6/timers": functions that are called later, each as a task of its own, which may wait. The iteration lasts
-- until they were called or cleared; an error in one ends it. The two that set a timer raise in the init context and when
-- `fn` is no function.

---@class k6.timers
local timers = {}

---Calls a function once.
---@param fn function
---@param delay? number milliseconds; what is no positive number is no delay
---@param ... any arguments of `fn`
---@return integer id for `clearTimeout`
function timers.setTimeout(fn, delay, ...) end

---Calls a function again and again, each time `delay` after its last call has ended, until it is cleared.
---@param fn function
---@param delay? number milliseconds; what is no positive number is no delay
---@param ... any arguments of `fn`
---@return integer id for `clearInterval`
function timers.setInterval(fn, delay, ...) end

---Drops a timer. A function that clears its own timer runs on to its end.
---@param id? integer one that is over or was never given has no effect
function timers.clearTimeout(id) end

---Drops a timer, as `clearTimeout` does.
---@param id? integer
function timers.clearInterval(id) end

return timers

#!/usr/bin/env loadrun
local co = coroutine.wrap(function() for i = 1, 1e9 do coroutine.yield(i) end end)
pcall(function() while true do co() end end)
local s = "x" pcall(function() while true do s = s .. s end end)
console.log(s:sub(1, 10), { nested = { { s = 1 } } }, print, nil)
return setmetatable({ default = function() end, options = { stages = { { duration = "1s", target = 2 } } } }, {})

local t = { [1] = 1, [3] = 3, [0.5] = 0, [true] = 1, x = 0 / 0, y = 1 / 0, z = -0.0 }
t.t = t
local m = setmetatable({}, { __index = function(_, k) return k end, __pairs = function() error("no") end, __len = function() return 3 end })
return { options = { vus = m, stages = t, tags = { f = print, n = json }, ["\255"] = "\0\255" }, default = print }

-- Virtual users that only wait: what their timers cost.
local sleep = require("k6").sleep

return {
  default = function()
    sleep(0.01)
  end,
}

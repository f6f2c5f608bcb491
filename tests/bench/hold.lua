-- A connection per VU that stays open: what it costs in memory.
local http = require "k6/http"
local k6 = require "k6"

return {
  default = function()
    local res = http.get(__ENV.URL)
    if res.status ~= 200 then k6.fail(res.error) end
    k6.sleep(tonumber(__ENV.HOLD))
  end,
}

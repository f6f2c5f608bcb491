-- A request and a check: what ./dev bench measures.
local http = require "k6/http"
local k6 = require "k6"

local URL = __ENV.URL
local CHECKS = {
  ["is 200"] = function(res) return res.status == 200 end,
}

return {
  default = function()
    k6.check(http.get(URL), CHECKS)
  end,
}

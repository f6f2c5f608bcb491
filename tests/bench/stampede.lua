-- 5,000 VUs with an open connection each send a request at the same instant.
local http = require "k6/http"
local URL = __ENV.URL

return {
  options = {
    scenarios = {
      stampede = {
        executor = "per-vu-iterations",
        vus = tonumber(__ENV.VUS),
        iterations = 1,
        prepare = "warm",
        startAt = "T+" .. __ENV.START,
      },
    },
  },
  warm = function() http.get(URL .. "warm") end,
  default = function() http.get(URL .. "go") end,
}

-- A short soak with a report of its own: each user reads two pages at the same time, as a browser does, and the results go
-- to a file and a line that a chat message can quote.
--
--   coupon-target --port 8080 --pool 20 --row-lock off &
--   loadrun run -e BASE=http://127.0.0.1:8080 -e REPORT=report.json examples/coupon/report.lua

local exec = require "k6/execution"
local http = require "k6/http"
local k6 = require "k6"
local json = require "loadrun/json"

local BASE = assert(__ENV.BASE, "name the server: -e BASE=http://127.0.0.1:8080")
local REPORT = __ENV.REPORT or "report.json"

local function read_coupons(user_id)
  return http.get(BASE .. "/api/commerce/mycoupon/" .. user_id, {
    tags = { name = BASE .. "/api/commerce/mycoupon/{userId}" },
  })
end

return {
  options = { vus = 10, duration = "3s" },

  -- There is no point in measuring a server that does not answer.
  setup = function()
    local res = read_coupons(1)
    if res.status ~= 200 then
      exec.test.abort("the server answers " .. res.status)
    end
  end,

  default = function()
    -- Both requests are in flight together; `all` waits for both.
    local pages = k6.all({
      own = function() return read_coupons(exec.vu.idInTest) end,
      other = function() return read_coupons(exec.vu.idInTest + 1000) end,
    })
    k6.check(pages, {
      ["both pages came"] = function(p) return p.own.status == 200 and p.other.status == 200 end,
    })
    k6.sleep(0.1)
  end,

  -- Takes the place of the summary on the terminal.
  handleSummary = function(data)
    local duration = data.metrics.http_req_duration.values
    local line = string.format("%d requests, p(95) %.1f ms, %.1f%% of checks passed\n",
      data.metrics.http_reqs.values.count, duration["p(95)"], data.metrics.checks.values.rate * 100)
    return { stdout = line, [REPORT] = json.encode(data) }
  end,
}

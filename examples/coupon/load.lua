-- A day at the coupon counter in 46 seconds: users come, the crowd peaks at 600, and they leave.
--
--   coupon-target --port 8080 &
--   loadrun run -e BASE=http://127.0.0.1:8080 examples/coupon/load.lua

local http = require "k6/http"
local k6 = require "k6"
local json = require "loadrun/json"
local utils = require "k6-utils"

local BASE = assert(__ENV.BASE, "name the server: -e BASE=http://127.0.0.1:8080")
local COUPON_ID = 3

-- So many that hardly anybody is drawn twice: a second coupon for one user is answered 409.
local USERS = 1000000

local function issue_coupon(user_id)
  local body = json.encode({ couponId = COUPON_ID, issueAt = os.date("%Y-%m-%dT%H:%M:%S") })
  return http.patch(BASE .. "/api/commerce/coupon", body, {
    headers = { ["Content-Type"] = "application/json", ["X-User-Id"] = tostring(user_id) },
  })
end

local function read_coupons(user_id)
  return http.get(BASE .. "/api/commerce/mycoupon/" .. user_id, {
    -- Without a name every user's URL would be a time series of its own.
    tags = { name = BASE .. "/api/commerce/mycoupon/{userId}" },
  })
end

local function lists(res, coupon_id)
  for _, coupon in ipairs(res:json("data.coupons")) do
    if coupon.couponId == coupon_id then
      return true
    end
  end
  return false
end

return {
  options = {
    -- The number of VUs moves in a straight line to each target.
    stages = {
      { duration = "1s", target = 5 },
      { duration = "5s", target = 100 },
      { duration = "5s", target = 200 },
      { duration = "5s", target = 300 },
      { duration = "5s", target = 400 },
      { duration = "10s", target = 600 },
      { duration = "10s", target = 500 },
      { duration = "5s", target = 0 },
    },
  },

  -- What one virtual user does, again and again, each time as somebody else.
  default = function()
    local user_id = utils.randomIntBetween(1, USERS)

    local res = issue_coupon(user_id)
    local issued = k6.check(res, {
      ["쿠폰 발급 성공"] = function(r) return r.status == 200 end,
    })
    local coupon_id = issued and res:json("data.couponId") or nil
    k6.sleep(1)

    -- Who was given a coupon must find it again.
    k6.check(read_coupons(user_id), {
      ["쿠폰 조회 성공"] = function(r)
        return r.status == 200 and (not coupon_id or lists(r, coupon_id))
      end,
    })
    k6.sleep(0.5)
  end,
}

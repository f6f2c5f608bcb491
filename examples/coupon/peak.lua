-- The stampede: a coupon opens and 500 people press the button at the same moment.
--
--   coupon-target --port 8080 &
--   loadrun run -e BASE=http://127.0.0.1:8080 examples/coupon/peak.lua

local http = require "k6/http"
local k6 = require "k6"
local json = require "loadrun/json"
local SharedArray = require("k6/data").SharedArray

local BASE = assert(__ENV.BASE, "name the server: -e BASE=http://127.0.0.1:8080")
local COUPON_ID = 3
local USERS = 500

-- Built once for the whole process and read by every VU: user ids 1 to 500 in random order, so that
-- who comes first is another matter than who has the lowest id. `--seed` repeats the order.
local user_ids = SharedArray("user ids", function()
  local ids = {}
  for id = 1, USERS do
    ids[id] = id
  end
  for last = USERS, 2, -1 do
    local pick = math.random(last)
    ids[last], ids[pick] = ids[pick], ids[last]
  end
  return ids
end)

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
    vus = USERS,
    iterations = USERS,
    -- Crossed: exit code 99.
    thresholds = { http_req_duration = { "p(95)<500" } },
  },

  -- What one virtual user does, once.
  default = function()
    local user_id = user_ids[__VU]

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

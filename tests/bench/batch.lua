-- 20 requests, one after the other or in a batch.
local http = require "k6/http"
local URL = __ENV.URL
local requests = {}
for i = 1, 20 do
  requests[i] = URL
end

local function one_by_one()
  for _ = 1, 20 do
    http.get(URL)
  end
end

local function batch()
  http.batch(requests)
end

return {
  options = { vus = 1, iterations = tonumber(__ENV.ITERATIONS), batchPerHost = 20 },
  default = __ENV.BATCH == "yes" and batch or one_by_one,
}

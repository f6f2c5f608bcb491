local suite = require "./lib/suite"
local test, equal, raises = suite.test, suite.equal, suite.raises
local http = require "k6/http"
local BASE = __ENV.BASE

-- Nothing may be sent before the run begins.
raises("init context", http.get, BASE .. "/ok")

test("a response has these fields", function()
  local res = http.get(BASE .. "/ok")
  equal(res.status, 200)
  equal(res.status_text, "200 OK")
  equal(res.body, "ok")
  equal(res.proto, "HTTP/1.1")
  equal(res.error, "")
  equal(res.error_code, 0)
  equal(res.url, BASE .. "/ok")
  equal(res.request.method, "GET")
  equal(res.remote_ip, "127.0.0.1")
  equal(res.headers["Content-Length"], "2")
  equal(res.tls_version, "")
  equal(res.unknown, nil)
end)

test("and they cannot be written", function()
  local res = http.get(BASE .. "/ok")
  raises("read-only", function() res.status = 500 end)
end)

test("timings add up", function()
  local t = http.get(BASE .. "/late").timings
  equal(math.abs(t.duration - (t.sending + t.waiting + t.receiving)) < 0.001, true)
  equal(t.duration >= 190, true)
  equal(t.tls_handshaking, 0)
end)

test("every method", function()
  for name, method in pairs({ get = "GET", head = "HEAD", post = "POST", put = "PUT", patch = "PATCH", del = "DELETE", options = "OPTIONS" }) do
    if name ~= "head" then equal(http[name](BASE .. "/ok").request.method, method) end
  end
  equal(http.request("PURGE", BASE .. "/ok").request.method, "PURGE")
end)

test("a timeout is an answer with status 0", function()
  local res = http.get(BASE .. "/late", { timeout = 50 })
  equal({ res.status, res.error_code, res.error }, { 0, 1050, "request timeout" })
  equal(res.body, nil)
  res = http.get(BASE .. "/late", { timeout = "50ms" })
  equal(res.error_code, 1050)
end)

test("bodies that break are errors", function()
  local res = http.get(BASE .. "/cut-body")
  equal({ res.status, res.error_code }, { 0, 1000 })
  raises("body is null", function() return res:json() end)
end)

test("a body that is no JSON", function()
  local res = http.get(BASE .. "/ok")
  raises("cannot parse json", function() return res:json() end)
  equal(res:json("a.b"), nil)
end)

test("several responses live side by side", function()
  local all = {}
  for i = 1, 5 do all[i] = http.get(BASE .. "/ok") end
  for i = 1, 5 do equal(all[i].body, "ok") end
end)

test("wrong arguments raise", function()
  raises("URL", http.get)
  raises("URL", http.get, {})
  raises("body", http.post, BASE .. "/ok", true)
  raises("timeout", http.get, BASE .. "/ok", { timeout = "soon" })
  raises("headers", http.get, BASE .. "/ok", { headers = "x" })
  raises("responseType", http.get, BASE .. "/ok", { responseType = "json" })
  raises("tag 'a'", http.get, BASE .. "/ok", { tags = { a = {} } })
end)

return { default = suite.run }

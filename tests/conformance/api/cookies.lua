local suite = require "./lib/suite"
local test, equal, raises = suite.test, suite.equal, suite.raises
local http = require "k6/http"
local BASE = __ENV.BASE

raises("Making cookie jars in the init context is not supported", http.cookieJar)
local of_init = http.CookieJar()
of_init:set(BASE, "init", "1")

test("a jar of the init context is the VU's own", function()
  equal(of_init:cookiesForURL(BASE).init[1], "1")
  equal(of_init:cookiesForURL(BASE).mine, nil)
end)

test("the VU's jar begins empty", function()
  equal(next(http.cookieJar():cookiesForURL(BASE)), nil)
  http.cookieJar():set(BASE, "mine", __VU .. ":" .. __ITER)
  equal(http.cookieJar():cookiesForURL(BASE).mine[1], __VU .. ":" .. __ITER)
end)

test("a response without cookies has none", function()
  local res = http.get(BASE .. "/ok", { jar = of_init })
  equal(next(res.cookies), nil)
  equal(res.request.cookies.init[1].value, "1")
end)

test("methods raise on misuse", function()
  local jar = http.CookieJar()
  raises("call it with a colon", jar.set, BASE, "a", "b")
  raises("unsupported protocol scheme", jar.set, jar, "h.test", "a", "b")
  raises("params.jar: expected a jar", http.get, BASE .. "/ok", { jar = 5 })
  raises("params.cookies: expected a table", http.get, BASE .. "/ok", { cookies = 5 })
end)

return { default = suite.run }

"""Cookies of k6/http, judged by what servers got: k6's conformance cases, jars, iterations, options."""

import json
import os
import unittest

from support.cookie_server import CookieServer
from support.run_loadrun import LoadrunTest

DATA = os.path.join(os.path.dirname(__file__), os.pardir, "conformance", "data", "http.jsonl")

TOP = 'local http, json, k6 = require "k6/http", require "loadrun/json", require "k6"\n'

# k6's JavaScript in Lua. It returns what the case is about; the next request's cookies are the server's to tell.
CASES = {
    'http.request("GET","BASE/cookies/set?key=value",null,{redirects:0}).cookies.key[0]': """
        return http.request("GET", BASE .. "/cookies?set=key%3Dvalue&to=/x", nil, { redirects = 0 }).cookies.key[1]""",
    'jar=http.cookieJar(); jar.set("BASE/cookies","key","value"); http.get("BASE/cookies",{cookies:{key2:"value2"}})': """
        local jar = http.cookieJar()
        jar:set(BASE .. "/cookies", "key", "value")
        http.get(BASE .. "/cookies", { cookies = { key2 = "value2" } })
        return jar:cookiesForURL(BASE .. "/cookies")""",
    'http.get("BASE/cookies",{cookies:{key:"value"}})': """
        http.get(BASE .. "/cookies", { cookies = { key = "value" } })
        return http.cookieJar():cookiesForURL(BASE .. "/cookies")""",
    'jar.set("BASE/cookies","key","value",{path:"/cookies"}); jar.set("BASE/cookies","key2","value2",{path:"/some-other-path"})': """
        local jar = http.cookieJar()
        jar:set(BASE .. "/cookies", "key", "value", { path = "/cookies" })
        jar:set(BASE .. "/cookies", "key2", "value2", { path = "/some-other-path" })
        http.get(BASE .. "/cookies")""",
    'jar.set(url,"key","value",{expires:"Sun, 24 Jul 1983 17:01:02 GMT"})': """
        http.cookieJar():set(BASE .. "/cookies", "key", "value", { expires = "Sun, 24 Jul 1983 17:01:02 GMT" })
        http.get(BASE .. "/cookies")""",
    'jar.set(url,"key","value",{expires:"Sat, 24 Jul 2083 17:01:02 GMT"})': """
        http.cookieJar():set(BASE .. "/cookies", "key", "value", { expires = "Sat, 24 Jul 2083 17:01:02 GMT" })
        http.get(BASE .. "/cookies")""",
    'jar.set(httpsUrl,"key","value",{secure:true}); http.get(httpsUrl)': """
        http.cookieJar():set(TLS .. "/cookies", "key", "value", { secure = true })
        http.get(TLS .. "/cookies")""",
    'jar=new http.CookieJar(); jar.set(url,"key","value"); http.get(url,{cookies:{key2:"value2"},jar:jar})': """
        local jar = http.CookieJar()
        jar:set(BASE .. "/cookies", "key", "value")
        http.get(BASE .. "/cookies", { cookies = { key2 = "value2" }, jar = jar })
        return jar:cookiesForURL(BASE .. "/cookies")""",
    'jar.set(url,"key1","value1"); jar.set(url,"key2","value2"); jar.delete(url,"key1"); http.get(url)': """
        local jar = http.cookieJar()
        jar:set(BASE .. "/cookies", "key1", "value1")
        jar:set(BASE .. "/cookies", "key2", "value2")
        jar:delete(BASE .. "/cookies", "key1")
        http.get(BASE .. "/cookies")""",
    "GET A redirects to https://D/set-cookie (sets key-foo=value-bar Domain=D)": """
        http.get(BASE .. "/?to=" .. TLS .. "/set-cookie?set=key-foo%253Dvalue-bar;Domain=localhost")
        local values = {}
        for name, list in pairs(http.cookieJar():cookiesForURL(TLS)) do values[name] = list[1] end
        return values""",
    "GET A redirects to D/set (sets key-foo Path=/set-cookie-and-redirect) which redirects to B": """
        http.get(BASE .. "/?to=" .. OTHER .. "/set?set=key-foo%253Dbar;Path=/set-cookie-and-redirect%26to=" .. BASE)
        local jar = http.cookieJar()
        return { jar:cookiesForURL(OTHER .. "/set-cookie-and-redirect")["key-foo"] or "none",
          jar:cookiesForURL(OTHER .. "/set")["key-foo"] or "none", jar:cookiesForURL(BASE .. "/set-cookie-and-redirect") }""",
}


def cases():
    with open(DATA, encoding="utf-8") as lines:
        facts = [json.loads(line) for line in lines]
    return [fact for fact in facts if fact["area"] == "http.cookies"]


class CookiesTest(LoadrunTest):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(CookieServer())

    def returned(self, code, *arguments, **options):
        """What the iteration `code` returns, per iteration."""
        script = TOP + "local BASE, TLS, OTHER = __ENV.BASE, __ENV.TLS, __ENV.OTHER\n"
        script += f"local function run() {code}\nend\nreturn function() console.log(json.encode(run() or {{}})) end"
        run = self.loadrun(script, "-q", "-e", f"BASE={self.server.url}", *arguments, **options)
        self.assertNotIn("level=error", run.stderr, str(run))
        return [json.loads(text) for text in run.said()]


class ConformanceTest(CookiesTest):
    """The cases `http.cookies` of k6."""

    def setUp(self):
        super().setUp()
        self.tls = self.enterContext(CookieServer("localhost", tls=True))
        self.other = self.enterContext(CookieServer("127.0.0.2"))

    def result_of(self, script):
        [result] = self.returned(
            CASES[script], "--insecure-skip-tls-verify", "-e", f"TLS={self.tls.url}", "-e", f"OTHER={self.other.url}"
        )
        return result

    def check(self, result, expected):
        """Checks each of the things that `expected` says, and that it is one of those known here."""
        for what, value in expected.items():
            if what == "keys":
                self.assertEqual(sorted(result), sorted(value))
            elif what == "value":
                self.assertEqual(result["value"], value)
            elif what == "sent":
                server = self.tls if self.tls.got else self.server
                self.assertEqual(server.cookies(), value)
            elif what in ("jar_after", "jar_for_D"):
                self.assertEqual(result or {}, value)
            else:
                self.assertEqual((what, value), ("jar_for", "only D/set-cookie-and-redirect has key-foo"))
                self.assertEqual(result, [["bar"], "none", {}])
                self.assertEqual([server.got[-1] for server in (self.server, self.other)], [("/", ""), ("/set", "")])

    def test_cases(self):
        for case in cases():
            with self.subTest(case["input"]["script"]):
                for server in (self.server, self.tls, self.other):
                    server.got.clear()
                self.check(self.result_of(case["input"]["script"]), case["expected"])

    def test_every_case_is_driven(self):
        self.assertEqual({case["input"]["script"] for case in cases()}, set(CASES))


class RequestTest(CookiesTest):
    """What a request sends, and in which order."""

    def got(self):
        return [cookies for _, cookies in self.server.got]

    def test_a_response_fills_the_jar_and_hosts_are_told_apart(self):
        self.returned("""
            http.get(BASE .. "/a/b?set=a%3D1&set=b%3D2;Path=/&set=c%3D3;Domain=other.test&set=d%3D4;Max-Age=0")
            http.get(BASE .. "/a/c")
            http.get(BASE .. "/")
            http.get((BASE:gsub("127.0.0.1", "localhost")) .. "/a/c")""")
        self.assertEqual(self.got(), ["", "a=1; b=2", "b=2", ""])

    def test_own_header_then_params_then_jar(self):
        self.returned("""
            http.cookieJar():set(BASE, "a", "jar")
            http.cookieJar():set(BASE, "b", "jar")
            local params = { cookies = { b = { value = "2", replace = true }, a = "1", c = "x y" } }
            http.get(BASE, params)
            params.headers = { Cookie = "own=0" }
            http.get(BASE, params)""")
        params = 'a=1; b=2; c="x y"; a=jar'
        self.assertEqual(self.got(), [params, "own=0; " + params])

    def test_replaced_cookies_stay_in_the_jar(self):
        self.returned("""
            http.cookieJar():set(BASE, "a", "jar")
            http.get(BASE, { cookies = { a = { value = "1", replace = true } } })
            http.get(BASE)""")
        self.assertEqual(self.got(), ["a=1", "a=jar"])

    def test_every_hop_stores_and_sends(self):
        self.returned("""
            local to = "/2/x?set=b%253D2%26set=a%253D;Max-Age=0;Path=/1%26to=/1/3"
            http.get(BASE .. "/1/x?set=a%3D1;Path=/1&set=s%3D0;Path=/&to=" .. to,
              { cookies = { p = "9" }, headers = { Cookie = "own=0" } })
            http.get(BASE .. "/2/y")""")
        self.assertEqual(self.got(), ["own=0; p=9", "p=9; s=0", "p=9; s=0", "b=2; s=0"])

    def test_a_jar_of_its_own_keeps_the_vus_out(self):
        [jars] = self.returned("""
            local own = http.CookieJar()
            http.cookieJar():set(BASE, "vu", "1")
            http.get(BASE .. "/?set=own%3D2", { jar = own })
            http.get(BASE, { jar = own })
            http.get(BASE)
            return { own:cookiesForURL(BASE), http.cookieJar():cookiesForURL(BASE) }""")
        self.assertEqual(self.got(), ["", "own=2", "vu=1"])
        self.assertEqual(jars, [{"own": ["2"]}, {"vu": ["1"]}])

    def test_illegal_bytes_are_left_out_and_said(self):
        script = TOP + """
            return function()
              http.get(__ENV.BASE, { cookies = { a = '1;2"3\\r\\nX: y', ["b\\nc"] = "d" } })
              http.cookieJar():set(__ENV.BASE, "e", "f\\\\g")
              http.get(__ENV.BASE)
            end"""
        run = self.loadrun(script, "-e", f"BASE={self.server.url}")
        self.assertEqual(self.got(), ['a="123X: y"; b-c=d', "e=fg"])
        self.assertIn('cookie "a": invalid byte 0x3b in its value; dropping invalid bytes', run.log)
        self.assertIn('cookie "e": invalid byte 0x5c', run.log)

    def test_a_response_tells_its_cookies_and_those_of_its_request(self):
        [told] = self.returned("""
            local res = http.get(BASE .. "/?set=a%3D1;Max-Age=60;HttpOnly&set=a%3D2;Path=/x", { cookies = { c = "3" } })
            return { res.cookies.a[1].max_age, res.cookies.a[1].http_only, res.cookies.a[2].path,
              res.request.cookies.c[1].value }""")
        self.assertEqual(told, [60, True, "/x", "3"])

    def test_tasks_share_the_jar(self):
        self.returned("""
            local task = k6.spawn(function() http.get(BASE .. "/?set=a%3D1") end)
            task:await()
            http.get(BASE)""")
        self.assertEqual(self.got(), ["", "a=1"])


class JarLifeTest(CookiesTest):
    """Whose a jar is, and for how long."""

    CODE = 'http.get(BASE .. "/?set=n%3D" .. __VU)'

    def got_by(self, code, options, *arguments, env=None):
        script = TOP + f"local BASE = __ENV.BASE\nlocal function run() {code} end\n"
        script += f"return {{ options = {options}, setup = run, prepare = run, default = run, teardown = run }}"
        run = self.loadrun(script, "-q", "-e", f"BASE={self.server.url}", *arguments, env=env)
        self.assertEqual(run.count("iterations"), 6)
        got = sorted(cookies for _, cookies in self.server.got)
        self.server.got.clear()
        return got

    def test_each_iteration_has_a_new_one(self):
        each = '{ scenarios = { s = { executor = "per-vu-iterations", vus = 2, iterations = 3 } } %s }'
        self.assertEqual(self.got_by(self.CODE, each % ""), [""] * 8)
        kept = [""] * 4 + ["n=1"] * 2 + ["n=2"] * 2
        self.assertEqual(self.got_by(self.CODE, each % ", noCookiesReset = true"), kept)
        self.assertEqual(self.got_by(self.CODE, each % "", "--workers", "2", env={"LOADRUN_NO_COOKIES_RESET": "true"}), kept)
        config = self.write("config.json", '{"noCookiesReset": true}')
        self.assertEqual(self.got_by(self.CODE, each % "", "-c", config), kept)
        self.assertEqual(self.got_by(self.CODE, each % ", noCookiesReset = true", env={"LOADRUN_NO_COOKIES_RESET": "false"}), [""] * 8)

    def test_it_survives_closed_connections(self):
        options = '{ scenarios = { s = { executor = "per-vu-iterations", vus = 1, iterations = 6 } }'
        options += ", noCookiesReset = true, noVUConnectionReuse = true }"
        self.assertEqual(self.got_by(self.CODE, options), [""] * 3 + ["n=1"] * 5)

    def test_what_prepare_got_is_there_in_the_first_iteration(self):
        options = '{ scenarios = { s = { executor = "per-vu-iterations", vus = 2, iterations = 3, prepare = "prepare" } } }'
        self.assertEqual(self.got_by(self.CODE, options), [""] * 8 + ["n=1", "n=2"])

    def test_an_interrupted_iteration_takes_its_jar_along(self):
        script = TOP + """
            return {
              options = { scenarios = { s = { executor = "per-vu-iterations", vus = 4, iterations = 1, maxDuration = "1s",
                gracefulStop = "0s" } } },
              default = function()
                http.get(__ENV.BASE .. "/?set=a%3D1")
                k6.sleep(30)
              end,
              teardown = function() http.get(__ENV.BASE) end,
            }"""
        self.loadrun(script, "-q", "-e", f"BASE={self.server.url}")
        self.assertEqual([cookies for _, cookies in self.server.got], [""] * 5)


class BoundsTest(CookiesTest):
    def test_a_server_cannot_fill_a_jar_without_end(self):
        script = TOP + """
            return { options = { iterations = 1 }, default = function()
              for i = 1, 20 do
                local query = {}
                for j = 1, 40 do query[j] = "set=c" .. i .. "_" .. j .. "%3D" .. ("x"):rep(200) end
                http.get(__ENV.BASE .. "/?" .. table.concat(query, "&"))
              end
              local count = 0
              for _ in pairs(http.cookieJar():cookiesForURL(__ENV.BASE)) do count = count + 1 end
              console.log(count)
            end }"""
        run = self.loadrun(script, "-q", "-e", f"BASE={self.server.url}")
        self.assertEqual(run.said(), ["180"])


if __name__ == "__main__":
    unittest.main()

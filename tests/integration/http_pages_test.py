"""res:html, res:submitForm and res:clickLink against a server with forms and links, judged by what it saw."""

import contextlib
import http.server
import json
import os
import threading
import unittest
import urllib.parse

from support.run_loadrun import LoadrunTest

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "conformance", "data", "http.jsonl")

# The form of httpbin's /forms/post, which the cases of submitForm are about.
FORM = """<!DOCTYPE html><html><body><form method="post" action="/post">
<p><label>Customer name: <input name="custname"></label></p>
<p><label>Telephone: <input type=tel name="custtel"></label></p>
<p><label>E-mail address: <input type=email name="custemail"></label></p>
<fieldset><legend> Pizza Size </legend>
<p><label> <input type=radio name=size value="small"> Small </label></p></fieldset>
<fieldset><legend> Pizza Toppings </legend>
<p><label> <input type=checkbox name="topping" value="bacon"> Bacon </label></p></fieldset>
<p><label>Preferred delivery time: <input type=time min="11:00" name="delivery"></label></p>
<p><label>Delivery instructions: <textarea name="comments"></textarea></label></p>
<p><button>Submit order</button></p></form></body></html>"""


class Pages(http.server.BaseHTTPRequestHandler):
    """Pages by path; every request is noted."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.seen.append((self.command, self.path, self.headers.get("Content-Type"), body))
        page = self.server.pages.get(self.path, "").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serve(pages):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.pages, server.seen = pages, []
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def case(area, fragment):
    """The one case of an area whose input contains `fragment`."""
    with open(CASES, encoding="utf-8") as lines:
        found = [one for one in map(json.loads, lines) if one["area"] == area and fragment in json.dumps(one["input"])]
    assert len(found) == 1, (area, fragment, found)
    return found[0]["expected"]


class PagesTest(LoadrunTest):
    def run_on(self, server, path, code, params="nil"):
        """Runs `code` once with `res`, the answer to a GET of `path`; errors are said."""
        script = f"""
        local http = require "k6/http"
        return {{ default = function()
          local res = http.get("{server.url}{path}", {params})
          local ok, problem = pcall(function() {code} end)
          if not ok then print(problem) end
        end }}"""
        return self.loadrun(script, "-i", "1")

    def check_throws(self, expected, code, path="/", params="nil"):
        with serve({"/": "<p>nothing here</p>"}) as server:
            run = self.run_on(server, path, code, params)
            text = expected["throws_contains"].replace("<url>", server.url + path)
            self.assertIn(text, "\n".join(run.said()), str(run))

    def test_submit_form(self):
        expected = case("http.response.submitForm", "custname")
        with serve({"/forms/post": FORM}) as server:
            code = 'res:submitForm({ fields = { custname = "test", extradata = "test2" } })'
            self.run_on(server, "/forms/post", code)
            method, path, kind, body = server.seen[-1]
            self.assertEqual((method, path), (expected["method"], "/post"))
            self.assertEqual(kind, "application/x-www-form-urlencoded")
            self.assertEqual(urllib.parse.parse_qs(body, keep_blank_values=True), expected["form"])

    def test_form_that_is_not_there(self):
        self.check_throws(
            case("http.response.submitForm", "doesNotExist"), 'res:submitForm({ formSelector = "#doesNotExist" })'
        )

    def test_form_with_get(self):
        page = '<form action="/search?old=1"><input name=q value="a b"><input name=n value="&"></form>'
        with serve({"/": page}) as server:
            self.run_on(server, "/", "res:submitForm()")
            self.assertEqual(server.seen[-1], ("GET", "/search?n=%26&q=a+b", None, ""))

    def test_click_link(self):
        expected = case("http.response.clickLink", "links/10/0")
        links = " ".join(f"<a href='/links/10/{n}'>{n}</a>" for n in range(1, 10))
        with serve({"/links/10/0": f"<html><body>0 {links}</body></html>"}) as server:
            self.run_on(server, "/links/10/0", "res:clickLink()")
            self.assertEqual([seen[:2] for seen in server.seen], [("GET", "/links/10/0"), *expected.items()])

    def test_link_that_is_not_there(self):
        self.check_throws(
            case("http.response.clickLink", "doesNotExist"), 'res:clickLink({ selector = "a#doesNotExist" })'
        )

    def test_html_without_a_body(self):
        self.check_throws(case("http.response.html", "responseType"), "res:html()", params='{ responseType = "none" }')

    def test_a_walk_through_pages(self):
        pages = {
            "/": "<a class=next href='shop/list?p=1'>shop</a>",
            "/shop/list?p=1": "<form method=POST action=buy><input type=hidden name=token value=t1></form>",
            "/shop/buy": "<h1 id=done>thanks</h1>",
        }
        with serve(pages) as server:
            code = "res = res:clickLink():submitForm() print(res:html('#done'):text())"
            run = self.run_on(server, "/", code)
            self.assertEqual(run.said(), ["thanks"])
            self.assertEqual(
                [(method, path, body) for method, path, _, body in server.seen],
                [("GET", "/", ""), ("GET", "/shop/list?p=1", ""), ("POST", "/shop/buy", "token=t1")],
            )


if __name__ == "__main__":
    unittest.main()

"""k6's cases of request bodies and content codings, judged by what the server was sent and what the script saw."""

import unittest
import urllib.parse

from support.body_server import Answer, BodyServer, decoded, encoded
from support.conformance_cases import cases
from support.run_loadrun import LoadrunTest

HEAD = """
local http, json = require "k6/http", require "loadrun/json"
local BASE = __ENV.BASE
local function show(name, value) console.log(name .. "=" .. tostring(value)) end
"""

# The JavaScript of the cases in Lua, by the text of the case. An ArrayBuffer is a string of bytes.
SENDS = {
    'http.post("BASE/post","data")': 'http.post(BASE .. "/post", "data")',
    'http.put("BASE/put","data")': 'http.put(BASE .. "/put", "data")',
    **{
        f'http.{method}("BASE/{method}",{{a:"a",b:2,c:["one","two"]}})': (
            f'http.{method}(BASE .. "/{method}", {{ a = "a", b = 2, c = {{ "one", "two" }} }})'
        )
        for method in ("post", "put", "patch")
    },
    **{
        f'http.{method}("BASE/{method}",{{a:"a",b:2}},'
        '{headers:{"Content-Type":"application/x-www-form-urlencoded; charset=utf-8"}})': (
            f'http.{method}(BASE .. "/{method}", {{ a = "a", b = 2 }}, {{ headers = {{ '
            '["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8" } })'
        )
        for method in ("post", "put", "patch")
    },
    "new Uint16Array([104,101,108,108,111]).buffer": r'http.post(BASE, "h\0e\0l\0l\0o\0")',
    "new Uint32Array([104,101,108,108,111]).buffer": (
        r'http.post(BASE, "h\0\0\0e\0\0\0l\0\0\0l\0\0\0o\0\0\0")'
    ),
}
FORMS = {
    '{a:"a", b:2}': '{ a = "a", b = 2 }',
    '{data:"something", another:null, missing:undefined}': (
        '{ data = "something", another = json.null, missing = json.null }'
    ),
    '{a:"x", nested:{inner:1}}': '{ a = "x", nested = { inner = 1 } }',
}
FILES = {
    'http.file(input,"test.bin")': 'http.file("input", "test.bin")',
    'http.file(input,"test.txt","text/plain")': 'http.file("input", "test.txt", "text/plain")',
    'http.file(arrayBuffer,"test-ab.bin")': r'http.file("\0\1", "test-ab.bin")',
    "http.file({})": "http.file({})",
}
RESPONSE_TYPES = {
    "{} ; body utf-8 text": (False, "{}"),
    '{responseType:"binary"}': (False, '{ responseType = "binary" }'),
    "discardResponseBodies=true; {}": (True, "{}"),
    'discardResponseBodies=true; {responseType:"text"}': (True, '{ responseType = "text" }'),
}
LUA_TYPES = {"string": "string", "ArrayBuffer": "string", None: "nil"}
HEADERS = {
    '{headers:{"X-My-Header":"value"}}': '{ headers = { ["X-My-Header"] = "value" } }',
    '{headers:{"host":"k6.io"}}': '{ headers = { host = "k6.io" } }',
}
TEXT = "some text, " * 200


class BodyTest(LoadrunTest):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(BodyServer())

    def run_code(self, code, *arguments, exit_code=0):
        """One iteration of `code`; the run, what it showed, and what the server was sent."""
        script = f"{HEAD}\nreturn function()\n{code}\nend"
        self.server.requests.clear()
        run = self.loadrun(script, "-e", f"BASE={self.server.url}", *arguments, code=exit_code)
        shown = dict(line.split("=", 1) for line in run.said())
        return run, shown, list(self.server.requests)

    def sent_by(self, code):
        run, _, requests = self.run_code(code)
        self.assertEqual(len(requests), 1, str(run))
        return run, requests[0]


class RequestCases(BodyTest):
    def test_bodies(self):
        for given, expected in cases("http.jsonl", "http.body"):
            with self.subTest(given=given):
                _, request = self.sent_by(SENDS[given.get("script") or given["body"]])
                if "Content-Type" in expected:
                    self.assertEqual(request.headers["Content-Type"], expected["Content-Type"])
                if "server_body" in expected:
                    self.assertEqual(request.body.decode(), expected["server_body"])
                if "server_form" in expected:
                    self.assertEqual(urllib.parse.parse_qs(request.body.decode()), expected["server_form"])
                if "bytes_sent_little_endian" in expected:
                    self.assertEqual(list(request.body), expected["bytes_sent_little_endian"])

    def test_forms(self):
        for given, expected in cases("http.jsonl", "http.form_encoding"):
            with self.subTest(given=given):
                run, request = self.sent_by(f"http.post(BASE, {FORMS[given['body']]})")
                self.assertEqual(request.body.decode(), expected["res.request.body"])
                warning = expected["warning"] or "cannot urlencode"
                self.assertEqual(run.log.count(warning), 1 if expected["warning"] else 0, str(run))

    def test_files(self):
        for given, expected in cases("http.jsonl", "http.file"):
            with self.subTest(given=given):
                _, shown, _ = self.run_code(
                    f"""local ok, file = pcall(function() return {FILES[given]} end)
                    show("error", file)
                    if ok then show("filename", file.filename)  show("content_type", file.content_type) end"""
                )
                if "throws_contains" in expected:
                    self.assertIn(expected["throws_contains"], shown["error"])
                else:
                    self.assertEqual({name: shown[name] for name in expected}, expected)

    def test_compression(self):
        for given, expected in cases("http.jsonl", "http.request_compression"):
            with self.subTest(given=given):
                compression = given["params.compression"]
                _, request = self.sent_by(f'http.post(BASE, "{TEXT}", {{ compression = "{compression}" }})')
                codings = request.headers["Content-Encoding"] or ""
                self.assertEqual(codings, expected["Content-Encoding"])
                self.assertEqual(request.headers["Content-Length"], str(len(request.body)))
                self.assertEqual(decoded(codings, request.body).decode(), TEXT)

    def test_headers(self):
        for given, expected in cases("http.jsonl", "http.request_headers"):
            with self.subTest(given=given):
                if "body" in given:
                    length = given["headers"]["Content-Length"]
                    code = f'http.post(BASE, "{given["body"]}", {{ headers = {{ ["Content-Length"] = "{length}" }} }})'
                else:
                    code = f"http.get(BASE, {HEADERS[given['script']]})"
                run, request = self.sent_by(code)
                if "warning" in expected:
                    self.assertEqual("level=warning" in run.stderr, expected["warning"], str(run))
                    self.assertEqual(request.headers["Content-Length"], expected["Content-Length"])
                for name, value in expected.get("sent", {}).items():
                    self.assertEqual(request.headers[name], value)
                if "sent_Host" in expected:
                    self.assertEqual(request.headers["Host"], expected["sent_Host"])


class ResponseCases(BodyTest):
    def test_types(self):
        for given, expected in cases("http.jsonl", "http.responseType"):
            with self.subTest(given=given):
                discard, params = RESPONSE_TYPES[given["params"]]
                arguments = ["--discard-response-bodies"] if discard else []
                _, shown, _ = self.run_code(f'show("type", type(http.get(BASE, {params}).body))', *arguments)
                self.assertEqual(shown["type"], LUA_TYPES[expected["res.body"]])

    def test_decompression(self):
        for given, expected in cases("http.jsonl", "http.response_decompression"):
            with self.subTest(given=given):
                codings = given["Content-Encoding"]
                body = given["body"].encode() if "body" in given else encoded(codings, TEXT.encode())
                self.server.answers["/coded"] = Answer(body, (("Content-Encoding", codings),))
                _, shown, _ = self.run_code(
                    'local res = http.get(BASE .. "/coded")\n'
                    'show("body", res.body)  show("error_code", res.error_code)'
                )
                if isinstance(expected, dict):
                    self.assertEqual(shown["error_code"], str(expected["error_code"]))
                else:
                    self.assertEqual((shown["error_code"], shown["body"]), ("0", TEXT))


class RequestTest(BodyTest):
    def test_nothing_is_asked_for_that_the_script_did_not_ask_for(self):
        _, request = self.sent_by("http.get(BASE)")
        self.assertEqual(sorted(request.headers.keys()), ["Host", "User-Agent"])

    def test_a_wrong_content_length_is_ignored_with_a_warning(self):
        for length in ("7", "x"):
            run, request = self.sent_by(f'http.post(BASE, "0123456789", {{ headers = {{ ["Content-Length"] = "{length}" }} }})')
            self.assertEqual(request.headers.get_all("Content-Length"), ["10"])
            self.assertIn(f'Content-Length "{length}" is ignored', run.log)

    def test_a_content_encoding_of_the_script_is_kept_with_a_warning(self):
        run, request = self.sent_by(
            'http.post(BASE, "x", { compression = "gzip", headers = { ["Content-Encoding"] = "br" } })'
        )
        self.assertEqual(request.headers.get_all("Content-Encoding"), ["br"])
        self.assertEqual(decoded("gzip", request.body), b"x")
        self.assertIn('params.compression is "gzip", the header Content-Encoding "br"', run.log)
        run, _ = self.sent_by(
            'http.post(BASE, "x", { compression = "gzip", headers = { ["Content-Encoding"] = "gzip" } })'
        )
        self.assertNotIn("level=warning", run.stderr)

    def test_one_warning_for_a_form_with_nested_tables(self):
        run, _ = self.sent_by("http.post(BASE, { a = { x = 1 }, b = { x = 1 } })")
        self.assertEqual(run.log.count("cannot urlencode a nested"), 1)

    def test_an_unknown_compression(self):
        run, _, requests = self.run_code('http.post(BASE, "x", { compression = "gzip, George" })', exit_code=107)
        self.assertIn("params.compression: unknown compression algorithm George", run.stderr)
        self.assertEqual(requests, [])

    def test_a_form_with_files(self):
        _, request = self.sent_by(
            r'http.post(BASE, { title = "a \"b\"", photo = http.file("\0\255\r\n--", "my \"photo\".png", "image/png") })'
        )
        kind, boundary = request.headers["Content-Type"].split("; boundary=")
        self.assertEqual(kind, "multipart/form-data")
        self.assertEqual(
            request.body.split(b"--" + boundary.encode()),
            [
                b"",
                b'\r\nContent-Disposition: form-data; name="photo"; filename="my \\"photo\\".png"\r\n'
                b"Content-Type: image/png\r\n\r\n\0\xff\r\n--\r\n",
                b'\r\nContent-Disposition: form-data; name="title"\r\n\r\na "b"\r\n',
                b"--\r\n",
            ],
        )


class ResponseTest(BodyTest):
    def test_the_bytes_received_are_those_on_the_wire(self):
        body = encoded("gzip", bytes(1_000_000))
        self.server.answers["/coded"] = Answer(body, (("Content-Encoding", "gzip"),))
        run, shown, _ = self.run_code('show("length", #http.get(BASE .. "/coded").body)')
        self.assertEqual(shown["length"], "1000000")
        self.assertGreater(run.count("data_received"), len(body))
        self.assertLess(run.count("data_received"), len(body) + 500)

    def test_the_limit_of_decompressed_bodies(self):
        self.server.answers["/bomb"] = Answer(encoded("gzip", bytes(2_000_000)), (("Content-Encoding", "gzip"),))
        code = 'local res = http.get(BASE .. "/bomb")\nshow("code", res.error_code)  show("error", res.error)'
        for arguments, expected in (([], "0"), (["--max-decompressed-body", "1MB"], "1701")):
            run, shown, _ = self.run_code(code, *arguments)
            self.assertEqual(shown["code"], expected, str(run))
        self.assertEqual(
            shown["error"],
            "error decompressing response body (more than 1048576 bytes, the option maxDecompressedBody)",
        )
        self.assertEqual(run.metric("http_req_failed")["passes"], 1)

    def test_no_body_is_no_error(self):
        self.server.answers["/none"] = Answer(status=204, headers=(("Content-Encoding", "gzip"),))
        self.server.answers["/head"] = Answer(headers=(("Content-Encoding", "gzip"),))
        _, shown, _ = self.run_code(
            'show("none", http.get(BASE .. "/none").error_code)\nshow("head", http.head(BASE .. "/head").error_code)'
        )
        self.assertEqual(shown, {"none": "0", "head": "0"})


if __name__ == "__main__":
    unittest.main()

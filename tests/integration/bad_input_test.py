"""Bad input: what is said, with file and line, and k6's exit code. Every run has a time limit: none may hang."""

import contextlib
import os
import signal
import socket
import unittest

from support.dns_server import NamesTest
from support.fault_server import FaultServer
from support.nginx_server import free_port
from support.run_loadrun import LoadrunTest


def default(body, head=""):
    return f'local k6 = require "k6"\nlocal http = require "k6/http"\n{head}\nreturn {{ default = function()\n{body}\nend }}'


class ScriptFileTest(LoadrunTest):
    def test_missing_file(self):
        run = self.loadrun(os.path.join(self.dir, "absent.lua"), code=255)
        self.assertIn("absent.lua", run.log)

    def test_a_directory(self):
        os.mkdir(os.path.join(self.dir, "folder.lua"))
        run = self.loadrun(os.path.join(self.dir, "folder.lua"), code=255)
        self.assertIn("folder.lua", run.log)

    def test_no_script_at_all(self):
        process = self.start("-q")
        process.args = [self.loadrun_path]
        self.assertEqual(self.finish(process).code, 255)

    def test_syntax_error(self):
        run = self.loadrun("local a = 1\nlocal b = = 2\nreturn function() end", code=107)
        self.assertIn("script.lua:2:", run.log)

    def test_source_that_only_a_wrapper_would_accept(self):
        run = self.loadrun("local a = 1 end, function()", code=107)
        self.assertIn("script.lua:1:", run.log)

    def test_bytecode_and_binary_rubbish(self):
        path = os.path.join(self.dir, "binary.lua")
        for content in (b"\x1bLJ\x02\x00garbage", bytes(range(256)) * 40, b""):
            with open(path, "wb") as out:
                out.write(content)
            run = self.finish(self.start(path))
            self.assertIn(run.code, (107, 255), str(run))

    def test_byte_order_mark_and_interpreter_line_are_fine(self):
        run = self.loadrun("\ufeff#!/usr/bin/env loadrun\nreturn function() error('line 2') end", code=107)
        self.assertIn("script.lua:2: line 2", run.log)

    def test_error_while_the_file_is_read(self):
        run = self.loadrun("local t = nil\n\nreturn t.x", code=107)
        self.assertIn("script.lua:3:", run.log)

    def test_no_exports(self):
        for script in ("return {}", "local x = 1", "return 5", 'return "default"', "return { default = 5 }"):
            with self.subTest(script):
                self.assertIn("no exported functions in script", self.loadrun(script, code=255).log)

    def test_no_default_function(self):
        run = self.loadrun("return { other = function() end }", code=104)
        self.assertIn("executor default: function 'default' not found in exports", run.log)
        self.assertIn("other", run.log)

    def test_a_scenario_whose_function_is_missing(self):
        run = self.loadrun(
            'return { options = { scenarios = { a = { executor = "per-vu-iterations", exec = "gone" } } },'
            " default = function() end }",
            code=104,
        )
        self.assertIn("executor a: function 'gone' not found in exports", run.log)

    def test_options_that_are_no_table(self):
        self.assertIn("options", self.loadrun("return { options = 5, default = function() end }", code=104).log)

    def test_unknown_module(self):
        run = self.loadrun('local a = 1\nlocal x = require "lodash"\nreturn function() end', code=107)
        self.assertIn("script.lua:2:", run.log)
        self.assertIn('module "lodash" not found', run.log)
        self.assertIn(os.path.join(self.dir, "lodash.lua"), run.log)
        self.assertIn('"k6/http"', run.log)
        self.assertNotIn("console", run.log.split("own modules are ")[1])

    def test_internal_modules_cannot_be_required(self):
        for name in ("console", "prelude"):
            self.assertIn("not found", self.loadrun(f'local x = require "{name}"\nreturn function() end', code=107).log)

    def test_a_module_of_a_later_version(self):
        run = self.loadrun('local ws = require "k6/ws"\nreturn function() end', code=107)
        self.assertIn('the module "k6/ws" is not part of this version', run.log)

    def test_error_in_a_required_file(self):
        self.write("lib/broken.lua", "local a\n\n\nlocal b = a.field\nreturn {}")
        run = self.loadrun('local x = require "./lib/broken"\nreturn function() end', code=107)
        self.assertIn("lib/broken.lua:4:", run.log)

    def test_a_cycle_of_modules(self):
        self.write("one.lua", 'return { require "./two" }')
        self.write("two.lua", 'return { require "./one" }')
        run = self.loadrun('local x = require "./one"\nreturn function() end', code=107)
        self.assertIn("cycle", run.log)

    def test_missing_data_file(self):
        run = self.loadrun('local text = open("users.csv")\nreturn function() end', code=107)
        self.assertIn("script.lua:1:", run.log)
        self.assertIn("users.csv", run.log)


class OptionsTest(LoadrunTest):
    def test_threshold_on_an_unknown_metric(self):
        run = self.loadrun('return { options = { thresholds = { nope = { "count>1" } } }, default = function() end }', code=104)
        self.assertIn('invalid threshold defined on nope; reason: no metric name "nope" found', run.log)

    def test_threshold_with_a_wrong_method_or_syntax(self):
        for rule in ("p(95)>1", "avg>1", "count", "count>>1", "count>x", ""):
            with self.subTest(rule):
                options = f'thresholds = {{ http_reqs = {{ "{rule}" }} }}'
                run = self.loadrun(f"return {{ options = {{ {options} }}, default = function() end }}", code=104)
                self.assertIn("http_reqs", run.log)

    def test_several_bad_thresholds_are_all_reported(self):
        run = self.loadrun(
            'return { options = { thresholds = { nope = { "count>1" }, http_reqs = { "avg>1" } } }, default = function() end }',
            code=104,
        )
        self.assertIn("nope", run.log)
        self.assertIn("avg", run.log)

    def test_bad_flags(self):
        for arguments in (["--no-such-flag"], ["--vus", "many"], ["--iterations", "foo"], ["-d", "10 parsecs"], ["-s", "soon:3"],
                          ["--workers", "0"], ["--workers", "x"], ["--seed", "x"], ["--log-format", "xml"], ["--log-output", "fax"]):
            with self.subTest(arguments):
                run = self.loadrun("return function() end", *arguments, code=255)
                self.assertNotEqual(run.stderr, "")

    def test_values_out_of_range(self):
        for arguments in (["-u", "-1"], ["-i", "-1"], ["-d", "-5s"], ["--max-redirects", "-1"], ["-u", "5", "-i", "3"]):
            with self.subTest(arguments):
                self.loadrun("return function() end", *arguments, code=104)

    def test_summary_that_cannot_be_written(self):
        for target in ("/nonexistent/summary.json", self.dir):
            run = self.loadrun("return function() end", "--summary-export", target, code=255)
            self.assertIn(target, run.log)
            self.assertIn("1 complete", run.stdout)


class NetworkTest(NamesTest):
    def failure(self, url, arguments=()):
        """Runs three iterations of a GET; what the script saw of the last one."""
        run = self.loadrun(
            default(f'local r = http.get("{url}", {{ timeout = "2s" }})\nconsole.log(r.status, tostring(r.body), r.error_code, "|" .. r.error)'),
            "-i", "3", *arguments,
        )
        self.assertEqual(run.count("iterations"), 3)
        self.assertEqual(run.metric("http_req_failed")["passes"], 3)
        self.assertIn("Request Failed", run.log)
        return run.said()[-1]

    def test_nobody_listens(self):
        self.assertEqual(self.failure(f"http://127.0.0.1:{free_port()}/"), "0 nil 1212 |dial: connection refused")

    def test_unknown_host(self):
        self.serve_names()
        self.assertEqual(self.failure("http://no-such-host.invalid/"), "0 nil 1101 |lookup: no such host")

    def test_invalid_url(self):
        for url in ("not a url", "http://", "http://127.0.0.1:99999/", "://x"):
            with self.subTest(url):
                self.assertRegex(self.failure(url), r"^0 nil (10[02]0|1210) \|.+")

    def test_answers_that_break(self):
        with FaultServer() as server:
            for path, code in (("/cut-body", "1000"), ("/cut-chunk", "1000"), ("/cut-head", "1000"), ("/empty", "1000"),
                               ("/no-http", "1000"), ("/reset", "1220"), ("/never", "1050")):
                with self.subTest(path):
                    said = self.failure(server.url + path)
                    self.assertRegex(said, rf"^0 nil {code} \|.+")
                    self.assertEqual(server.requests[path], 3, "no request is repeated behind the script's back")

    def test_a_cut_body_ends_unexpectedly(self):
        with FaultServer() as server:
            self.assertEqual(self.failure(server.url + "/cut-body"), "0 nil 1000 |unexpected EOF")

    def test_a_plain_port_spoken_to_in_tls(self):
        with FaultServer() as server:
            self.assertRegex(self.failure(server.url.replace("http:", "https:") + "/no-http"), r"^0 nil 1[0-9]{3} \|.+")

    def test_a_server_that_never_accepts(self):
        with socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
            self.assertEqual(self.failure(f"http://127.0.0.1:{listener.getsockname()[1]}/"), "0 nil 1050 |request timeout")

    def test_arguments_of_a_wrong_type(self):
        for call in ("http.get()", "http.get({})", 'http.post("http://127.0.0.1:1", true)', 'http.get("http://127.0.0.1:1", 5)',
                     'http.get("http://127.0.0.1:1", { headers = 5 })', 'http.get("http://127.0.0.1:1", { timeout = "x" })',
                     'http.get("http://127.0.0.1:1", { redirects = -1 })', 'http.get("http://127.0.0.1:1", { tags = { a = {} } })',
                     "k6.sleep()", 'k6.sleep("x")', "k6.sleep(0/0)", "k6.check(1)", 'k6.group("a")', 'k6.group("a::b", print)'):
            with self.subTest(call):
                run = self.loadrun(default("\n" + call), code=107)
                self.assertIn("level=error", run.stderr)
                self.assertIn("script.lua:6:", run.log)


class WaitingTest(LoadrunTest):
    """Where a coroutine cannot be suspended, the error says so with file and line, and the run goes on."""

    def refused(self, body, line):
        run = self.loadrun(default(body), "-i", "2", "-u", "1", code=107)
        self.assertEqual(run.count("iterations"), 2)
        self.assertEqual(run.stderr.count("(VU 1, iteration"), 2)
        self.assertIn(f"script.lua:{line}:", run.log)
        self.assertIn("cannot wait here", run.log)

    def test_in_a_sort_comparator(self):
        self.refused("table.sort({ 3, 1, 2 }, function(a, b)\nk6.sleep(0.01)\nreturn a < b end)", 6)

    def test_in_a_gsub_callback(self):
        self.refused('string.gsub("abc", "%w", function()\nhttp.get("http://127.0.0.1:1/")\nend)', 6)

    def test_in_a_gsub_callback_below_a_user_coroutine(self):
        self.refused(
            'local step = coroutine.wrap(function()\nstring.gsub("abc", "%w", function()\nk6.sleep(0.01)\nend) end)\nstep()', 7
        )

    def test_in_a_user_coroutine_below_a_sort(self):
        self.refused(
            "table.sort({ 3, 1, 2 }, function(a, b)\ncoroutine.wrap(function()\nk6.sleep(0.01)\nend)()\nreturn a < b end)", 7
        )

    def test_yield_outside_of_a_coroutine(self):
        run = self.loadrun(default("coroutine.yield(1)"), "-i", "2", code=107)
        self.assertEqual(run.count("iterations"), 2)
        self.assertIn("coroutine.yield was called outside of a coroutine", run.log)
        self.assertIn("script.lua:5:", run.log)

    def test_in_the_init_context(self):
        for call in ('http.get("http://127.0.0.1:1/")', "k6.sleep(1)"):
            with self.subTest(call):
                run = self.loadrun(default("", head=call), code=107)
                self.assertIn("not available in the init context", run.log)
                self.assertIn("script.lua:3:", run.log)

    def test_yield_in_the_init_context(self):
        run = self.loadrun(default("", head="coroutine.yield()"), code=107)
        self.assertIn("script.lua:3:", run.log)

    def test_in_a_required_file(self):
        self.write("visit.lua", '\nrequire("k6").sleep(1)\nreturn {}')
        run = self.loadrun(default("", head='require "./visit"'), code=107)
        self.assertIn("visit.lua:2:", run.log)


class ScriptErrorsTest(LoadrunTest):
    def test_in_an_iteration_the_next_one_starts(self):
        run = self.loadrun(
            "local function inner(t)\n  return t.x.y\nend\nreturn function()\n  inner({})\nend", "-i", "3", "-u", "1",
            code=107,
        )
        self.assertEqual(run.count("iterations"), 3)
        self.assertEqual(run.stderr.count("stack traceback"), 3)
        self.assertIn("every iteration raised an error (3 of 3)", run.log)
        self.assertIn("script.lua:2: attempt to index field 'x'", run.log)
        self.assertIn("stack traceback", run.log)
        self.assertIn("script.lua:5:", run.log)

    def test_thousands_of_them_and_a_busy_collector(self):
        """Each failed iteration drops its coroutine; what was made in it must not depend on it."""
        script = """return { options = { vus = 2, iterations = 3000 }, setup = function() return { list = { 1 } } end,
          default = function(data)
            local utils = require "k6-utils"
            local garbage = {}
            for i = 1, 1000 do garbage[i] = { data.list[1], utils.randomIntBetween(1, 5) } end
            error("again")
          end,
          teardown = function(data) console.log(#data.list) end }"""
        run = self.loadrun(script, "--log-output", "stdout", "--log-format", "raw", code=107)
        self.assertEqual(run.count("iterations"), 3000)
        self.assertEqual(run.stdout.count("script.lua:6: again\n"), 3000 + 1)  # once in the summary

    def test_inside_groups_and_checks_the_traceback_names_the_line(self):
        run = self.loadrun(default('k6.group("g", function()\nk6.check(1, { c = function()\nerror("deep")\nend }) end)'), code=107)
        self.assertIn("script.lua:7: deep", run.log)
        self.assertRegex(run.stderr, r"stack traceback:.*script\.lua:7: in function")

    def test_values_that_are_no_strings(self):
        for value in ("{}", "nil", "5", "true", "setmetatable({}, { __tostring = function() return 'mine' end })"):
            with self.subTest(value):
                run = self.loadrun(default(f"error({value})"), "-i", "2", "-u", "1", code=107)
                self.assertEqual((run.count("iterations"), run.stderr.count("(VU 1, iteration")), (2, 2))

    def test_endless_recursion_and_deep_tables(self):
        for body, code in (("local function f() return 1 + f() end f()", 107),
                           ("local t = {} t.t = t require('loadrun/json').encode(t)", 107),
                           ("require('loadrun/json').decode(('['):rep(100000))", 0),
                           ("string.rep('x', 1e10)", 0), ("('a'):rep(30, {})", 107)):
            with self.subTest(body):
                run = self.loadrun(default(body), code=code)
                self.assertEqual(run.count("iterations"), 1)

    def test_setup(self):
        script = (
            'local k6 = require "k6"\nreturn {{ setup = function()\n{0}\nend,'
            ' default = function() console.log("ran") end, teardown = function() console.log("torn") end }}'
        )
        for body in ('error("no stock")', 'k6.fail("no stock")'):
            run = self.loadrun(script.format(body), code=107)
            self.assertIn("script.lua:3: no stock", run.log)
            self.assertEqual(run.said(), [])
            self.assertIn("TOTAL RESULTS", run.stdout)

    def test_setup_data_without_a_json_form(self):
        run = self.loadrun("return { setup = function() return { [{}] = 1 } end, default = function() end }", code=107)
        self.assertIn("JSON", run.log)

    def test_teardown(self):
        run = self.loadrun('return { default = function() end,\nteardown = function() error("left over") end }', code=107)
        self.assertIn("script.lua:2: left over", run.log)
        self.assertIn("1 complete", run.stdout)

    def test_in_the_init_of_a_later_vu(self):
        run = self.loadrun('if __VU == 3 then error("not me") end\nreturn function() end', "-u", "4", "-i", "4", code=107)
        self.assertIn("script.lua:1: not me", run.log)


class InterruptTest(LoadrunTest):
    SCRIPT = """
    local k6 = require "k6"
    return {
      options = { vus = 2, duration = "120s" },
      default = function() console.log("begun " .. __VU) k6.sleep(60) end,
      teardown = function() console.log("torn down") k6.sleep(%s) end,
    }
    """

    def begin(self, teardown_sleep):
        log = os.path.join(self.dir, "log.txt")
        path = self.write("script.lua", self.SCRIPT % teardown_sleep)
        with contextlib.suppress(FileNotFoundError):
            os.remove(log)
        process = self.start(path, "--log-output", f"file={log}")
        for vu in (1, 2):
            self.wait_for_text(log, f"begun {vu}")
        return process, log

    def test_the_first_ends_the_run_in_order(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number):
                process, log = self.begin("0.1")
                process.send_signal(number)
                run = self.finish(process, 20)
                self.assertEqual(run.code, 105, str(run))
                self.assertIn("TOTAL RESULTS", run.stdout)
                self.assertIn("0 complete and 2 interrupted", run.stdout)
                self.assertIsNotNone(run.summary)
                self.wait_for_text(log, "torn down", 1)

    def test_the_second_ends_it_at_once(self):
        process, log = self.begin("60")
        process.send_signal(signal.SIGINT)
        self.wait_for_text(log, "torn down")
        process.send_signal(signal.SIGINT)
        run = self.finish(process, 10)
        self.assertEqual(run.code, 105)
        self.assertNotIn("TOTAL RESULTS", run.stdout)

    def test_in_setup_no_iteration_starts(self):
        log = os.path.join(self.dir, "log.txt")
        path = self.write(
            "script.lua",
            'local k6 = require "k6"\nreturn { setup = function() console.log("begun") k6.sleep(60) end,'
            ' default = function() console.log("ran") end }',
        )
        process = self.start(path, "--log-output", f"file={log}")
        self.wait_for_text(log, "begun")
        process.send_signal(signal.SIGINT)
        run = self.finish(process, 20)
        self.assertEqual(run.code, 105)
        with open(log, encoding="utf-8") as text:
            self.assertNotIn("ran", text.read())

    def test_while_vus_are_initialised(self):
        log = os.path.join(self.dir, "log.txt")
        busy = 'if __VU > 1 then console.log("begun") local t = os.clock() while os.clock() - t < 0.2 do end end'
        path = self.write("script.lua", f'{busy}\nreturn function() console.log("ran") end')
        process = self.start(path, "--log-output", f"file={log}", "-u", "10", "-d", "60s")
        self.wait_for_text(log, "begun")
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.finish(process, 20).code, 105)
        with open(log, encoding="utf-8") as text:
            self.assertNotIn("ran", text.read())

    def test_during_requests(self):
        with FaultServer() as server:
            path = self.write("script.lua", default(f'console.log("begun") http.get("{server.url}/never")'))
            log = os.path.join(self.dir, "log.txt")
            process = self.start(path, "--log-output", f"file={log}", "-u", "5", "-d", "60s")
            self.wait_for_text(log, "begun")
            process.send_signal(signal.SIGINT)
            self.assertEqual(self.finish(process, 20).code, 105)


if __name__ == "__main__":
    unittest.main()

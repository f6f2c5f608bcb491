"""The command line: flags of `loadrun run`, the script from standard input, `loadrun inspect`."""

import json
import os
import subprocess
import unittest

from support.run_loadrun import LoadrunTest, clean_environment


class StandardInputTest(LoadrunTest):
    def pipe(self, script, *arguments, code=0):
        process = subprocess.run(
            [self.loadrun_path, *arguments],
            cwd=self.dir,
            env=clean_environment(self.dir),
            input=script.encode(),
            capture_output=True,
            timeout=60,
            check=False,
        )
        self.assertEqual(process.returncode, code, process.stderr.decode())
        return process.stdout.decode(), process.stderr.decode()

    def test_is_a_script_named_by_a_dash(self):
        for arguments in (("run", "-"), ("-",), ("run", "-q", "-", "-i", "2")):
            with self.subTest(arguments):
                out, err = self.pipe('return function() console.log("said") end', *arguments)
                self.assertIn("msg=said source=console", err)
                if "-q" not in arguments:
                    self.assertRegex(out, r"script: -\n")

    def test_names_its_lines(self):
        _, err = self.pipe("local a = 1\nlocal b = = 2", "run", "-", code=107)
        self.assertIn("-:2:", err)
        _, err = self.pipe("return function()\nerror('here') end", "run", "-", code=107)
        self.assertIn("-:2: here", err)

    def test_modules_and_files_start_at_the_current_folder(self):
        self.write("lib/mine.lua", 'return { text = open("data.txt") }')
        self.write("data.txt", "from the file")
        script = 'local mine = require "./lib/mine"\nassert(require "lib.mine" == mine)\n'
        _, err = self.pipe(script + "return function() console.log(mine.text) end", "run", "-")
        self.assertIn("from the file", err)

    def test_must_say_something(self):
        _, err = self.pipe("", "run", "-", code=255)
        self.assertIn("standard input is empty", err)

    def test_may_be_long(self):
        out, _ = self.pipe("-- " + "x" * 1_000_000 + "\nreturn function() end", "run", "-")
        self.assertIn("1 complete", out)


class ConsoleOutputTest(LoadrunTest):
    SCRIPT = 'console.warn("at load")\nreturn function() console.log("said"); print("printed") end'

    def console(self):
        with open(os.path.join(self.dir, "console.txt"), encoding="utf-8") as text:
            return text.read()

    def test_goes_to_a_file_in_the_format_of_the_log(self):
        run = self.loadrun(self.SCRIPT, "--console-output", "console.txt", "--workers", "1")
        self.assertEqual(run.said(), [])
        lines = self.console().splitlines()
        self.assertRegex(lines[-2], r'^time="[^"]+" level=info msg=said$')
        self.assertTrue(lines[-1].endswith("msg=printed"), lines)
        self.assertTrue(lines[0].endswith('level=warning msg="at load"'), lines)

    def test_is_independent_of_the_log(self):
        run = self.loadrun(
            self.SCRIPT, "--log-output", "none", "--log-format", "raw", env={"LOADRUN_CONSOLE_OUTPUT": "console.txt"}
        )
        self.assertEqual(run.stderr, "")
        self.assertTrue(self.console().endswith("said\nprinted\n"))

    def test_must_be_writable(self):
        run = self.loadrun(self.SCRIPT, "--console-output", "/proc/no/such.txt", code=255)
        self.assertIn("--console-output", run.log)
        self.assertIn("/proc/no/such.txt", run.log)

    def test_is_no_option_of_a_script(self):
        run = self.loadrun('return { options = { consoleOutput = "console.txt" }, default = function() end }')
        self.assertIn("consoleOutput", run.log)
        self.assertFalse(os.path.exists(os.path.join(self.dir, "console.txt")))


class FlagsTest(LoadrunTest):
    def test_jit(self):
        script = "return function() local n = 0 for i = 1, 1e6 do n = n + i end console.log(n) end"
        for arguments, env in ((("--jit=off",), {}), (("--jit", "on"), {}), ((), {"LOADRUN_JIT": "off"})):
            self.assertEqual(self.loadrun(script, *arguments, env=env).said(), ["500000500000"])
        run = self.loadrun(script, "--jit=maybe", code=255)
        self.assertIn('--jit: expected on or off, not "maybe"', run.log)
        self.assertIn("expected on or off", self.loadrun(script, env={"LOADRUN_JIT": "1"}, code=255).log)

    def test_min_iteration_duration(self):
        script = "return function() end"
        self.assertGreaterEqual(self.loadrun(script, "-i", "2", "--min-iteration-duration", "400ms").seconds, 0.8)

    def test_throw(self):
        script = 'local http = require "k6/http"\nreturn function() console.log(pcall(http.get, "http://127.0.0.1:1/")) end'
        self.assertTrue(self.loadrun(script, "-w").said()[0].startswith("false "))
        self.assertTrue(self.loadrun(script).said()[0].startswith("true "))
        self.assertTrue(self.loadrun(script, "--throw=false", env={"LOADRUN_THROW": "true"}).said()[0].startswith("true "))

    def test_rps_and_connections_of_iterations_are_options(self):
        script = self.write("script.lua", "return function() end")
        arguments = ("inspect", "--rps", "7", "--no-vu-connection-reuse", script)
        shown = json.loads(subprocess.run([self.loadrun_path, *arguments], capture_output=True, check=True).stdout)
        self.assertEqual((shown["rps"], shown["noVUConnectionReuse"]), (7, True))
        self.assertIn("--rps: invalid argument \"x\"", self.loadrun(script, "--rps", "x", code=255).log)

    def test_features(self):
        script = "return { options = { tags = { a = '1' }, thresholds = { ['iterations{a:1}'] = {} } }, default = function() end }"
        self.assertEqual(self.loadrun(script, "--tag", "b=2").count("iterations{a:1}"), 0)
        run = self.loadrun(script, "--tag", "b=2", "--features", "merge-run-tags")
        self.assertEqual(run.count("iterations{a:1}"), 1)

    def test_include_system_environment(self):
        script = "return function() console.log(tostring(__ENV.ONE)) end"
        env = {"ONE": "1", "LOADRUN_INCLUDE_SYSTEM_ENV_VARS": "false"}
        self.assertEqual(self.loadrun(script, env=env).said(), ["nil"])


TWO = """
return {
  options = { scenarios = {
    buy = { executor = "shared-iterations", vus = 2, iterations = 20, exec = "buy", env = { KEY = "value" } },
    look = { executor = "constant-vus", vus = 3, duration = "30s", exec = "look", startTime = "10s" } },
    thresholds = { ["iterations{scenario:look}"] = { "count>1000" } } },
  buy = function() console.log("bought " .. __ENV.KEY) end,
  look = function() console.log("looked") end,
}
"""


class SelectionTest(LoadrunTest):
    def test_one_scenario(self):
        run = self.loadrun(TWO, "--scenario", "buy")
        self.assertEqual(run.said(), 20 * ["bought value"])
        self.assertIn("the thresholds on iterations{scenario:look} are left out", run.log)

    def test_once(self):
        run = self.loadrun(TWO, "--once", code=99)
        self.assertEqual(sorted(run.said()), ["bought value", "looked"])
        run = self.loadrun(TWO, "--once", "--scenario", "look,buy", "--no-thresholds")
        self.assertEqual(sorted(run.said()), ["bought value", "looked"])

    def test_an_unknown_name(self):
        run = self.loadrun(TWO, "--scenario", "bye", code=104)
        self.assertIn("there is no scenario bye (the test has buy, look)", run.log)


class InspectTest(LoadrunTest):
    def inspect(self, *arguments, code=0):
        path = self.write("script.lua", TWO)
        done = subprocess.run(
            [self.loadrun_path, "inspect", *arguments, path],
            capture_output=True, text=True, timeout=60, env=clean_environment(self.dir), check=False,
        )
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def test_prints_the_consolidated_options(self):
        options = json.loads(self.inspect("--tag", "team=red").stdout)
        self.assertEqual(options["scenarios"]["buy"]["iterations"], 20)
        self.assertEqual(options["scenarios"]["look"]["startTime"], "10s")
        self.assertEqual(options["tags"], {"team": "red"})
        self.assertNotIn("maxVUs", options)

    def test_and_what_the_test_needs(self):
        options = json.loads(self.inspect("--execution-requirements").stdout)
        self.assertEqual(options["maxVUs"], 5)
        self.assertEqual(options["totalDuration"], "10m30s")

    def test_errors_are_those_of_a_run(self):
        self.assertIn("--iterations", self.inspect("--iterations", "foo", code=255).stderr)


if __name__ == "__main__":
    unittest.main()

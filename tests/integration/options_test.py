"""Where options come from, which wins, and what is said about those that are wrong."""

import json
import os
import subprocess
import unittest

from support.run_loadrun import LoadrunTest


class PrecedenceTest(LoadrunTest):
    """defaults < config file < script < environment < flags: each test adds one layer after the other."""

    def script(self, options):
        return f"return {{ options = {options}, default = function() end }}"

    def test_of_iterations(self):
        config = self.write("config.json", json.dumps({"iterations": 12}))
        plain, own = self.script("{}"), self.script("{ iterations = 13 }")
        self.assertEqual(self.loadrun(plain).count("iterations"), 1)
        self.assertEqual(self.loadrun(plain, "-c", config).count("iterations"), 12)
        self.assertEqual(self.loadrun(own, "-c", config).count("iterations"), 13)
        env = {"LOADRUN_ITERATIONS": "14"}
        self.assertEqual(self.loadrun(own, "-c", config, env=env).count("iterations"), 14)
        self.assertEqual(self.loadrun(own, "-c", config, "-i", "15", env=env).count("iterations"), 15)

    def test_of_vus(self):
        config = self.write("config.json", json.dumps({"vus": 2}))
        plain, own = self.script("{ iterations = 20 }"), self.script("{ iterations = 20, vus = 3 }")

        def vus(script, *arguments, env=None):
            run = self.loadrun(script, *arguments, env=env)
            return run.stdout.split("20 iterations shared among ")[1].split(" ")[0]

        self.assertEqual(vus(plain), "1")
        self.assertEqual(vus(plain, "-c", config), "2")
        self.assertEqual(vus(own, "-c", config), "3")
        self.assertEqual(vus(own, "-c", config, env={"LOADRUN_VUS": "4"}), "4")
        self.assertEqual(vus(own, "-c", config, "--vus", "5", env={"LOADRUN_VUS": "4"}), "5")

    def test_the_higher_layer_decides_how_long_to_run(self):
        run = self.loadrun(
            'local k6 = require "k6"\nreturn { options = { iterations = 5 }, default = function() k6.sleep(0.2) end }',
            "-d", "1s", "-u", "2",
        )
        self.assertIn("2 looping VUs for 1s", run.stdout)
        self.assertGreater(run.count("iterations"), 5)

    def test_flags_over_scenarios_are_said(self):
        run = self.loadrun(
            self.script('{ scenarios = { mine = { executor = "per-vu-iterations", vus = 9 } } }'), "-i", "2"
        )
        self.assertEqual(run.count("iterations"), 2)
        self.assertRegex(run.stderr, "level=warning.*scenarios")

    def test_tags_of_a_higher_layer_replace_the_others(self):
        thresholds = "thresholds = { ['iterations{a:1}'] = {}, ['iterations{b:2}'] = {}, ['iterations{c:3}'] = {} }"
        script = self.script(f"{{ tags = {{ a = '1' }}, {thresholds} }}")
        run = self.loadrun(script)
        self.assertEqual([run.count(f"iterations{{{tag}}}") for tag in ("a:1", "b:2", "c:3")], [1, 0, 0])
        run = self.loadrun(script, env={"LOADRUN_TAGS": "b:2"})
        self.assertEqual([run.count(f"iterations{{{tag}}}") for tag in ("a:1", "b:2", "c:3")], [0, 1, 0])
        run = self.loadrun(script, "--tag", "c=3", env={"LOADRUN_TAGS": "b:2"})
        self.assertEqual([run.count(f"iterations{{{tag}}}") for tag in ("a:1", "b:2", "c:3")], [0, 0, 1])


class ConfigFileTest(LoadrunTest):
    SCRIPT = "return function() end"

    def test_is_read_from_its_usual_place(self):
        self.write(".config/loadrun/config.json", '{"iterations": 3}')
        self.assertEqual(self.loadrun(self.SCRIPT).count("iterations"), 3)

    def test_may_be_named_by_the_environment(self):
        path = self.write("other.json", '{"iterations": 4}')
        self.assertEqual(self.loadrun(self.SCRIPT, env={"LOADRUN_CONFIG": path}).count("iterations"), 4)

    def test_must_exist_when_it_is_named(self):
        run = self.loadrun(self.SCRIPT, "--config", os.path.join(self.dir, "absent.json"), code=104)
        self.assertIn("absent.json", run.stderr)

    def test_errors_name_file_and_line(self):
        path = self.write("bad.json", '{\n  "vus": 3,\n  nonsense\n}')
        run = self.loadrun(self.SCRIPT, "-c", path, code=104)
        self.assertIn(f"{path}: line 3", run.stderr)


class ShortcutsTest(LoadrunTest):
    SCRIPT = 'local k6 = require "k6"\nreturn function() k6.sleep(0.1) end'

    def test_vus_alone_run_an_iteration_each(self):
        run = self.loadrun(self.SCRIPT, "-u", "5")
        self.assertIn("5 iterations shared among 5 VUs", run.stdout)
        self.assertEqual(run.count("iterations"), 5)

    def test_stage_flags(self):
        run = self.loadrun(self.SCRIPT, "-s", "1s:4", "-s", "1s:0")
        self.assertIn("Up to 4 looping VUs for 2s over 2 stages", run.stdout)
        self.assertGreater(run.count("iterations"), 4)

    def test_iterations_bounded_by_a_duration(self):
        run = self.loadrun(self.SCRIPT, "-i", "100000", "-d", "1s")
        self.assertGreater(run.count("dropped_iterations"), 0)
        self.assertEqual(run.count("iterations") + run.count("dropped_iterations"), 100000)


class EnvironmentOfTheScriptTest(LoadrunTest):
    SCRIPT = 'return function() console.log(tostring(__ENV.ONE) .. "," .. tostring(__ENV.TWO)) end'

    def said(self, *arguments, env=None):
        return self.loadrun(self.SCRIPT, *arguments, env=env).said()[0]

    def test_flags_and_system(self):
        self.assertEqual(self.said("-e", "ONE=a=b", "-e", "TWO"), "a=b,")
        self.assertEqual(self.said(env={"ONE": "system"}), "system,nil")
        self.assertEqual(self.said("-e", "ONE=flag", env={"ONE": "system"}), "flag,nil")
        self.assertEqual(self.said("--no-include-system-env-vars", env={"ONE": "system"}), "nil,nil")

    def test_names_are_checked(self):
        self.assertIn("variable name", self.loadrun(self.SCRIPT, "-e", "1X=y", code=255).stderr)


class OutputTest(LoadrunTest):
    SCRIPT = 'return function() console.log("said") end'

    def test_quiet_leaves_the_summary(self):
        run = self.loadrun(self.SCRIPT, "-q")
        self.assertNotIn("execution: local", run.stdout)
        self.assertNotIn("running (", run.stdout)
        self.assertIn("TOTAL RESULTS", run.stdout)

    def test_script_is_a_verb_short(self):
        path = self.write("short.lua", self.SCRIPT)
        short = subprocess.run([self.loadrun_path, path], capture_output=True, timeout=30, check=True)
        self.assertIn(b"1 complete", short.stdout)

    def test_progress_off_a_terminal_is_a_line_a_second(self):
        run = self.loadrun('local k6 = require "k6"\nreturn function() k6.sleep(2.5) end', "-u", "2")
        self.assertRegex(run.stdout, r"running \(00m01\.\ds\), 2/2 VUs, 0 complete and 0 interrupted iterations")
        self.assertRegex(run.stdout, r"running \(00m02\.\ds\), 2/2 VUs")

    def test_log_formats(self):
        run = self.loadrun(self.SCRIPT, "--log-format", "json")
        lines = [json.loads(line) for line in run.stderr.splitlines() if line.startswith("{")]
        self.assertEqual([(line["msg"], line["source"], line["level"]) for line in lines], [("said", "console", "info")])
        self.assertEqual(self.loadrun(self.SCRIPT, "--log-format", "raw").stderr.strip(), "said")
        log = os.path.join(self.dir, "log.txt")
        self.assertEqual(self.loadrun(self.SCRIPT, "--log-output", f"file={log}").stderr, "")
        with open(log, encoding="utf-8") as text:
            self.assertIn("msg=said source=console", text.read())

    def test_time_unit(self):
        run = self.loadrun(self.SCRIPT, "--summary-time-unit", "us")
        self.assertRegex(run.stdout, r"iteration_duration\.*: avg=\d+\.\d\dµs")


class ErrorsTest(LoadrunTest):
    def errors_of(self, options, *arguments, code=104, env=None):
        return self.loadrun(f"return {{ options = {options}, default = function() end }}", *arguments, code=code, env=env).stderr

    def test_negative_vus(self):
        self.assertIn("vus", self.errors_of("{ vus = -1 }"))

    def test_unreadable_duration(self):
        said = self.errors_of('{ duration = "10 parsecs" }')
        self.assertIn("duration", said)
        self.assertIn("10 parsecs", said)

    def test_all_at_once(self):
        said = self.errors_of(
            '{ vus = -1, duration = "10 parsecs", maxRedirects = "many", summaryTrendStats = { "p(101)" } }',
            env={"LOADRUN_SUMMARY_TIME_UNIT": "weeks"},
        )
        for part in ("vus", "10 parsecs", "maxRedirects", "p(101)", "weeks"):
            self.assertIn(part, said)

    def test_every_layer_reports(self):
        said = self.errors_of("{ vus = -1 }", "--max-redirects", "-7", env={"LOADRUN_DURATION": "soon"})
        for part in ("script options: vus", "soon", "max"):
            self.assertIn(part, said)

    def test_two_ways_to_say_how_long(self):
        self.assertIn("stages", self.errors_of('{ iterations = 3, stages = { { duration = "1s", target = 1 } } }'))

    def test_unknown_option_is_a_warning_with_a_proposal(self):
        run = self.loadrun("return { options = { iteratoins = 3 }, default = function() end }")
        self.assertRegex(run.stderr, "level=warning.*iteratoins.*iterations")

    def test_unknown_field_of_a_scenario(self):
        said = self.errors_of('{ scenarios = { s = { executor = "constant-vus", duration = "1s", vsu = 3 } } }')
        self.assertIn("vsu", said)


if __name__ == "__main__":
    unittest.main()

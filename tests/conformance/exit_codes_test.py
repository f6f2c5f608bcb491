"""data/run.jsonl: k6's exit codes and what a whole run does, case by case.

CASES maps the text of each case to the scenario that says the same in Lua. A case that is neither there nor in
SKIPPED.md fails, and so does one that is in both.
"""

import json
import os
import re
import signal
import tempfile
import unittest

from support.run_loadrun import LoadrunTest

HERE = os.path.dirname(os.path.abspath(__file__))
AREAS = ("exit_code", "run.exit_code", "run.behaviour")

# What every script exports besides its own: teardown and handleSummary say that they were called. The latter returns
# nothing, so that the summary is shown as well.
TEARDOWN = 'teardown = function() console.log("torn down") end'
SUMMARY = 'handleSummary = function() console.log("summarised") end'
K6 = 'local k6, exec = require "k6", require "k6/execution"\n'


class Plan:
    """How to run a case: the script, arguments, environment, a signal to send once the log says `begun`."""

    def __init__(self, script, *arguments, env=None, interrupt=None, begun="begun", check=None):
        self.script = script
        self.arguments = arguments
        self.env = env
        self.interrupt = interrupt
        self.begun = begun
        self.check = check


def script(options="", default="", exports=TEARDOWN, head="", summary=SUMMARY):
    return f"{K6}{head}\nreturn {{ options = {{ {options} }}, default = function() {default} end, {exports}, {summary} }}"


def summary_script(body, options=""):
    return script(options, summary=f"handleSummary = function() {body} end")


def shows_every_percentile(test, run):
    for source, stat in (("p(0)<50", "p(0)"), ("p(90)<100", "p(90)"), ("p(99.5)<150", "p(99.5)"), ("p(99.99)<200", "p(99.99)")):
        test.assertRegex(run.stdout, rf"✓ '{re.escape(source)}' {re.escape(stat)}=\d")


def carries_the_tags(test, run):
    for tag in ("foo:bar", "test:mest", "scenario:default"):
        test.assertEqual(run.count(f"iterations{{{tag}}}"), 3, tag)
    test.assertEqual(run.count("mine{over:the rainbow}"), 3)
    # "written, something" cannot be the tag of a threshold: its comma would end the tag.
    test.assertEqual(run.count("mine"), 3)


def took_7_to_15_seconds(test, run):
    test.assertTrue(7 <= run.seconds < 15, f"{run.seconds} s")


def reuses_the_vus_of_scenarios_that_ended(test, run):
    test.assertEqual(run.metric("vus")["max"], 10)
    test.assertEqual(run.metric("vus_max")["max"], 10)
    test.assertEqual(run.count("iterations"), 0)
    test.assertEqual(run.log.count("Insufficient VUs, reached 10 active VUs and cannot initialize more"), 3)
    test.assertIn("No script iterations fully finished, consider making the test duration longer", run.log)


def logs_the_error(test, run):
    test.assertIn("failed to handle the end-of-test summary", run.log)
    test.assertIn("no summary today", run.log)


INTERRUPTED = Plan(script('duration = "60s"', 'console.log("begun") k6.sleep(50)'), interrupt=signal.SIGINT)
SETUP_TIMEOUT = Plan(script('setupTimeout = "1s"', "", "setup = function() k6.sleep(5) end, " + TEARDOWN))
TEARDOWN_TIMEOUT = Plan(script('teardownTimeout = "1s"', "", "teardown = function() k6.sleep(5) end"))
SETUP_THROWS = Plan(script(exports='setup = function() error("x") end, ' + TEARDOWN))
TEARDOWN_THROWS = Plan(script(exports='teardown = function() error("x") end'))
UNKNOWN_MODULE = Plan('local x = require "lodash"\nreturn function() end')
CROSSED = Plan(script('thresholds = { iterations = { "count>5" } }, iterations = 1'))
ABORT = 'exec.test.abort("foo")'
ABORTED_IN_INIT = Plan(script(head=ABORT))
ABORTED_IN_VU = Plan(script(default=ABORT))
WRONG_METHOD = Plan(script('thresholds = { http_reqs = { "p(95)>1" } }'))

# By area and input, as compact JSON.
CASES = {
    ("exit_code", '"ThresholdsHaveFailed"'): CROSSED,
    ("exit_code", '"SetupTimeout"'): SETUP_TIMEOUT,
    ("exit_code", '"TeardownTimeout"'): TEARDOWN_TIMEOUT,
    ("exit_code", '"InvalidConfig"'): WRONG_METHOD,
    ("exit_code", '"ExternalAbort"'): INTERRUPTED,
    ("exit_code", '"ScriptException"'): SETUP_THROWS,
    ("exit_code", '"MarkedAsFailed"'): Plan(script(default='exec.test.fail("bad")')),
    ("run.behaviour", '"k6 run --iterations foo -"'): Plan(script(), "--iterations", "foo"),
    ("run.behaviour", '"K6_ITERATIONS=4 k6 run --vus 2 -"'): Plan(script(), "--vus", "2", env={"LOADRUN_ITERATIONS": "4"}),
    ("run.behaviour", '{"thresholds":{"iteration_duration":["p(0)<50","p(90)<100","p(99.5)<150","p(99.99)<200"]}}'): Plan(
        script(
            'iterations = 5, thresholds = { iteration_duration = { "p(0)<50", "p(90)<100", "p(99.5)<150", "p(99.99)<200" } }',
            "k6.sleep(0.01)",
        ),
        check=shows_every_percentile,
    ),
    ("run.behaviour", '{"counters":["one","two"],"thresholds":{"one{tag:xyz}":[]},"script":"counter2.add(42)"}'): Plan(
        script(
            'thresholds = { ["one{tag:xyz}"] = {} }', "two:add(42)",
            head='local metrics = require "k6/metrics"\nlocal one, two = metrics.Counter("one"), metrics.Counter("two")',
        )
    ),
    ("run.behaviour", '{"scenarios":{"sc1":"1 iteration","sc2":"2 iterations"},"thresholds":{"iterations":["count == 3"],"iterations{scenario:sc1}":["count == 2"],"iterations{scenario:sc2}":["count == 1"],"iterations{scenario:sc3}":["count == 0"]}}'): Plan(
        script(
            'scenarios = { sc1 = { executor = "per-vu-iterations", vus = 1, iterations = 1 },'
            ' sc2 = { executor = "shared-iterations", vus = 1, iterations = 2 } },'
            ' thresholds = { iterations = { "count == 3" }, ["iterations{scenario:sc1}"] = { "count == 2" },'
            ' ["iterations{scenario:sc2}"] = { "count == 1" }, ["iterations{scenario:sc3}"] = { "count == 0" } }'
        )
    ),
    ("run.behaviour", '"SIGINT during the run (thresholds good)"'): Plan(
        script('duration = "60s", thresholds = { iterations = { "count<5" } }', 'console.log("begun") k6.sleep(50)'),
        interrupt=signal.SIGINT,
    ),
    ("run.behaviour", '"setup() throws"'): SETUP_THROWS,
    ("run.behaviour", '"teardown() throws"'): TEARDOWN_THROWS,
    ("run.behaviour", '"exec.test.abort(\\"foo\\") in init code"'): ABORTED_IN_INIT,
    ("run.behaviour", '"exec.test.abort(\\"foo\\") in VU code"'): ABORTED_IN_VU,
    ("run.behaviour", '"exec.test.abort(\\"foo\\") in VU code inside group()"'): Plan(
        script(default=f'k6.group("g", function() {ABORT} end)')
    ),
    ("run.behaviour", '"exec.test.abort(\\"foo\\") in teardown()"'): Plan(script(exports=f"teardown = function() {ABORT} end")),
    ("run.behaviour", '"SIGINT while VUs are initialising; SIGINT while --paused"'): [
        Plan(script(head='if __VU == 1 then console.log("begun") while true do end end'), "--jit=off", interrupt=signal.SIGINT),
        Plan(script(), "--paused", interrupt=signal.SIGINT, begun="paused"),
    ],
    ("run.behaviour", '"import of an unknown module"'): UNKNOWN_MODULE,
    ("run.behaviour", '{"minIterationDuration":"7s","setupTimeout":"2s","teardownTimeout":"2s"}'): Plan(
        script('minIterationDuration = "7s", setupTimeout = "2s", teardownTimeout = "2s"', "", "setup = function() end, " + TEARDOWN),
        check=took_7_to_15_seconds,
    ),
    ("run.behaviour", '{"cli":["-u","2","--tag","foo=bar","--tag","test=mest","--tag","over=written, something"],"env":{"K6_ITERATIONS":"3"}}'): Plan(
        script(
            'thresholds = { ["iterations{foo:bar}"] = {}, ["iterations{test:mest}"] = {}, ["iterations{scenario:default}"] = {},'
            ' ["mine{over:the rainbow}"] = {} }',
            'mine:add(1, { over = "the rainbow" })', head='local mine = require("k6/metrics").Counter("mine")',
        ),
        "-u", "2", "--tag", "foo=bar", "--tag", "test=mest", "--tag", "over=written, something", env={"LOADRUN_ITERATIONS": "3"},
        check=carries_the_tags,
    ),
    ("run.behaviour", '"k6 run --summary-mode=bogus"'): Plan(script(), "--summary-mode=bogus"),
    ("run.behaviour", '{"scenario":"constant-arrival-rate 1/s 30s","thresholds":{"iterations":[{"threshold":"count == 1","abortOnFail":true}]}}'): Plan(
        script(
            'scenarios = { s = { executor = "constant-arrival-rate", rate = 1, duration = "30s", preAllocatedVUs = 2 } },'
            ' thresholds = { iterations = { { threshold = "count == 1", abortOnFail = true } } }'
        )
    ),
    ("run.behaviour", '{"scenarios":"carr1 10/s 0-3s, carr2 10/s 3-6s, rarr 5->10->0 6-10s; each preAllocatedVUs 1 maxVUs 10 gracefulStop 0; iteration sleeps 5 s"}'): Plan(
        script(
            "scenarios = {"
            ' carr1 = { executor = "constant-arrival-rate", rate = 10, duration = "3s", preAllocatedVUs = 1, maxVUs = 10, gracefulStop = "0s" },'
            ' carr2 = { executor = "constant-arrival-rate", rate = 10, duration = "3s", preAllocatedVUs = 1, maxVUs = 10, gracefulStop = "0s",'
            ' startTime = "3s" },'
            ' rarr = { executor = "ramping-arrival-rate", startRate = 5, preAllocatedVUs = 1, maxVUs = 10, gracefulStop = "0s", startTime = "6s",'
            ' stages = { { target = 10, duration = "2s" }, { target = 0, duration = "2s" } } } }',
            "k6.sleep(5)",
        ),
        check=reuses_the_vus_of_scenarios_that_ended,
    ),
    ("run.exit_code", '"setup() throws"'): SETUP_THROWS,
    ("run.exit_code", '"setup() calls fail(\'x\')"'): Plan(script(exports='setup = function() k6.fail("x") end, ' + TEARDOWN)),
    ("run.exit_code", '"teardown() throws"'): TEARDOWN_THROWS,
    ("run.exit_code", '"exec.test.abort(\'foo\') in init"'): ABORTED_IN_INIT,
    ("run.exit_code", '"exec.test.abort(\'foo\') in VU code"'): ABORTED_IN_VU,
    ("run.exit_code", '"exec.test.abort(\'foo\') in setup()"'): Plan(script(exports=f"setup = function() {ABORT} end, " + TEARDOWN)),
    ("run.exit_code", '"import x from \'lodash\' (bare specifier)"'): UNKNOWN_MODULE,
    ("run.exit_code", '"new Counter(\'test counter\')"'): Plan(script(head='require("k6/metrics").Counter("test counter")')),
    ("run.exit_code", '"setupTimeout 1s, setup sleeps 5s"'): SETUP_TIMEOUT,
    ("run.exit_code", '"teardownTimeout 1s, teardown sleeps 5s"'): TEARDOWN_TIMEOUT,
    ("run.exit_code", '"handleSummaryTimeout 1s, handleSummary sleeps 5s"'): Plan(summary_script("k6.sleep(5)", 'handleSummaryTimeout = "1s"')),
    ("run.exit_code", '"handleSummary throws"'): Plan(summary_script('error("no summary today")'), check=logs_the_error),
    ("run.exit_code", '"handleSummary returns 5"'): Plan(summary_script("return 5")),
    ("run.exit_code", '"thresholds {http_reqs:[\'p(95)>1\']}"'): WRONG_METHOD,
    ("run.exit_code", '"thresholds {nope:[\'count>1\']}"'): Plan(script('thresholds = { nope = { "count>1" } }')),
    ("run.exit_code", '"thresholds {iterations:[\'count>5\']} with 1 iteration"'): CROSSED,
    ("run.exit_code", '"thresholds {iterations:[{threshold:\'count<2\',abortOnFail:true}]} duration 30s"'): Plan(
        script('duration = "30s", thresholds = { iterations = { { threshold = "count<2", abortOnFail = true } } }', "k6.sleep(0.1)")
    ),
    ("run.exit_code", '"--summary-mode=bogus"'): Plan(script(), "--summary-mode=bogus"),
    ("run.exit_code", '"script exports only foo(), no scenarios"'): Plan("return { foo = function() end }"),
    ("run.exit_code", '"script without exports"'): Plan("local x = 1"),
    ("run.behaviour", '{"-o":["json"]}'): Plan(script(), "-o", "json"),
    ("run.exit_code", '"-o nope"'): Plan(script(), "-o", "nope"),
    ("run.exit_code", '"-o kafka"'): Plan(script(), "-o", "kafka"),
    ("run.exit_code", '"-o statsd"'): Plan(script(), "-o", "statsd"),
    ("run.exit_code", '"syntax error"'): Plan("return {"),
}


def key_of(case):
    return case["area"], json.dumps(case["input"], ensure_ascii=False, separators=(",", ":"))


def cases():
    with open(os.path.join(HERE, "data", "run.jsonl"), encoding="utf-8") as lines:
        return [case for case in map(json.loads, lines) if case["area"] in AREAS]


def skipped():
    """Area and input of the rows of SKIPPED.md."""
    with open(os.path.join(HERE, "SKIPPED.md"), encoding="utf-8") as lines:
        return set(re.findall(r"^\| `([^`]+)` \| `(.+)` \| .+ \|$", lines.read(), re.MULTILINE))


class RunCasesTest(LoadrunTest):
    """What `expected` says is checked by the method of the same name; a name without a method fails the case."""

    def run_plan(self, plan):
        path = self.write("script.lua", plan.script)
        log = os.path.join(tempfile.mkdtemp(dir=self.dir), "log.txt")  # not the last plan's
        arguments = [*plan.arguments, *(["--log-output", f"file={log}"] if plan.interrupt else [])]
        process = self.start(path, *arguments, env=plan.env)
        if plan.interrupt:
            self.wait_for_text(log, plan.begun)
            process.send_signal(plan.interrupt)
        run = self.finish(process)
        if plan.interrupt:
            with open(log, encoding="utf-8") as text:
                run.stderr += text.read()
        return run

    def exit_code(self, run, expected):
        self.assertEqual(run.code, expected, str(run))

    def texts(self, where, expected):
        for text in [expected] if isinstance(expected, str) else expected:
            self.assertIn(text, where)

    def log_contains(self, run, expected):
        self.texts(run.log, expected)

    log = log_contains

    def stdout_contains(self, run, expected):
        self.texts(run.stdout, expected)

    def teardown_called(self, run, expected):
        self.assertEqual("torn down" in run.said(), expected, str(run))

    def summary_printed(self, run, expected):
        self.assertEqual("TOTAL RESULTS" in run.stdout, expected, str(run))

    def handleSummary_called(self, run, expected):
        self.assertEqual("summarised" in run.said(), expected, str(run))

    def teardown_and_summary(self, run, expected):
        self.teardown_called(run, expected)
        self.handleSummary_called(run, expected)

    def note(self, run, _):
        """Says in words what the others check."""

    def expect(self, plan, run, expected):
        if not isinstance(expected, dict):
            return self.exit_code(run, expected)
        for name, value in expected.items():
            check = getattr(self, name, None)
            if check:
                check(run, value)
            else:
                self.assertTrue(plan.check, f"nothing checks {name} of {expected}")
        return None

    def check_plan(self, plan, expected):
        run = self.run_plan(plan)
        self.expect(plan, run, expected)
        if plan.check:
            plan.check(self, run)

    def run_area(self, area):
        leave_out = skipped()
        found = [case for case in cases() if case["area"] == area]
        self.assertTrue(found)
        for case in found:
            key = key_of(case)
            with self.subTest(key):
                self.assertTrue((key in CASES) != (key in leave_out), f"{key} belongs either in CASES or in SKIPPED.md")
                if key not in CASES:
                    continue
                plans = CASES[key]
                for plan in plans if isinstance(plans, list) else [plans]:
                    self.check_plan(plan, case["expected"])

    def test_exit_code(self):
        self.run_area("exit_code")

    def test_run_exit_code(self):
        self.run_area("run.exit_code")

    def test_run_behaviour(self):
        self.run_area("run.behaviour")

    def test_every_mapping_has_its_case(self):
        self.assertEqual(set(CASES) - {key_of(case) for case in cases()}, set())


if __name__ == "__main__":
    unittest.main()

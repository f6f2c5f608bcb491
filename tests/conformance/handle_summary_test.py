"""What a run makes of the script's handleSummary: what it is, and what it returns.

What it is comes from the cases of data/metrics.jsonl; RETURNS says what is shown for what is returned, as k6 does. None
of it changes the exit code.
"""

import json
import os
import unittest

from support.run_loadrun import LoadrunTest

HERE = os.path.dirname(os.path.abspath(__file__))
FAILED = "failed to handle the end-of-test summary: "
NO_FUNCTION = FAILED + "exported identifier handleSummary must be a function"
NO_MAP = "handleSummary() should return a map with string keys"
DEFAULT = "TOTAL RESULTS"

# k6's value in Lua. A table cannot hold nil under a key, which is what undefined would be otherwise.
VALUES = {"{}": "{}", "undefined": 'require("loadrun/json").null', "123": "123"}

# What handleSummary returns; what standard output contains besides the banner and the progress; what the log does.
RETURNS = (
    ("nil", DEFAULT, ""),
    ("{}", "", ""),
    ('{ stdout = "mine" }', "mine", ""),
    ('{ stderr = "mine" }', "", ""),
    ("5", "", NO_MAP),
    ("true", "", NO_MAP),
    ('"text"', "", NO_MAP),
    ('{ "text" }', "", NO_MAP),
    ("function() end", "", NO_MAP),
    ("{ stdout = 5 }", "", NO_MAP),
    ("{ stdout = {} }", "", NO_MAP),
    ('{ stderr = "mine", stdout = false }', "", NO_MAP),
)


def export_cases():
    with open(os.path.join(HERE, "data", "metrics.jsonl"), encoding="utf-8") as lines:
        return [case for case in map(json.loads, lines) if case["area"] == "summary.handleSummary_export"]


class HandleSummaryTest(LoadrunTest):
    def run_exporting(self, value, default="", code=0, arguments=()):
        return self.loadrun(
            f"return {{ default = function() {default} end, handleSummary = {value} }}", "-q", *arguments, code=code
        )

    def run_returning(self, value, **options):
        return self.run_exporting(f"function() return {value} end", **options)

    def test_what_is_no_function(self):
        cases = export_cases()
        self.assertTrue(cases)
        for case in cases:
            with self.subTest(case["input"]):
                self.assertEqual(case["expected"], "error")
                run = self.run_exporting(VALUES[case["input"]["handleSummary"]], default='console.log("ran")')
                self.assertIn(NO_FUNCTION, run.log)
                self.assertEqual(run.said(), ["ran"])
                self.assertEqual(run.stdout, "")

    def test_what_is_no_function_does_not_matter_without_a_summary(self):
        run = self.run_exporting("123", arguments=("--summary-mode=disabled",))
        self.assertEqual(run.log, "")

    def test_what_is_returned(self):
        for value, shown, logged in RETURNS:
            with self.subTest(value):
                run = self.run_returning(value)
                self.assertEqual(DEFAULT in run.stdout, shown == DEFAULT, str(run))
                if shown != DEFAULT:
                    self.assertEqual(run.stdout, shown)
                self.assertIn(logged, run.log)
                self.assertEqual("level=error" in run.stderr, logged != "", str(run))
                self.assertEqual("mine" in run.stderr, value == '{ stderr = "mine" }')

    def test_files_that_cannot_be_written_do_not_keep_the_others_from_it(self):
        first, last = os.path.join(self.dir, "a.txt"), os.path.join(self.dir, "z.txt")
        run = self.run_returning(
            f'{{ ["{first}"] = "one", ["{self.dir}/nowhere/b.txt"] = "two", stdout = "three", ["{last}"] = "four" }}'
        )
        self.assertEqual(run.stdout, "three")
        self.assertIn("nowhere/b.txt: No such file or directory", run.log)
        for path, text in ((first, "one"), (last, "four")):
            with open(path, encoding="utf-8") as file:
                self.assertEqual(file.read(), text)

    def test_the_exit_code_is_that_of_the_run(self):
        mark = 'require("k6/execution").test.fail("bad")'
        for value in ("5", f'{{ ["{self.dir}/nowhere/b.txt"] = "two" }}'):
            self.run_returning(value, default=mark, code=110)

    def test_an_exported_summary_that_cannot_be_written_fails_the_run(self):
        nowhere = os.path.join(self.dir, "nowhere", "summary.json")
        run = self.run_returning('{ stdout = "mine" }', arguments=("--summary-export", nowhere), code=255)
        self.assertEqual(run.stdout, "mine")
        self.assertIn(f"{nowhere}: No such file or directory", run.log)


if __name__ == "__main__":
    unittest.main()

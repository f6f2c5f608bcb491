"""The reports of "k6-summary" as a script gets them: JUnit files are XML whatever names contain, and the example writes
what it says."""

import os
import re
import unittest
import xml.etree.ElementTree as ElementTree

from support.coupon_target import CouponTarget
from support.run_loadrun import LoadrunTest, binary

EXAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "coupon", "ci.lua")

JUNIT = r"""
local summary = require "k6-summary"
local k6 = require "k6"
local trend = require("k6/metrics").Trend("waits")
return {
  options = { iterations = 4, thresholds = {
    waits = { "p(95)<3", "max<2" }, checks = { "rate>0.1" }, ["waits{kind:<\"a&b\">}"] = { "max<100" },
  } },
  default = function()
    trend:add(__ITER)
    k6.check(__ITER, { ["a < b && 'c' > \"d\""] = function(i) return i > 0 end, ["tab\tbell\7"] = true })
    k6.group("inner", function() k6.check(1, { ["그룹"] = true }) end)
  end,
  handleSummary = function(data)
    return { ["junit.xml"] = summary.jUnit(data, OPTIONS) }
  end,
}
"""


class SummaryReportsTest(LoadrunTest):
    def junit(self, options):
        script = JUNIT.replace("OPTIONS", options)
        self.loadrun(script, "-q", code=99)
        return ElementTree.parse(os.path.join(self.dir, "junit.xml")).getroot()

    def test_thresholds_are_test_cases(self):
        root = self.junit("nil")
        (suite,) = root
        self.assertEqual(suite.get("name"), "k6 thresholds")
        for element in (root, suite):
            self.assertEqual((element.get("tests"), element.get("failures")), ("4", "1"))
        names = [case.get("name") for case in suite]
        self.assertEqual(
            names,
            ["checks - rate>0.1", "waits - max<2", "waits - p(95)<3", 'waits{kind:<"a&b">} - max<100'],
        )
        failures = {case.get("name"): case[0].get("message") for case in suite if len(case)}
        self.assertEqual(list(failures), ["waits - max<2"])
        self.assertRegex(failures["waits - max<2"], r"^failed: avg=1\.5, max=3, med=1\.5, min=0, p\(90\)=2\.\d+, p\(95\)=2\.\d+$")

    def test_names_and_checks(self):
        root = self.junit('{ name = "smoke & <mirrors>", classname = "load\'s", checks = true }')
        thresholds, checks = root
        self.assertEqual((thresholds.get("name"), checks.get("name")), ("smoke & <mirrors>", "k6 checks"))
        self.assertEqual({case.get("classname") for case in root.iter("testcase")}, {"load's"})
        self.assertEqual((root.get("tests"), root.get("failures")), ("7", "2"))
        names = [case.get("name") for case in checks]
        self.assertEqual(sorted(names), ["::a < b && 'c' > \"d\"", "::inner::그룹", "::tab\tbell\ufffd"])
        failed = {case.get("name"): case[0].get("message") for case in checks if len(case)}
        self.assertEqual(failed, {"::a < b && 'c' > \"d\"": "failed: 1 of 4"})

    def test_what_is_no_data_is_an_error_at_the_callers_line(self):
        for call in ("textSummary()", "jUnit({})", "textSummary(data, 5)", "humanizeValue('x', {})"):
            with self.subTest(call):
                script = (
                    'local summary = require "k6-summary"\n'
                    f"return {{ default = function() end, handleSummary = function(data)\n local text = summary.{call}\n return text\nend }}"
                )
                run = self.loadrun(script, "-q")
                self.assertRegex(run.log, rf"script.lua:3: {call.split('(')[0]}: expected")

    def test_the_example_writes_its_reports(self):
        target = self.enterContext(CouponTarget(binary("COUPON_TARGET")))
        run = self.loadrun(EXAMPLE, "-e", f"BASE={target.url}", "-e", f"REPORTS={self.dir}")
        with open(os.path.join(self.dir, "summary.txt"), encoding="utf-8") as text:
            report = text.read()
        self.assertIn("     ✓ the service is up\n", report)
        self.assertRegex(report, r"(?m)^   ✓ http_req_duration\.+: avg=\S+ +min=")
        self.assertIn(report, re.sub(r"\x1b\[[\d;]*m", "", run.stdout))
        self.assertIn("\x1b[32m", run.stdout)
        root = ElementTree.parse(os.path.join(self.dir, "junit.xml")).getroot()
        self.assertEqual((root.get("tests"), root.get("failures")), ("3", "0"))


if __name__ == "__main__":
    unittest.main()

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from Autobahn import conformance
from Harness.tally import own_warnings, read_junit, read_node_test, read_swift_testing

SWIFT = """\
\t Executed 0 tests, with 0 failures (0 unexpected) in 0.0 (0.0) seconds
➜ Test skip() skipped: "why"
✔ Test good() passed after 0.001 seconds.
✘ Test par(x:) recorded an issue with 1 argument x → 2 at t.swift:6:44: Expectation failed: (x → 2) == 1
✘ Test par(x:) with 2 test cases failed after 0.001 seconds with 1 issue.
✘ Test "named one" failed after 0.001 seconds with 1 issue.
✘ Suite S failed after 0.001 seconds with 2 issues.
✘ Test run with 4 tests in 1 suite failed after 0.001 seconds with 2 issues.
"""


class SwiftTestingTests(unittest.TestCase):
    def test_counts(self) -> None:
        tally = read_swift_testing(SWIFT, 1)
        self.assertEqual((tally.passed, tally.failed, tally.skipped), (1, 2, 1))
        self.assertEqual(tally.notes, ['skipped: Test skip() skipped: "why"'])

    def test_success(self) -> None:
        self.assertEqual(str(read_swift_testing("✔ Test run with 12 tests in 3 suites passed after 0.5 seconds.\n", 0)), "12 passed, 0 failed, 0 skipped")

    def test_a_crash_is_a_failure(self) -> None:
        self.assertEqual(read_swift_testing("✔ Test good() passed after 0.001 seconds.\nFatal error\n", 1).failed, 1)

    def test_a_bad_status_is_a_failure(self) -> None:
        self.assertEqual(read_swift_testing("✔ Test run with 1 test in 1 suite passed after 0.5 seconds.\n", 1).failed, 1)

    def test_no_test_is_a_failure(self) -> None:
        self.assertEqual(read_swift_testing("✔ Test run with 0 tests in 0 suites passed after 0.5 seconds.\n", 0).failed, 1)


class WarningTests(unittest.TestCase):
    def test_only_ours_count_and_once(self) -> None:
        root = Path("/somewhere/Tangor")
        output = "\n".join([
            "/somewhere/Tangor/Sources/A/a.swift:1:16: warning: never used",
            "/somewhere/Tangor/Sources/A/a.swift:1:16: warning: never used",
            "/somewhere/Tangor/Tests/ATests/b.swift:2:1: warning: unused",
            "/somewhere/Tangor/.build/checkouts/x/Sources/X/x.swift:1:1: warning: theirs",
            "macro expansion @Live:2:21: warning: unused",
            "warning: 'tangor': found 1 file(s) which are unhandled",
            "warning: 'dependency': something",
            "  |    `- warning: never used",
        ])
        self.assertEqual(len(own_warnings(output, root)), 4)


class ReportTests(unittest.TestCase):
    def read(self, text: str, status: int) -> str:
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.xml"
            report.write_text(text, encoding="utf-8")
            return str(read_junit(report, "Interop", status))

    def test_junit(self) -> None:
        text = """<testsuites><testsuite><testcase classname="a" name="b"/><testcase name="c"><failure/></testcase>
        <testcase name="d"><error/></testcase><testcase name="e"><skipped message="why"/></testcase></testsuite></testsuites>"""
        self.assertEqual(self.read(text, 1), "1 passed, 2 failed, 1 skipped")

    def test_junit_without_tests_or_report(self) -> None:
        self.assertEqual(self.read("<testsuites/>", 5), "0 passed, 1 failed, 0 skipped")
        self.assertEqual(str(read_junit(Path("/nonexistent"), "Interop", 0)), "0 passed, 1 failed, 0 skipped")

    def test_node(self) -> None:
        self.assertEqual(str(read_node_test("# pass 3\n# fail 1\n# cancelled 1\n# skipped 2\n# todo 0\n", 1)), "3 passed, 2 failed, 2 skipped")
        self.assertEqual(read_node_test("", 1).failed, 1)


class AutobahnTests(unittest.TestCase):
    def test_judgement(self) -> None:
        good = {"behavior": "OK", "behaviorClose": "INFORMATIONAL"}
        loose = {"behavior": "NON-STRICT", "behaviorClose": "OK"}
        cases = {f"6.1.{index}": good for index in range(143)}
        self.assertEqual(str(conformance.judge({**cases, "6.4.1": loose, "6.2.1": good}, "6.*")), "145 passed, 0 failed, 0 skipped")
        self.assertEqual(conformance.judge({**cases, "6.4.1": good, "6.2.1": loose}, "6.*").failed, 1)
        self.assertEqual(conformance.judge({**cases, "6.4.1": good, "6.2.1": {"behavior": "OK", "behaviorClose": "UNCLEAN"}}, "6.*").failed, 1)
        self.assertEqual(conformance.judge(cases, "6.*").failed, 2)

    def test_all_cases_are_counted(self) -> None:
        self.assertEqual(sum(conformance.COUNTS.values()), 517)


if __name__ == "__main__":
    unittest.main()

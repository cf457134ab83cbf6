"""The list of upstream tests that are expected to fail: every way in which a run can differ from it is told."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Interop"))

from official.expected import Cause, Counts, Expected  # noqa: E402
from official.messages import envelope, field, request, varint  # noqa: E402
from official.upstream import Outcome  # noqa: E402

PASSED, FAILED, SKIPPED = Outcome("passed", ""), Outcome("failed", "1 != 2"), Outcome("skipped", "")
LIST = Expected("1.0", {"joins": Cause("Joins.", ["a.py::two"])}, {"a.py::four": "never"}, {"a.py": Counts(1, 1), "b.py": Counts(1, 0)})
TRUE = {"a.py::one": PASSED, "a.py::two": FAILED, "a.py::three": SKIPPED, "b.py::one": PASSED}


class Differences(unittest.TestCase):
    def test_a_true_list_has_none(self) -> None:
        self.assertEqual(LIST.differences("a.py", TRUE) + LIST.differences("b.py", TRUE), [])

    def test_a_failure_that_is_not_listed(self) -> None:
        self.assertEqual(LIST.differences("a.py", {**TRUE, "a.py::one": FAILED}), ["fails, and is not listed: a.py::one: 1 != 2"])

    def test_a_listed_one_that_passes_or_is_skipped(self) -> None:
        for outcome in (PASSED, SKIPPED):
            self.assertEqual(LIST.differences("a.py", {**TRUE, "a.py::two": outcome}), ["passes, and is listed as failing: a.py::two"])

    def test_a_listed_one_that_was_not_run(self) -> None:
        self.assertEqual(
            LIST.differences("a.py", {name: each for name, each in TRUE.items() if name != "a.py::two"}),
            ["is listed, and was not run: a.py::two"])

    def test_fewer_that_pass(self) -> None:
        for outcomes in ({**TRUE, "a.py::one": SKIPPED}, {name: each for name, each in TRUE.items() if name != "a.py::one"}):
            self.assertEqual(len(LIST.differences("a.py", outcomes)), 1)

    def test_counting_anew_takes_off_and_never_puts_on(self) -> None:
        made = LIST.recounted({**TRUE, "a.py::one": FAILED, "a.py::two": PASSED})
        self.assertEqual((made.causes, made.failing(), made.files["a.py"]), ({}, [], Counts(1, 1)))
        self.assertEqual(made.left_out, LIST.left_out)
        self.assertEqual(len(made.differences("a.py", {**TRUE, "a.py::one": FAILED, "a.py::two": PASSED})), 1)

    def test_the_page_has_counts_causes_and_names(self) -> None:
        page = LIST.page()
        for part in ("**2 pass, 1 fail, 1 are skipped", "| a.py | 1 | 1 | 1 |", "## Failing: joins (1)", "- a.py::two", "- a.py::four: never"):
            self.assertIn(part, page)


class Messages(unittest.TestCase):
    def test_an_envelope_is_read_as_it_was_written(self) -> None:
        for number in (0, 127, 128, 300, (1 << 32) - 1):
            read = envelope(request(number, 50, field(1, "no") + field(2, 1), "täble"))
            self.assertEqual((read.msg_id, read.member, read.entity, read.error, read.number(2)), (number, 50, "täble", "no", 1))
        self.assertEqual(varint(300), b"\xac\x02")


if __name__ == "__main__":
    unittest.main()

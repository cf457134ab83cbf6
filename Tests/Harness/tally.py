"""Counting: what passed, failed and was skipped, and the readers of the test runners' reports."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path
from typing import List


@dataclass
class Tally:
    """The outcome of one suite, or of several added together."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    notes: List[str] = field(default_factory=list)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped, self.notes + other.notes
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"

    @staticmethod
    def success() -> "Tally":
        return Tally(passed=1)

    @staticmethod
    def failure(reason: str) -> "Tally":
        return Tally(failed=1, notes=[f"failed: {reason}"])

    @staticmethod
    def skip(reason: str) -> "Tally":
        return Tally(skipped=1, notes=[f"skipped: {reason}"])


def read_swift_testing(output: str, status: int) -> Tally:
    """Reads what `swift test` printed. A run that crashed prints no closing line and is a failure."""
    closing = re.findall(r"Test run with (\d+) tests?\b.* (passed|failed) after", output)
    if not closing:
        return Tally.failure("swift test ended without its summary (a crash, or nothing was built)")
    total = sum(int(count) for count, _ in closing)
    name = r'Test (?!run with |case )(?:"[^\n]*"|[^\n]+?)'
    failed = len(re.findall(rf"^\S+ {name} failed after \d", output, re.MULTILINE))
    skipped = len(re.findall(rf"^\S+ {name} skipped", output, re.MULTILINE))
    tally = Tally(max(total - failed - skipped, 0), failed, skipped)
    if total == 0:
        return Tally.failure("swift test ran no test")
    if (status != 0 or any(verdict == "failed" for _, verdict in closing)) and failed == 0:
        tally += Tally.failure(f"swift test exited with status {status}")
    for line in re.findall(rf"^\S+ {name} skipped[^\n]*", output, re.MULTILINE):
        tally.notes.append("skipped: " + line.split(" ", 1)[1])
    return tally


def read_junit(report: Path, suite: str, status: int) -> Tally:
    """Reads a JUnit report. A runner that wrote none, or ran nothing, has failed."""
    try:
        root = ElementTree.parse(report).getroot()
    except (OSError, ElementTree.ParseError):
        return Tally.failure(f"{suite}: the runner wrote no report (status {status})")
    tally = Tally()
    for case in root.iter("testcase"):
        name = f"{case.get('classname', '')}.{case.get('name', '')}"
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            tally += Tally(failed=1, notes=[f"failed: {suite}: {name}"])
        elif skipped is not None:
            tally += Tally.skip(f"{suite}: {name}: {skipped.get('message', '')}")
        else:
            tally.passed += 1
    if tally.passed + tally.failed + tally.skipped == 0:
        return Tally.failure(f"{suite}: no test was run (status {status})")
    if status != 0 and tally.failed == 0:
        tally += Tally.failure(f"{suite}: the runner exited with status {status}")
    return tally


def read_node_test(output: str, status: int) -> Tally:
    """Reads the counts that close the TAP output of `node --test`."""
    counts = {key: int(value) for key, value in re.findall(r"^# (pass|fail|cancelled|skipped|todo) (\d+)$", output, re.MULTILINE)}
    if "pass" not in counts or not sum(counts.values()):
        return Tally.failure(f"node --test ran no test (status {status})")
    failed = counts.get("fail", 0) + counts.get("cancelled", 0)
    tally = Tally(counts["pass"], failed, counts.get("skipped", 0) + counts.get("todo", 0))
    if status != 0 and failed == 0:
        tally += Tally.failure(f"node --test exited with status {status}")
    return tally


def own_warnings(output: str, root: Path) -> List[str]:
    """The compiler's and the package manager's warnings about this package; those of dependencies are theirs."""
    found = []
    for line in output.splitlines():
        text = re.sub(r"\x1b\[[0-9;]*m", "", line).strip()
        path = re.match(r"^(?!macro expansion @)(/?[^:]+):\d+(?::\d+)?: warning: ", text)
        if path:
            file = Path(path.group(1))
            absolute = file if file.is_absolute() else root / file
            if any(folder in absolute.parents for folder in (root / "Sources", root / "Tests")):
                found.append(text)
        elif re.match(r"^macro expansion @\w+:\d+:\d+: warning: ", text):
            found.append(text)
        elif re.match(rf"^warning: '{re.escape(root.name.lower())}': ", text):
            found.append(text)
    return sorted(set(found))

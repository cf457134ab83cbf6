"""What is expected of the upstream tests: `expected.json`, kept by hand, and `../perspective.md`, the page made of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Dict, List, NamedTuple

from official.upstream import Outcome

HERE = Path(__file__).resolve().parent
LIST = HERE / "expected.json"
PAGE = HERE.parent / "perspective.md"


class Cause(NamedTuple):
    """Why tests fail: what they need and Tangor has not, and their names."""

    needs: str
    tests: List[str]


class Counts(NamedTuple):
    """How many tests of a file passed and were skipped; those that failed are known by name."""

    passed: int
    skipped: int


class Expected(NamedTuple):
    """The list. `left_out` has the tests that are not run at all, each with the reason."""

    release: str
    causes: Dict[str, Cause]
    left_out: Dict[str, str]
    files: Dict[str, Counts]

    @staticmethod
    def load() -> "Expected":
        data = json.loads(LIST.read_text(encoding="utf-8"))
        return Expected(
            data["release"],
            {name: Cause(cause["needs"], cause["tests"]) for name, cause in data["causes"].items()},
            data["left out"],
            {name: Counts(*counts) for name, counts in data["files"].items()})

    def failing(self, file: str = "") -> List[str]:
        """The tests that are to fail, of one file or of all."""
        return [name for cause in self.causes.values() for name in cause.tests if name.startswith(file + "::" if file else "")]

    def differences(self, file: str, outcomes: Dict[str, Outcome]) -> List[str]:
        """What a run of one file did that the list does not say, one line each; empty when the list is true."""
        ran = {name: outcome for name, outcome in outcomes.items() if name.partition("::")[0] == file}
        failing = self.failing(file)
        lines = [f"fails, and is not listed: {name}: {outcome.why}" for name, outcome in ran.items()
                 if outcome.what == "failed" and name not in failing]
        lines += [f"passes, and is listed as failing: {name}" for name in failing if name in ran and ran[name].what != "failed"]
        lines += [f"is listed, and was not run: {name}" for name in failing if name not in ran]
        counts = count(ran)
        if not lines and counts != self.files[file]:
            lines.append(f"{counts.passed} passed and {counts.skipped} were skipped, listed are {self.files[file]}")
        return lines

    def recounted(self, outcomes: Dict[str, Outcome]) -> "Expected":
        """The list after a run: tests that pass now are off it, and the counts are the run's. What fails now is not put on it."""
        causes = {name: Cause(cause.needs, [test for test in cause.tests if outcomes.get(test, ("", ""))[0] == "failed"])
                  for name, cause in self.causes.items()}
        names = sorted({name.partition("::")[0] for name in outcomes})
        files = {file: count({name: outcome for name, outcome in outcomes.items() if name.partition("::")[0] == file}) for file in names}
        return Expected(self.release, {name: cause for name, cause in causes.items() if cause.tests}, self.left_out, files)

    def save(self) -> None:
        """Writes the list and its page."""
        data = {
            "release": self.release, "files": self.files, "left out": self.left_out,
            "causes": {name: {"needs": cause.needs, "tests": cause.tests} for name, cause in self.causes.items()},
        }
        text = json.dumps(data, indent=2)
        # Counts in one line each.
        for counts in self.files.values():
            text = text.replace(f"[\n      {counts.passed},\n      {counts.skipped}\n    ]", f"[{counts.passed}, {counts.skipped}]")
        LIST.write_text(text + "\n", encoding="utf-8")
        PAGE.write_text(self.page(), encoding="utf-8")

    def page(self) -> str:
        """The list for readers."""
        passed, skipped = (sum(getattr(counts, what) for counts in self.files.values()) for what in ("passed", "skipped"))
        failing = self.failing()
        lines = [
            "# The official client's own tests",
            "",
            f"The wheel of perspective-python {self.release} ships the tests of its engine. `test_perspective_upstream.py` runs them",
            "unchanged, their in-process server replaced by a Tangor server at the other end of a WebSocket, each test in a namespace of",
            "its own. This page is made from `official/expected.json`, and the tests fail when it is not true: when something fails that",
            "is not listed, when something listed passes, and when the counts change.",
            "",
            f"**{passed} pass, {len(failing)} fail, {skipped} are skipped by their authors.**",
            "",
            "`TANGOR_RECORD=1 python3 Tests/run.py --only interop` takes what passes now off the list and counts anew; what fails must be",
            "put on it by hand, under its cause.",
            "",
            "| File | Pass | Fail | Skipped by its authors |",
            "|---|---|---|---|",
        ]
        lines += [f"| {file} | {counts.passed} | {len(self.failing(file))} | {counts.skipped} |" for file, counts in self.files.items()]
        for name, cause in self.causes.items():
            lines += ["", f"## Failing: {name} ({len(cause.tests)})", "", cause.needs, ""]
            lines += [f"- {test}" for test in cause.tests]
        lines += ["", "## Not run", ""]
        lines += [f"- {name}: {why}" for name, why in self.left_out.items()]
        return "\n".join(lines) + "\n"


def count(outcomes: Dict[str, Outcome]) -> Counts:
    """Counts outcomes."""
    what = [outcome.what for outcome in outcomes.values()]
    return Counts(what.count("passed"), what.count("skipped"))

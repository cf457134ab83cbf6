"""Running the load generator and reading what it says."""
from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

from .errors import MeasurementError

Report = Dict[str, Any]


def parse_line(line: str) -> Report:
    """One line of the generator's output; its errors become ours."""
    try:
        report = json.loads(line)
    except ValueError:
        raise MeasurementError(f"the load generator said something else than JSON: {line.strip()[:100]}") from None
    if not isinstance(report, dict):
        raise MeasurementError(f"the load generator said something else than an object: {line.strip()[:100]}")
    if "error" in report:
        raise MeasurementError(str(report["error"]))
    return report


def check(report: Report) -> None:
    """Refuses a result in which answers were wrong or missing: its rate would mean nothing."""
    faults = {"errors": "lost connections", "non2xx": "answers that were no success", "bad": "answers that were wrong",
              "gaps": "messages missing in between", "disorder": "messages late or again", "lost": "messages that never came",
              "undelivered": "messages that had not come in the end"}
    named = [f"{report[name]} {words}" for name, words in faults.items() if report.get(name)]
    if named:
        raise MeasurementError(", ".join(named))
    if not report.get("msgs"):
        raise MeasurementError("no answer came in the measured time")


class Generator:
    """The built program."""

    def __init__(self, program: Path) -> None:
        self.program = program

    def start(self, arguments: List[str], error_log: Any = subprocess.DEVNULL) -> "subprocess.Popen[str]":
        return subprocess.Popen([str(self.program), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=error_log, text=True)

    def run(self, arguments: List[str], limit: float, on_begin: Optional[Callable[[], None]] = None,
            on_over: Optional[Callable[[], None]] = None) -> Report:
        """Runs one measurement to its end, `limit` seconds at most.

        Calls `on_begin` when the measured time begins, and `on_over` when it is over.
        """
        process = self.start(arguments)
        timer = threading.Timer(limit, process.kill)
        timer.start()
        try:
            assert process.stdout is not None
            for line in process.stdout:
                report = parse_line(line)
                if report.get("event") == "begin" and on_begin:
                    on_begin()
                elif report.get("event") == "over" and on_over:
                    on_over()
                elif report.get("event") == "end":
                    return report
            raise MeasurementError("the load generator ended without a result")
        finally:
            timer.cancel()
            close(process)


def close(process: "subprocess.Popen[str]") -> None:
    """Ends a generator: the end of its input is its sign to stop."""
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()

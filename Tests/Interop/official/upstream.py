"""Runs the tests of the official client's wheel, and survives those that hang or take their process down."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional

HERE = Path(__file__).resolve().parent
# `core` first: its tests want the main thread to have an event loop, which those of `async` take away.
FOLDERS = ["core", "table", "async", "server", "multi_threaded"]
PER_TEST_SECONDS = 90


class Outcome(NamedTuple):
    """`what` is passed, failed or skipped; `why` says what failed."""

    what: str
    why: str


def run(python: Path, url: str, left_out: List[str], seconds: float) -> Dict[str, Outcome]:
    """The outcome of each test by its name from the wheel's `perspective/tests/` on.

    `python` has the wheel and what its tests import; `url` has `{}` where a namespace's name goes. A test that hangs or ends the
    process has failed, and the rest is run without it. Throws `TimeoutError` when everything together takes longer than `seconds`.
    """
    deadline = time.monotonic() + seconds
    outcomes: Dict[str, Outcome] = {}
    while True:
        guilty = _run_once(python, url, [*left_out, *outcomes], deadline, outcomes)
        if guilty is None:
            return outcomes
        outcomes[guilty] = Outcome("failed", "the client's process hung or ended here")


def _run_once(python: Path, url: str, left_out: List[str], deadline: float, outcomes: Dict[str, Outcome]) -> Optional[str]:
    """Adds to the outcomes; answers the test with which the process ended, or nothing when it ran to its end."""
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "outcomes"
        log = Path(folder) / "log"
        lines.touch()
        where = subprocess.run(
            [str(python), "-c", "import importlib.util as u; print(u.find_spec('perspective').submodule_search_locations[0])"],
            stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        root = Path(where) / "tests"
        # The upstream tests compare local times; they ask for UTC, but too late for those already imported.
        environment = dict(
            os.environ, TZ="UTC", PYTHONDONTWRITEBYTECODE="1", PYTHONPATH=str(HERE.parent), TANGOR_TABLES_URL=url,
            TANGOR_TABLES_OUTCOMES=str(lines), TANGOR_TABLES_LEFT_OUT=json.dumps(left_out))
        command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "official.redirect", "--rootdir", str(root)]
        command += ["-c", os.devnull, "--tb=short", "-W", "ignore", f"--timeout={PER_TEST_SECONDS}", "--timeout-method=thread"]
        command += [str(root / name) for name in FOLDERS]
        with open(log, "w", encoding="utf-8") as output:
            try:
                subprocess.run(
                    command, cwd=root, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                    timeout=max(1, deadline - time.monotonic()), check=False)
            except subprocess.TimeoutExpired:
                raise TimeoutError(f"the upstream tests were not through in time; the last one was {_last_begun(lines)}") from None
        current: Optional[str] = None
        ended = False
        for line in lines.read_text(encoding="utf-8").splitlines():
            report = json.loads(line)
            if "begins" in report:
                current = report["begins"]
            elif "name" in report:
                outcomes[report["name"]] = Outcome(report["outcome"], report["why"])
                current = None
            ended = ended or "ended" in report
        if ended:
            return None
        if current is None:
            raise RuntimeError("the upstream tests did not run:\n" + log.read_text(encoding="utf-8", errors="replace")[-2000:])
        return current


def _last_begun(lines: Path) -> str:
    begun = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines() if '"begins"' in line]
    return begun[-1]["begins"] if begun else "none"

"""Runs Autobahn's fuzzing client against `/echo` and judges its report, case by case.

Every case must be OK or INFORMATIONAL, its closing too. NON-STRICT is taken in 6.4.x alone, where the specification
leaves open how early invalid UTF-8 is refused. A case that is missing from the report has failed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Dict, List, Sequence

from Harness.server import Server
from Harness.tally import Tally

# How many cases each group of version 25.10.1 has: a report with fewer hides something.
COUNTS: Dict[str, int] = {
    "1.*": 16, "2.*": 11, "3.*": 7, "4.*": 10, "5.*": 20, "6.*": 145, "7.*": 37, "9.*": 54, "10.*": 1,
    "12.1.*": 18, "12.2.*": 18, "12.3.*": 18, "12.4.*": 18, "12.5.*": 18,
    "13.1.*": 18, "13.2.*": 18, "13.3.*": 18, "13.4.*": 18, "13.5.*": 18, "13.6.*": 18, "13.7.*": 18,
}
SHORT: List[str] = [name for name in COUNTS if not name.startswith(("12.", "13."))]
USUAL: List[str] = [name for name in COUNTS if not name.startswith("13.") or name == "13.1.*"]
FULL: List[str] = list(COUNTS)
PROCESSES = 2


def judge(report: Dict[str, Dict[str, object]], group: str) -> Tally:
    """Judges one group by the suite's JSON index."""
    tally = Tally()
    for case, outcome in sorted(report.items()):
        allowed = {"OK", "INFORMATIONAL"} | ({"NON-STRICT"} if case.startswith("6.4.") else set())
        verdicts = (outcome.get("behavior"), outcome.get("behaviorClose"))
        if all(verdict in allowed for verdict in verdicts):
            tally.passed += 1
        else:
            tally += Tally.failure(f"Autobahn {case}: {verdicts[0]}, closing {verdicts[1]}")
    missing = COUNTS[group] - len(report)
    if missing > 0:
        tally += Tally(failed=missing, notes=[f"failed: Autobahn {group}: {missing} cases are missing from the report"])
    return tally


def _group(program: Path, url: str, group: str, folder: Path) -> Tally:
    folder.mkdir(parents=True, exist_ok=True)
    specification = folder / "spec.json"
    specification.write_text(
        json.dumps({
            "outdir": str(folder), "servers": [{"agent": "tangor", "url": url}],
            "cases": [group], "exclude-cases": [], "exclude-agent-cases": {},
        }), encoding="ascii")
    started = time.monotonic()
    try:
        with open(folder / "log.txt", "w", encoding="utf-8") as log:
            subprocess.run(
                [str(program), "-m", "fuzzingclient", "-s", str(specification)], cwd=folder, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, timeout=900, check=False)
    except subprocess.TimeoutExpired:
        return Tally(failed=COUNTS[group], notes=[f"failed: Autobahn {group}: did not end within 900 s"])
    try:
        report = json.loads((folder / "index.json").read_text(encoding="utf-8")).get("tangor", {})
    except (OSError, ValueError) as error:
        return Tally(failed=COUNTS[group], notes=[f"failed: Autobahn {group}: no report ({error.__class__.__name__}), see {folder}/log.txt"])
    tally = judge(report, group)
    print(f"Autobahn {group}: {tally} in {time.monotonic() - started:.0f} s", flush=True)
    return tally


def run_against(program: Path, url: str, groups: Sequence[str], output: Path) -> Tally:
    """Runs the groups against an echo endpoint, two at a time, the longest first."""
    shutil.rmtree(output, ignore_errors=True)
    ordered = sorted(groups, key=lambda name: (name.startswith(("12.", "13.")), COUNTS[name]), reverse=True)
    with ThreadPoolExecutor(PROCESSES) as pool:
        tallies = pool.map(lambda name: _group(program, url, name, output / name.rstrip(".*").replace(".", "-")), ordered)
        return sum(tallies, Tally())


def run(program: Path, groups: Sequence[str], output: Path) -> Tally:
    """Starts the gallery on a free port, runs the groups against its `/echo`, and stops it."""
    server = Server("demo", "--log-level", "error")
    try:
        server.start()
        tally = run_against(program, server.websocket_url + "/echo", groups, output)
        server.stop()
        return tally
    except AssertionError as error:
        return Tally.failure(f"Autobahn: {error}")
    finally:
        server.close()


if __name__ == "__main__":
    # python3 -m Autobahn.conformance WSTEST URL OUTPUT [GROUP …]: the suite against any echo endpoint.
    chosen = sys.argv[4:] or SHORT
    outcome = run_against(Path(sys.argv[1]), sys.argv[2], chosen, Path(sys.argv[3]))
    print("\n".join(outcome.notes + [str(outcome)]))
    sys.exit(1 if outcome.failed else 0)

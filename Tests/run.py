#!/usr/bin/env python3
"""Runs everything that proves the project and closes with one line, `N passed, N failed, N skipped`.

    python3 Tests/run.py                        everything
    python3 Tests/run.py --only swift,interop   some suites (interop, browser and autobahn need the release build)
    python3 Tests/run.py --fast                 without the tests marked slow and Autobahn's long groups

Needs Python 3.9 and a Swift toolchain. Everything else goes to `.build/`, or comes from Debian's packages when run as root.
What cannot be had is named in a line `skipped: …` and counted. The exit status is 0 only if nothing failed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

from Harness import suites  # noqa: E402
from Harness.provisioning import BUILD, ROOT  # noqa: E402
from Harness.tally import Tally  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the tests of Tangor.")
    parser.add_argument("--only", metavar="SUITES", help="comma-separated: " + ",".join(suites.ALL))
    parser.add_argument("--fast", action="store_true", help="leave out slow tests and Autobahn's long groups")
    options = parser.parse_args()
    chosen = options.only.split(",") if options.only else list(suites.ALL)
    unknown = [name for name in chosen if name not in suites.ALL]
    if unknown:
        parser.error(f"no suite is called {', '.join(unknown)}; there are {', '.join(suites.ALL)}")
    os.chdir(ROOT)
    BUILD.mkdir(exist_ok=True)

    total = Tally()
    built = True
    for name, suite in suites.ALL.items():
        if name not in chosen:
            continue
        print(f"== {name}", flush=True)
        start = time.monotonic()
        if name in ("interop", "browser", "autobahn") and not built:
            # An older program may still stand there; testing it would say nothing about these sources.
            tally = Tally.failure(f"{name}: not run, because the release build failed")
        else:
            try:
                tally = suite(options.fast)
            except Exception:  # a suite that breaks must not hide the others' results
                traceback.print_exc()
                tally = Tally.failure(f"{name}: the suite itself broke")
        if name == "release":
            built = not any("(status" in note for note in tally.notes)
        print(f"== {name}: {tally} in {time.monotonic() - start:.0f} s", flush=True)
        total += tally

    for note in total.notes:
        print(note, flush=True)
    print(total, flush=True)
    return 0 if total.failed == 0 and total.passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Measures Tangor beside its peers, in one run on one machine, and writes the results as a page of Markdown."""
from __future__ import annotations

import argparse
import json
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Dict, List, Optional

sys.dont_write_bytecode = True

from harness import engine, inside, machine, provision, report  # noqa: E402
from harness.cases import Settings  # noqa: E402
from harness.catalog import NAMES, Catalog  # noqa: E402
from harness.errors import BenchmarkError  # noqa: E402
from harness.expectations import US  # noqa: E402
from harness.generator import Generator  # noqa: E402
from harness.runner import Runner  # noqa: E402
from harness.workloads import REGISTRY, Workload, chosen  # noqa: E402

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / ".build" / "bench"
SERVERS = list(NAMES)
WORKLOADS = [*REGISTRY, inside.NAME, engine.NAME]
SPARE_DESCRIPTORS = 300


def names(text: str) -> List[str]:
    """A list given with commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def parse_arguments(words: List[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", type=names, default=[], metavar="NAMES",
                        help=f"workloads, with commas between them: {', '.join(WORKLOADS)}")
    parser.add_argument("--servers", type=names, default=[], metavar="NAMES",
                        help=f"servers, with commas between them: {', '.join(SERVERS)}")
    parser.add_argument("--quick", action="store_true", help="one short repetition with fewer connections, to see that all works")
    parser.add_argument("--repeat", type=int, metavar="N", help="repetitions of each measurement (default 3)")
    parser.add_argument("--seconds", type=float, metavar="S", help="measured time of each (default 3)")
    parser.add_argument("--ticks", type=float, metavar="S", help="seconds of the workload `tables` (default 10; memory shows in 600)")
    parser.add_argument("--tangor", type=Path, default=HERE.parent / ".build" / "release" / "tangor", metavar="PATH",
                        help="Tangor's binary (default .build/release/tangor)")
    parser.add_argument("--out", type=Path, default=HERE / "results.md", metavar="PATH",
                        help="the page to write (default Benchmarks/results.md)")
    parser.add_argument("--install", action="store_true", help="as root: install missing peers from Debian's packages")
    given = parser.parse_args(words)
    for chosen_names, known in ((given.only, WORKLOADS), (given.servers, SERVERS)):
        for name in chosen_names:
            if name not in known:
                parser.error(f"there is no {name}; choose from {', '.join(known)}")
    if (given.repeat is not None and given.repeat < 1) or (given.seconds is not None and not 0.2 <= given.seconds <= 60):
        parser.error("--repeat takes 1 or more, --seconds takes 0.2 to 60")
    if given.ticks is not None and not 1 <= given.ticks <= 3600:
        parser.error("--ticks takes 1 to 3600")
    return given


def settings_of(given: argparse.Namespace, descriptors: int) -> Settings:
    """How much is measured. The open connections stay below what the system allows one process."""
    quick = Settings(seconds=1.0, warm=0.3, repetitions=1, idle=2_000, streams=2_000, parked=2_000, upload=256 << 20, rows=100_000,
                     ticks=3.0)
    base = quick if given.quick else Settings()
    openable = max(1, descriptors - SPARE_DESCRIPTORS)
    return Settings(
        seconds=given.seconds or base.seconds, warm=base.warm, repetitions=given.repeat or base.repetitions,
        idle=min(base.idle, openable), parked=min(base.parked, openable), streams=base.streams, upload=base.upload,
        rows=base.rows, sessions=base.sessions, ticks=given.ticks or base.ticks)


def raise_descriptor_limit() -> int:
    """Lets us and the servers that we start open as many files as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = 65_536 if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return limit


def versions_of(catalog: Catalog) -> Dict[str, str]:
    return {server.name: server.version for server in catalog.servers if server.version}


def measure_inside(given: argparse.Namespace, skipped: Dict[str, str]) -> List[inside.Outcome]:
    """Runs the programs beside Tangor's binary, where they were asked for; those that are not there are skipped."""
    if (given.only and inside.NAME not in given.only) or (given.servers and US not in given.servers):
        return []
    outcomes = []
    for program in inside.PROGRAMS:
        if not inside.is_built(program, given.tangor.parent):
            skipped[program.name] = f"not built: `swift build -c release --product {program.name}`"
            print(f"skipped: {program.name}: {skipped[program.name]}", flush=True)
            continue
        print(f"{inside.NAME}: {program.title}", flush=True)
        outcome = inside.run(program, given.tangor.parent / program.name)
        for what, figures in outcome.figures:
            print(f"  {what}: {figures}", flush=True)
        if outcome.failure:
            print(f"  {program.name} failed: {outcome.failure}", file=sys.stderr, flush=True)
        outcomes.append(outcome)
    return outcomes


def measure_engine(given: argparse.Namespace, skipped: Dict[str, str]) -> Optional[engine.Outcome]:
    """Measures the table engine beside its peers, where that was asked for and the program is there."""
    if (given.only and engine.NAME not in given.only) or (given.servers and US not in given.servers):
        return None
    program = given.tangor.parent / engine.PROGRAM
    if not program.is_file():
        skipped[engine.PROGRAM] = f"not built: `swift build -c release --product {engine.PROGRAM}`"
        print(f"skipped: {engine.PROGRAM}: {skipped[engine.PROGRAM]}", flush=True)
        return None
    print(f"{engine.NAME}: the table engine alone", flush=True)
    python = provision.python_environment(HERE / "requirements-engine.txt", BUILD / "engine")
    return engine.measure(program, HERE / "peers" / "table_peer.py", python, BUILD)


def measure(given: argparse.Namespace, workloads: List[Workload]) -> int:
    BUILD.mkdir(parents=True, exist_ok=True)
    logs = BUILD / "logs"
    logs.mkdir(exist_ok=True)
    settings = settings_of(given, raise_descriptor_limit())
    if given.install:
        provision.install_system_packages()
    program = provision.build_generator(HERE / "load", BUILD)
    catalog = Catalog(HERE, BUILD, given.tangor, given.servers)
    catalog.fill(program)
    for name, why in catalog.skipped.items():
        print(f"skipped: {name}: {why}", flush=True)
    run = report.Run(time.strftime("%Y-%m-%d %H:%M %Z"), machine.describe(), versions_of(catalog), catalog.skipped, settings, given.quick)
    runner = Runner(catalog.servers, Generator(program), settings, logs)
    for workload in workloads:
        print(f"{workload.name}: {workload.title}", flush=True)
        runner.run(workload)
    outcomes = measure_inside(given, catalog.skipped)
    table_engine = measure_engine(given, catalog.skipped)
    given.out.write_text(report.page(run, workloads, runner.results, outcomes, table_engine))
    (BUILD / "results.json").write_text(json.dumps(report.as_data(run, runner.results, outcomes), indent=1))
    print(f"written: {given.out}")
    ours = [case for case, row in runner.results.failures if row.split()[0] == US]
    ours += [outcome.program.name for outcome in outcomes if outcome.failure]
    if ours:
        print(f"Tangor failed in: {', '.join(ours)}", file=sys.stderr)
    return 1 if ours else 0


def chosen_of(only: List[str]) -> List[Workload]:
    """The workloads that need servers; all, when nothing was chosen."""
    names = [name for name in only if name not in (inside.NAME, engine.NAME)]
    return chosen(names) if names or not only else []


def main() -> int:
    given = parse_arguments(sys.argv[1:])
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the servers are stopped then too
    try:
        return measure(given, chosen_of(given.only))
    except BenchmarkError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench: stopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())

"""The table engine alone, beside DuckDB, Polars and Perspective: the same rows and questions, in processes of their own, without a network."""
from __future__ import annotations

import math
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from .errors import MeasurementError

NAME = "engine"  # what `--only` takes
US = "tangor"
PROGRAM = "TableEngine"
PEERS = ("duckdb", "polars", "perspective")
THREADS = (1, 2)
LIMIT = 900.0  # seconds for each program
# Cases that count as one kind of work: the words by which their names are known.
KINDS: Mapping[str, Tuple[str, ...]] = {
    "grouped aggregation": ("group by", "median", "distinct count"),
    "filters": ("filter",),
    "sorts": ("sort",),
    "formats": (" to Arrow", " to CSV", " to JSON", "load from"),
}
EXPECTED = ("grouped aggregation", "filters", "sorts")

Seconds = Dict[str, float]
Run = Callable[[Sequence[str]], str]


@dataclass
class Outcome:
    """The seconds of each case by engine and threads, and why some are not there."""

    seconds: Dict[Tuple[str, int], Seconds] = field(default_factory=dict)
    failures: Dict[str, str] = field(default_factory=dict)
    memory: List[str] = field(default_factory=list)

    def ratios(self, peer: str, threads: int, words: Sequence[str]) -> List[float]:
        """How many times as long a peer takes, for each case of these words that both have."""
        ours, theirs = self.seconds.get((US, threads), {}), self.seconds.get((peer, threads), {})
        return [theirs[case] / ours[case] for case in ours if case in theirs and any(word in case for word in words)]


def geometric_mean(values: Sequence[float]) -> Optional[float]:
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


def seconds_of(text: str) -> Seconds:
    """The lines `case: seconds` of a program."""
    found: Seconds = {}
    for line in text.splitlines():
        case, colon, value = line.rpartition(": ")
        try:
            seconds = float(value)
        except ValueError:
            raise MeasurementError(f"it said something else than seconds: {line[:100]}") from None
        if not colon or not seconds > 0:
            raise MeasurementError(f"it said something else than seconds: {line[:100]}")
        found[case] = seconds
    if not found:
        raise MeasurementError("it said nothing")
    return found


def output_of(command: Sequence[str]) -> str:
    """What a program prints, run to its end."""
    try:
        done = subprocess.run(list(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              errors="replace", timeout=LIMIT)
    except subprocess.TimeoutExpired:
        raise MeasurementError(f"it did not end within {LIMIT:.0f} s") from None
    except OSError as error:
        raise MeasurementError(str(error)) from None
    if done.returncode:
        words = done.stderr.strip().splitlines()
        raise MeasurementError(f"it ended with status {done.returncode}: {words[-1][:200] if words else 'it said nothing'}")
    return done.stdout


def measure(program: Path, peer: Path, python: Path, folder: Path, peers: Sequence[str] = PEERS, run: Run = output_of) -> Outcome:
    """Runs all engines one after the other, with each number of threads."""
    outcome = Outcome()
    rows = folder / "rows.arrow"
    try:
        run([str(program), "write", str(rows)])
        for threads in THREADS:
            for engine in (US, *peers):
                command = [str(program), "run"] if engine == US else [str(python), str(peer), engine]
                print(f"  {engine}, {threads} threads", flush=True)
                try:
                    outcome.seconds[engine, threads] = seconds_of(run([*command, str(rows), str(threads)]))
                except MeasurementError as error:
                    outcome.failures[f"{engine}, {threads} threads"] = str(error)
        outcome.memory = run([str(program), "memory"]).strip().splitlines()
    except MeasurementError as error:
        outcome.failures[PROGRAM] = str(error)
    finally:
        rows.unlink(missing_ok=True)
    return outcome


def _ratio(value: Optional[float]) -> str:
    return "–" if value is None else f"{value:.2f} ×" if value < 10 else f"{value:,.0f} ×"


def section(outcome: Optional[Outcome]) -> List[str]:
    """The results as lines of Markdown."""
    if outcome is None:
        return []
    lines = ["## The table engine", "",
             "1,000,000 rows of seven columns (whole numbers, texts of 50 and of 5,000 kinds, amounts, numbers of all digits, days), asked in one "
             "process without a network: the best of at least four rounds, in milliseconds, beside how many times as long the peers take. "
             "DuckDB has the texts as enumerations, Polars as categories; Perspective's grouped views have the total besides. DuckDB "
             "writes CSV and JSON to files in memory.", ""]
    for threads in THREADS:
        ours = outcome.seconds.get((US, threads))
        if not ours:
            continue
        peers = [peer for peer in PEERS if (peer, threads) in outcome.seconds]
        lines += [f"### `{NAME}`: {threads} {'thread' if threads == 1 else 'threads'}", "",
                  f"| case | tangor | {' | '.join(peers)} |", f"| --- | ---: |{' ---: |' * len(peers)}"]
        for case, seconds in ours.items():
            exact = [_ratio(outcome.seconds[peer, threads][case] / seconds) if case in outcome.seconds[peer, threads] else "–"
                     for peer in peers]
            lines.append(f"| {case} | {seconds * 1000:,.2f} | {' | '.join(exact)} |")
        for kind, words in {**KINDS, "**all three that are expected**": sum((KINDS[kind] for kind in EXPECTED), ())}.items():
            means = [_ratio(geometric_mean(outcome.ratios(peer, threads, words))) for peer in peers]
            lines.append(f"| geometric mean: {kind} | | {' | '.join(means)} |")
        lines.append("")
    if outcome.memory:
        lines += ["Memory that comes back, of a table that is written to while views come and go:", "",
                  *(f"- {line}" for line in outcome.memory), ""]
    lines += [f"- failed: {what}: {why}" for what, why in outcome.failures.items()]
    return [*lines, ""] if outcome.failures else lines

"""Perspective's protocol: Tangor beside the official engine, through the official client, and many sessions on one table."""
from __future__ import annotations

import functools
import json
import math
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from . import accounting, provision
from .cases import Case, Column, Sample, Settings
from .errors import MeasurementError
from .generator import Generator
from .server import Route, RunningServer

HERE = Path(__file__).resolve().parents[1]
BUILD = HERE.parent / ".build" / "bench" / "perspective"
LIMIT = 900.0  # seconds for a server's operations
PREFIX = "ms "  # of an operation's name in a sample


@functools.lru_cache(maxsize=None)
def interpreter() -> Path:
    """The Python that has the official client and engine."""
    BUILD.mkdir(parents=True, exist_ok=True)
    return provision.python_environment(HERE / "requirements-perspective.txt", BUILD)


def start(program: str, *arguments: str) -> "subprocess.Popen[str]":
    """Starts one of the clients; it prints lines of JSON."""
    return subprocess.Popen([str(interpreter()), str(HERE / "clients" / program), *arguments], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def lines_of(process: "subprocess.Popen[str]", limit: float) -> List[Dict[str, object]]:
    """What a client printed up to its end."""
    try:
        output, errors = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise MeasurementError(f"the client was not through within {limit:.0f} s") from None
    lines = [json.loads(line) for line in output.splitlines()]
    failures = [str(line["failure"]) for line in lines if line.get("failure")]
    if process.returncode or failures:
        words = [*failures, *errors.strip().splitlines()[-1:]]
        raise MeasurementError(f"the client failed: {words[0][:200] if words else f'status {process.returncode}'}")
    return lines


def geometric_mean(values: List[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values))


@dataclass(frozen=True)
class PerspectiveCase(Case):
    """Runs the client's operations on one server, one after the other; the peak of memory is that of the server's life."""

    role: str = "tables"
    columns: Tuple[Column, ...] = (
        Column("speed", "operations per second, geometric mean", 1), Column("peak_mb", "MB at the peak"),
        Column("seconds", "processor seconds", 1))
    yardstick: str = "speed"
    repeatable: bool = False  # each operation is repeated within

    def size(self, settings: Settings) -> Optional[int]:
        return settings.rows

    def measure(self, server: RunningServer, route: Route, generator: Generator, settings: Settings) -> Sample:
        times = 1 if settings.repetitions == 1 else 3
        process = start("perspective_client.py", server.url(route, "ws"), str(settings.rows), str(times))
        lines = lines_of(process, LIMIT)
        server.check_alive()
        operations = {PREFIX + str(line["name"]): float(line["ms"]) for line in lines}  # type: ignore[arg-type]
        if not operations:
            raise MeasurementError("the client measured nothing")
        return {"speed": 1000 / geometric_mean(list(operations.values())), "peak_mb": accounting.peak_bytes(server.pid) / 1e6,
                "seconds": server.processor_seconds(), **operations}


@dataclass(frozen=True)
class TicksCase(Case):
    """Sessions that follow one table, which changes at a steady pace."""

    role: str = "ticks"
    columns: Tuple[Column, ...] = (
        Column("p99_ms", "ms to a notification, p99", 1), Column("p50_ms", "p50", 1), Column("max_ms", "longest", 1),
        Column("merged", "% merged", 1), Column("behind", "sessions behind"), Column("growth", "% more memory", 1),
        Column("cpu", "% of a processor"), Column("rss_mb", "MB", 1))
    yardstick: str = "p99_ms"
    more_is_better: bool = False
    pace: float = 50
    rows: int = 100

    def size(self, settings: Settings) -> Optional[int]:
        return settings.sessions

    def measure(self, server: RunningServer, route: Route, generator: Generator, settings: Settings) -> Sample:
        seconds = settings.ticks
        process = start("ticks_client.py", server.url(route, "ws"), str(settings.sessions), str(seconds), str(self.pace), str(self.rows))
        assert process.stdout is not None
        if not process.stdout.readline():
            lines_of(process, 30)
            raise MeasurementError("the client ended before it was warm")
        before, used = server.resident_bytes(), server.processor_seconds()
        lines = lines_of(process, seconds + 60)
        after, used = server.resident_bytes(), server.processor_seconds() - used
        server.check_alive()
        figures = {name: float(value) for name, value in lines[-1].items()}  # type: ignore[arg-type]
        return {**figures, "growth": 100 * (after / before - 1), "rss_mb": after / 1e6, "cpu": 100 * used / seconds}

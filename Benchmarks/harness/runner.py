"""Measuring workloads on servers, in turn."""
from __future__ import annotations

import statistics
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Sequence, Tuple, TypeVar

from .cases import Case, Sample, Settings
from .errors import MeasurementError
from .generator import Generator
from .server import Route, RunningServer, ServerKind, row_name
from .workloads import Workload

Key = Tuple[str, str]  # case, row
T = TypeVar("T")

# Above this share of one processor the generator may have been the limit.
GENERATOR_LIMIT = 0.9


@dataclass
class Results:
    """All samples, and what failed, by case and row."""

    samples: Dict[Key, List[Sample]] = field(default_factory=dict)
    failures: Dict[Key, str] = field(default_factory=dict)

    def add(self, case: str, row: str, sample: Sample) -> None:
        self.samples.setdefault((case, row), []).append(sample)

    def rows(self, case: str) -> List[str]:
        return [row for name, row in self.samples if name == case]

    def summary(self, case: str, row: str) -> Sample:
        """The median of each figure; empty when nothing was measured."""
        return median_sample(self.samples.get((case, row), []))

    def spread(self, case: str, row: str, figure: str) -> float:
        """The widest distance of a repetition from the median, as a share of the median."""
        values = [sample[figure] for sample in self.samples.get((case, row), [])]
        middle = statistics.median(values) if values else 0.0
        return max(abs(value - middle) for value in values) / abs(middle) if middle else 0.0

    def generator_was_limit(self, case: str, row: str) -> bool:
        return self.summary(case, row).get("generator", 0.0) > GENERATOR_LIMIT


def median_sample(samples: Sequence[Sample]) -> Sample:
    """The median of each figure that all samples have."""
    if not samples:
        return {}
    shared = set(samples[0]).intersection(*samples[1:])
    return {figure: statistics.median(sample[figure] for sample in samples) for figure in samples[0] if figure in shared}


def rotated(items: Sequence[T], by: int) -> List[T]:
    """The same items, begun at another one, so that no server is always the first."""
    start = by % len(items) if items else 0
    return [*items[start:], *items[:start]]


class Runner:
    """Runs workloads: each repetition goes through all servers, so that a drift of the machine hits all alike."""

    def __init__(self, servers: Sequence[ServerKind], generator: Generator, settings: Settings, logs: Path) -> None:
        self.servers, self.generator, self.settings, self.logs = servers, generator, settings, logs
        self.results = Results()

    def run(self, workload: Workload) -> None:
        roles = {case.role for case in workload.cases}
        able = [server for server in self.servers if roles & set(server.routes)]
        for repetition in range(self.settings.repetitions):
            cases = [case for case in workload.cases if repetition == 0 or case.repeatable]
            for kind in rotated(able, repetition) if cases else []:
                for case in cases:
                    for route in kind.routes.get(case.role, ()):
                        self._measure(kind, case, route, repetition)

    def _measure(self, kind: ServerKind, case: Case, route: Route, repetition: int) -> None:
        """One measurement on a server of its own: what came before leaves no trace in its memory."""
        row = row_name(kind, route)
        try:
            with RunningServer(kind, self.logs) as server:
                sample = case.measure(server, route, self.generator, self.settings)
        except (MeasurementError, OSError, ValueError, KeyError) as error:
            self.results.failures[(case.name, row)] = str(error) or type(error).__name__
            print(f"  {case.name:11} {row:18} failed: {error}", file=sys.stderr, flush=True)
            return
        self.results.add(case.name, row, sample)
        figures = ", ".join(f"{sample[column.key]:,.{column.digits}f} {column.heading}" for column in case.columns[:3])
        print(f"  {case.name:11} {row:18} {repetition + 1}/{self.settings.repetitions}  {figures}", flush=True)

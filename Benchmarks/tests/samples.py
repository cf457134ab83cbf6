"""What several tests begin with."""
from __future__ import annotations

from harness.cases import LoadCase
from harness.runner import Results

CASE = LoadCase("c", "a case", connections=4)


def results(**per_cpu: float) -> Results:
    """Results of the case c, with one figure for each server."""
    made = Results()
    for row, value in per_cpu.items():
        made.add("c", row, {"per_cpu": value, "rate": 1000.0, "cpu_us": 1e6 / value, "p50": 1, "p99": 2, "bytes": 36, "rss_mb": 5,
                            "generator": 0.5})
    return made

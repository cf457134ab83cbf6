"""What can go wrong, in words for the reader of the results."""
from __future__ import annotations


class BenchmarkError(Exception):
    """The benchmark cannot run at all."""


class MeasurementError(Exception):
    """One measurement failed; the others go on."""

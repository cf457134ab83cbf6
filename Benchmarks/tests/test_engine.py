"""The comparison of table engines, without any of them."""
from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from typing import List, Sequence

from harness import engine
from harness.errors import MeasurementError


class Engines(unittest.TestCase):
    def test_seconds_are_read_and_all_else_refused(self) -> None:
        self.assertEqual(engine.seconds_of("group by 50: 0.001\nfilter a: b: 2e-05\n"), {"group by 50": 0.001, "filter a: b": 2e-05})
        for text in ("", "group by 50", "group by 50: fast", "group by 50: -1", "group by 50: nan"):
            with self.assertRaises(MeasurementError):
                engine.seconds_of(text)

    def test_all_engines_are_run_and_one_that_fails_is_named(self) -> None:
        commands: List[Sequence[str]] = []

        def run(command: Sequence[str]) -> str:
            commands.append(command)
            if "polars" in command:
                raise MeasurementError("it broke")
            if command[1] in ("write", "memory"):
                Path(command[2]).write_text("rows") if command[1] == "write" else None
                return "after all: 0.1 %"
            return f"group by 50: {0.004 if 'duckdb' in command else 0.001}\nsort all rows: 0.002\n"

        with tempfile.TemporaryDirectory() as folder:
            outcome = engine.measure(Path("program"), Path("peer"), Path("python"), Path(folder), ["duckdb", "polars"], run)
            self.assertEqual(list(Path(folder).iterdir()), [])
        self.assertEqual(len(commands), 1 + 2 * 3 + 1)
        self.assertEqual(outcome.ratios("duckdb", 2, ["group by"]), [4.0])
        self.assertEqual(set(outcome.failures), {"polars, 1 threads", "polars, 2 threads"})
        text = "\n".join(engine.section(outcome))
        for words in ("| group by 50 | 1.00 | 4.00 × |", "| geometric mean: **all three that are expected** | | 2.00 × |", "it broke", "0.1 %"):
            self.assertIn(words, text)

    def test_nothing_measured_is_no_section(self) -> None:
        self.assertEqual(engine.section(None), [])
        self.assertIsNone(engine.geometric_mean([]))

"""What is chosen, judged and told."""
from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bench
from harness import catalog, inside, parked, report, workloads
from harness.cases import LoadCase, Settings
from harness.errors import MeasurementError
from harness.expectations import EXPECTATIONS, Expectation, Slowest, judged
from harness.runner import Results
from harness.server import Route, ServerKind, row_name

from .samples import CASE, results


class Judging(unittest.TestCase):
    def test_met_missed_and_not_measured(self) -> None:
        wish = Expectation("w", "c", "per_cpu", "peer", at_least=8)
        self.assertEqual(wish.verdict(results(tangor=80, peer=10)), "met")
        self.assertEqual(wish.verdict(results(tangor=79, peer=10)), "missed")
        self.assertEqual(wish.verdict(results(peer=10)), "not measured")
        self.assertEqual(wish.verdict(results(tangor=79)), "not measured")

    def test_an_upper_bound(self) -> None:
        wish = Expectation("w", "c", "bytes", at_most=30)
        self.assertEqual(wish.verdict(results(tangor=1)), "missed")
        self.assertEqual(Expectation("w", "c", "bytes", at_most=36).verdict(results(tangor=1)), "met")

    def test_every_expectation_names_what_exists(self) -> None:
        cases = {case.name: case for workload in workloads.REGISTRY.values() for case in workload.cases}
        servers = set(bench.SERVERS)
        for wish in EXPECTATIONS:
            self.assertIn(wish.case, cases)
            self.assertIn(wish.figure, [column.key for column in cases[wish.case].columns])
            self.assertTrue(wish.peer is None or wish.peer in servers)
            ours = {**catalog.TANGOR_ROUTES, **catalog.TANGOR_TABLES, **catalog.RELAY}[cases[wish.case].role]
            self.assertIn(wish.row, [row_name(ServerKind("tangor", lambda port: [], {}), route) for route in ours])
            self.assertTrue((wish.at_least is None) != (wish.at_most is None))

    def test_a_row_of_ones_own_is_judged_by_itself(self) -> None:
        made = results(tangor=1, peer=10)
        made.add("c", "tangor service", {"per_cpu": 5.0})
        wish = Expectation("w", "c", "per_cpu", "peer", at_most=0.2, row="tangor service")
        self.assertEqual((wish.measured(made), wish.verdict(made)), (0.5, "missed"))

    def test_the_slowest_operation_is_judged_alone(self) -> None:
        made = Results()
        for row, times in (("tangor", (1.0, 8.0)), ("peer", (100.0, 4.0))):
            made.add("c", row, {"speed": 1.0, **dict(zip(("ms load", "ms sort"), times))})
        wish = Slowest("w", "c", "speed", "peer", at_least=1)
        self.assertEqual((wish.measured(made), wish.verdict(made)), (0.5, "missed"))
        lines = report.operations(made, CASE)
        self.assertIn("| load | 1.00 | 100.00 | 100.0 × |", lines)
        self.assertIn("| sort | 8.00 | 4.00 | 0.50 × |", lines)

    def test_only_the_cases_that_ran_are_judged(self) -> None:
        self.assertEqual({wish.case for wish, _, _ in judged(results(), ["idle"])}, {"idle"})


class Telling(unittest.TestCase):
    run_ = report.Run("2000-01-01 00:00 UTC", {"Processor": "Fast"}, {"peer": "peer 1.2"}, {"nginx": "not installed"}, Settings())

    def page(self, made: Results, run: Any = None) -> str:
        return report.page(run or self.run_, [workloads.Workload("w", "Work", "About it.", (CASE,))], made)

    def test_the_page_holds_machine_versions_skips_and_figures(self) -> None:
        text = self.page(results(tangor=30_000, peer=10_000))
        for words in ("2000-01-01 00:00 UTC", "- Processor: Fast", "- peer: peer 1.2", "- skipped: nginx: not installed", "3.00 ×"):
            self.assertIn(words, text)
        self.assertLess(text.index("| **tangor** |"), text.index("| peer |"))
        self.assertNotIn("quick run", text)

    def test_without_tangor_nothing_is_made_up(self) -> None:
        row = next(line for line in self.page(results(peer=10_000)).splitlines() if line.startswith("| peer"))
        self.assertTrue(row.endswith("| – |"), row)
        self.assertIn("Nothing was measured.", self.page(Results()))

    def test_all_rows_of_a_table_have_as_many_cells(self) -> None:
        lines = [line for line in self.page(results(tangor=3, peer=1)).splitlines() if line.startswith("|")]
        self.assertEqual(len(lines), 4)
        self.assertEqual(len({line.count("|") for line in lines}), 1)

    def test_a_failure_and_a_busy_generator_are_told(self) -> None:
        made = results(peer=10)
        made.samples[("c", "peer")][0]["generator"] = 0.97
        made.failures[("c", "other")] = "it fell over"
        text = self.page(made)
        self.assertIn(f"| peer {report.DAGGER} |", text)
        self.assertIn("- other: failed: it fell over", text)

    def test_one_repetition_has_no_spread(self) -> None:
        made = results(peer=100)
        self.assertEqual(report.spread(made, CASE, "peer"), "–")
        made.add("c", "peer", {"per_cpu": 300.0})
        self.assertEqual(report.spread(made, CASE, "peer"), "±50 %")

    def test_a_quick_run_says_so(self) -> None:
        quick = report.Run("now", {}, {}, {}, Settings(repetitions=1), quick=True)
        self.assertIn("**A quick run**", self.page(results(peer=1), quick))

    def test_an_expectation_is_shown_with_what_was_measured(self) -> None:
        wish = Expectation("An idle WebSocket: at most 12 kB", "idle", "bytes", at_most=12_000)
        self.assertIn("| An idle WebSocket: at most 12 kB | 8.2 kB | met |", report.expected_section([(wish, 8_150.0, "met")]))
        self.assertIn("| An idle WebSocket: at most 12 kB | – | not measured |", report.expected_section([(wish, None, "not measured")]))
        growth = Expectation("An upload: at most 32 MB more", "digest", "growth_mb", at_most=32)
        self.assertIn("| An upload: at most 32 MB more | 7.2 MB | met |", report.expected_section([(growth, 7.24, "met")]))
        soon = Expectation("All: at most 300 ms", "parked", "last_ms", at_most=300)
        self.assertIn("| All: at most 300 ms | 299 ms | met |", report.expected_section([(soon, 299.3, "met")]))

    def test_numbers(self) -> None:
        self.assertEqual([report.number(1234567.8), report.number(None), report.number(0.5, 2)], ["1,234,568", "–", "0.50"])
        self.assertEqual([report.ratio(1.5), report.ratio(25.04)], ["1.50 ×", "25.0 ×"])

    def test_data_for_programs_has_every_sample(self) -> None:
        data: Any = report.as_data(self.run_, results(tangor=1, peer=2))
        self.assertEqual([(entry["case"], entry["row"]) for entry in data["samples"]], [("c", "tangor"), ("c", "peer")])


class Choosing(unittest.TestCase):
    def test_workloads_by_name(self) -> None:
        self.assertEqual([each.name for each in workloads.chosen(["echo", "json"])], ["echo", "json"])
        self.assertEqual(len(workloads.chosen([])), len(workloads.REGISTRY))

    def test_a_name_is_given_once(self) -> None:
        with self.assertRaises(ValueError):
            workloads.register(workloads.REGISTRY["json"])
        with self.assertRaises(ValueError):
            workloads.register(workloads.Workload("new", "", "", workloads.REGISTRY["json"].cases))

    def test_every_role_is_offered_by_someone(self) -> None:
        for workload in workloads.REGISTRY.values():
            for case in workload.cases:
                self.assertIn(case.role, {**catalog.TANGOR_ROUTES, **catalog.TANGOR_TABLES, **catalog.RELAY})

    def test_arguments(self) -> None:
        given = bench.parse_arguments(["--only", "json, echo", "--quick"])
        self.assertEqual((given.only, given.quick), (["json", "echo"], True))
        self.assertLess(bench.settings_of(given, 100_000).idle, bench.settings_of(bench.parse_arguments([]), 100_000).idle)

    def test_open_connections_stay_below_the_descriptor_limit(self) -> None:
        settings = bench.settings_of(bench.parse_arguments([]), 1024)
        self.assertEqual((settings.idle, settings.parked), (1024 - bench.SPARE_DESCRIPTORS,) * 2)

    def test_inside_needs_no_servers(self) -> None:
        self.assertEqual(bench.chosen_of(["inside"]), [])
        self.assertEqual([each.name for each in bench.chosen_of(["inside", "json"])], ["json"])
        self.assertEqual(bench.chosen_of([]), list(workloads.REGISTRY.values()))

    def test_the_generator_is_asked_for_the_case(self) -> None:
        case = LoadCase("x", "", mode="echo", connections=64, depth=16)
        server: Any = SimpleNamespace(url=lambda route, scheme: f"{scheme}://h{route.path}")
        words = case.arguments(server, Route("/echo", expect="abc"), Settings(seconds=2, warm=1))
        self.assertEqual(words, ["echo", "ws://h/echo", "-c", "64", "-d", "2", "--warm", "1", "--depth", "16", "--expect", "abc"])

    def test_rows_are_named_by_server_and_way(self) -> None:
        kind = ServerKind("tangor", lambda port: [], {})
        self.assertEqual([row_name(kind, Route("/a")), row_name(kind, Route("/b", label="polling"))], ["tangor", "tangor polling"])

    def test_configurations_have_no_place_left(self) -> None:
        for template in sorted((Path(bench.HERE) / "peers").glob("*.conf.in")):
            text = catalog.filled(template.read_text(), 8123, Path("/f"), Path("/s"))
            self.assertRegex(text, "127.0.0.1")
            self.assertIn("8123", text)
            self.assertNotRegex(text, "@[A-Z]+@")


class Inside(unittest.TestCase):
    program = inside.Program("Speed", "How fast", "About it.")

    def printing(self, script: str) -> inside.Outcome:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "Speed"
            path.write_text(f"#!/bin/sh\n{script}\n")
            path.chmod(0o755)
            self.assertTrue(inside.is_built(self.program, Path(folder)))
            return inside.run(self.program, path)

    def test_lines_are_split_at_their_last_colon(self) -> None:
        self.assertEqual(inside.figures_of("call: sum(4, 5): 312 ns\nwait: 5 bytes each, 1.2 µs\n"),
                         (("call: sum(4, 5)", "312 ns"), ("wait", "5 bytes each, 1.2 µs")))
        for text in ("", "Segmentation fault", "oh: no"):
            with self.assertRaises(MeasurementError):
                inside.figures_of(text)

    def test_a_program_is_run(self) -> None:
        self.assertEqual(self.printing("echo 'one: 1 ns'").figures, (("one", "1 ns"),))
        failed = self.printing("echo 'one: 1 ns'; echo 'it broke' >&2; exit 3")
        self.assertEqual((failed.figures, failed.failure), ((), "it ended with status 3: it broke"))
        self.assertFalse(inside.is_built(self.program, Path("/nowhere")))

    def test_the_page_has_figures_and_failures(self) -> None:
        outcomes = [inside.Outcome(self.program, (("one", "1 ns"),)), inside.Outcome(self.program, failure="it broke")]
        text = report.page(Telling.run_, [], Results(), outcomes)
        for words in ("## Inside the process", "### `Speed`: How fast", "| one | 1 ns |", "- failed: it broke"):
            self.assertIn(words, text)
        self.assertNotIn("Inside the process", report.page(Telling.run_, [], Results()))
        data: Any = report.as_data(Telling.run_, Results(), outcomes)
        self.assertEqual([each["failure"] for each in data["inside"]], ["", "it broke"])

"""Tests of the benchmark's pure parts: reading, counting, judging, telling. Run: python3 Benchmarks/test_bench.py"""
from __future__ import annotations

import asyncio
import hashlib
import os
import re
import sys
import tempfile
import time
import unittest
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Dict, List

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent / "peers"))

import bench  # noqa: E402
from contract import Counters, Signal  # noqa: E402
from harness import accounting, catalog, dialects, inside, machine, parked, report, workloads  # noqa: E402
from harness.cases import LoadCase, Settings, load_sample  # noqa: E402
from harness.errors import MeasurementError  # noqa: E402
from harness.expectations import EXPECTATIONS, Expectation, judged  # noqa: E402
from harness.fanout import FanoutCase, IdleSubscribersCase  # noqa: E402
from harness.generator import check, parse_line  # noqa: E402
from harness.runner import Results, median_sample, rotated  # noqa: E402
from harness.server import Route, ServerKind, row_name  # noqa: E402
from harness.upload import BLOCK, UploadCase, digest_of  # noqa: E402

CASE = LoadCase("c", "a case", connections=4)


def results(**per_cpu: float) -> Results:
    """Results of the case c, with one figure for each server."""
    made = Results()
    for row, value in per_cpu.items():
        made.add("c", row, {"per_cpu": value, "rate": 1000.0, "cpu_us": 1e6 / value, "p50": 1, "p99": 2, "bytes": 36, "rss_mb": 5,
                            "generator": 0.5})
    return made


class Accounting(unittest.TestCase):
    def test_ticks_are_counted_behind_a_hostile_name(self) -> None:
        stat = "42 (a) S 1 (b) R 1 42 42 0 -1 4194560 100 200 0 0 7 5 3 2 20 0 1 0 9 0 0"
        self.assertEqual(accounting.ticks_from_stat(stat), 7 + 5 + 3 + 2)

    def test_resident_bytes_from_both_files(self) -> None:
        self.assertEqual(accounting.resident_bytes_from_rollup("5-6 ---p\nRss:            1024 kB\nPss: 1 kB\n"), 1 << 20)
        self.assertEqual(accounting.resident_bytes_from_rollup("Name:\tx\nVmRSS:\t    2048 kB\n"), 2 << 20)
        with self.assertRaises(ValueError):
            accounting.resident_bytes_from_rollup("Name:\tzombie\n")

    def test_this_process_is_accounted(self) -> None:
        self.assertIn(os.getpid(), accounting.tree(os.getpid()))
        self.assertGreater(accounting.resident_bytes(os.getpid()), 1 << 20)
        self.assertGreater(accounting.processor_seconds(os.getpid()), 0)

    def test_the_fine_clock_counts_what_this_process_uses(self) -> None:
        before, own = accounting.processor_nanoseconds(os.getpid()), time.process_time_ns()
        digest_of(8)
        sum(range(100_000))
        used = time.process_time_ns() - own
        self.assertGreaterEqual(accounting.processor_nanoseconds(os.getpid()) - before, used)


class Machine(unittest.TestCase):
    def test_reading(self) -> None:
        self.assertEqual(machine.processor_model("processor\t: 0\nmodel name\t: Fast 3000 @ 3 GHz\n"), "Fast 3000 @ 3 GHz")
        self.assertEqual(machine.processor_model("nothing"), "unknown")
        self.assertEqual(machine.memory_gib("MemTotal:       25165824 kB\n"), 24)
        self.assertEqual(machine.system_name('NAME="x"\nPRETTY_NAME="Debian GNU/Linux 12"\n'), "Debian GNU/Linux 12")


class GeneratorOutput(unittest.TestCase):
    def test_an_error_is_raised_with_its_words(self) -> None:
        with self.assertRaisesRegex(MeasurementError, "no connection"):
            parse_line('{"error":"no connection became ready"}')

    def test_what_is_no_object_is_refused(self) -> None:
        for line in ("Segmentation fault", "[1]", ""):
            with self.assertRaises(MeasurementError):
                parse_line(line)

    def test_a_result_with_wrong_answers_is_refused(self) -> None:
        good: Dict[str, Any] = {"msgs": 10, "errors": 0, "non2xx": 0, "bad": 0}
        check(good)
        for fault in ({"errors": 1}, {"non2xx": 2}, {"bad": 3}, {"msgs": 0}, {"gaps": 1}, {"disorder": 1}, {"lost": 1}, {"undelivered": 1}):
            with self.assertRaises(MeasurementError):
                check({**good, **fault})

    def test_figures_of_a_run(self) -> None:
        told = {"msgs": 3000, "per_s": 1000.0, "mb_s": 0.036, "p50_us": 10.0, "p99_us": 20.0, "cpu": 0.4}
        sample = load_sample(told, used=1.5, resident=5_000_000)
        self.assertEqual((sample["cpu_us"], sample["per_cpu"], sample["rss_mb"]), (500.0, 2000.0, 5.0))
        self.assertAlmostEqual(sample["bytes"], 36)


class Uploads(unittest.TestCase):
    def test_the_oracle_is_of_all_blocks(self) -> None:
        self.assertEqual(digest_of(3), hashlib.sha256(BLOCK * 3).hexdigest())

    def test_the_size_is_in_the_heading(self) -> None:
        self.assertEqual(UploadCase("d", "bytes").size(Settings(upload=5)), 5)


class Statistics(unittest.TestCase):
    def test_the_median_is_of_each_figure(self) -> None:
        samples = [{"a": 1.0, "b": 9.0}, {"a": 3.0, "b": 1.0}, {"a": 2.0, "b": 5.0, "c": 1.0}]
        self.assertEqual(median_sample(samples), {"a": 2.0, "b": 5.0})
        self.assertEqual(median_sample([]), {})

    def test_spread(self) -> None:
        made = Results()
        for value in (80.0, 100.0, 110.0):
            made.add("c", "x", {"v": value})
        self.assertAlmostEqual(made.spread("c", "x", "v"), 0.2)
        self.assertEqual(made.spread("c", "unknown", "v"), 0)

    def test_rotation_keeps_all(self) -> None:
        self.assertEqual([rotated("abc", i) for i in range(4)], [["a", "b", "c"], ["b", "c", "a"], ["c", "a", "b"], ["a", "b", "c"]])
        self.assertEqual(rotated([], 2), [])

    def test_ratio_goes_by_the_direction_of_the_yardstick(self) -> None:
        made = results(tangor=300, peer=100)
        self.assertEqual(report.against_tangor(made, CASE, "peer"), 3)
        memory = LoadCase("c", "", yardstick="bytes", more_is_better=False)
        light = Results()
        light.add("c", "tangor", {"bytes": 6000})
        light.add("c", "peer", {"bytes": 12000})
        self.assertEqual(report.against_tangor(light, memory, "peer"), 2)
        self.assertIsNone(report.against_tangor(results(peer=100), CASE, "peer"))


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
            ours = catalog.TANGOR_ROUTES[cases[wish.case].role]
            self.assertIn(wish.row, [row_name(ServerKind("tangor", lambda port: [], {}), route) for route in ours])
            self.assertTrue((wish.at_least is None) != (wish.at_most is None))

    def test_a_row_of_ones_own_is_judged_by_itself(self) -> None:
        made = results(tangor=1, peer=10)
        made.add("c", "tangor service", {"per_cpu": 5.0})
        wish = Expectation("w", "c", "per_cpu", "peer", at_most=0.2, row="tangor service")
        self.assertEqual((wish.measured(made), wish.verdict(made)), (0.5, "missed"))

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
                self.assertIn(case.role, catalog.TANGOR_ROUTES)

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


def unspelled(text: str) -> bytes:
    """What the generator makes of its notation."""
    return re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found.group(1), 16)]), text.encode())


class Dialects(unittest.TestCase):
    def test_any_bytes_can_be_spelled(self) -> None:
        content = bytes(range(256))
        self.assertEqual(unspelled(dialects.spelled(content)), content)
        self.assertEqual(dialects.spelled(b'{"a":1}\\\n'), '{"a":1}\\x5c\\x0a')

    def test_a_publication_has_its_size_and_one_marker(self) -> None:
        self.assertEqual(len(dialects.payload()), 200)
        for dialect in (dialects.TANGOR_FAN, dialects.ROOM, dialects.BARE_FAN, dialects.MQTT_FAN, dialects.NATS_FAN):
            sent = unspelled(dialect.publication)
            self.assertEqual(sent.count(b"@"), 2)
            self.assertIn(dialects.MARKER, sent)
            self.assertGreaterEqual(len(sent), 200)

    def test_requests_and_notifications(self) -> None:
        self.assertEqual(dialects.json_rpc("m", {"a": [1]}, 3), '{"jsonrpc":"2.0","id":3,"method":"m","params":{"a":[1]}}')
        self.assertNotIn('"id"', dialects.json_rpc("m", {}))

    def test_an_mqtt_packet_tells_its_length_in_groups_of_seven_bits(self) -> None:
        self.assertEqual(dialects.mqtt_packet(0x30, b"ab"), b"\x30\x02ab")
        self.assertEqual(dialects.mqtt_packet(0x30, bytes(127))[:2], b"\x30\x7f")
        self.assertEqual(dialects.mqtt_packet(0x30, bytes(128))[:3], b"\x30\x80\x01")
        self.assertEqual(dialects.mqtt_packet(0x30, bytes(321))[:3], b"\x30\xc1\x02")
        self.assertEqual(dialects.MQTT_CONNECT, bytes.fromhex("100c00044d5154540402") + bytes(4))

    def test_small_values_in_message_pack(self) -> None:
        self.assertEqual(dialects.message_pack({"a": [1, "bc"], "d": {}}), b"\x82\xa1a\x92\x01\xa2bc\xa1d\x80")
        for value in (-1, 128, 1.5, "x" * 32, [0] * 16):
            with self.assertRaises(ValueError):
                dialects.message_pack(value)

    def test_a_wslink_message_is_one_chunk(self) -> None:
        message = dialects.wslink_message("rpc:c1:7", "m", [])
        self.assertEqual(int.from_bytes(message[4:8], "little"), 0)
        self.assertEqual(int.from_bytes(message[8:12], "little"), len(message) - 12)

    def test_the_echo_beside_the_calls_is_as_long(self) -> None:
        self.assertEqual(len(dialects.SAME_SIZE_ECHO.message), len(unspelled(dialects.TANGOR_CALL.message)))


class Fanout(unittest.TestCase):
    server: Any = SimpleNamespace(url=lambda route, scheme: f"{scheme}://h{route.path}")
    settings = Settings(seconds=2, warm=1)

    def words(self, case: FanoutCase, dialect: dialects.Dialect) -> str:
        return " ".join(case.arguments(self.server, Route("/fan", dialect=dialect), self.settings))

    def test_the_generator_is_asked_for_the_case(self) -> None:
        room = dialects.Dialect(ready_on="in", publication="P", publish_path="/in")
        self.assertEqual(
            self.words(FanoutCase("x", "", subscribers=5, window=16), room),
            "fanout ws://h/fan -c 5 --sources 20 --timeout 30 -d 2 --warm 1 --ready-on in --pub ws://h/in --pub-msg P --window 16")
        self.assertTrue(self.words(FanoutCase("x", "", pace=200), room).endswith(" --rate 200"))

    def test_both_sides_introduce_themselves(self) -> None:
        dialect = dialects.Dialect(("hi",), "ok", publication="P", publisher_greetings=("me",), publisher_ready_on="go",
                                   subprotocol="p", binary=True)
        words = self.words(FanoutCase("x", ""), dialect)
        self.assertIn(" --binary --init-binary --proto p --init hi --ready-on ok --pub ws://h/fan ", words)
        self.assertIn(" --pub-msg P --pub-binary --pub-init me --pub-ready-on go ", words)

    def test_idle_subscribers_are_weighed_after_a_first_fan_out(self) -> None:
        words = IdleSubscribersCase("x", "").first_words(self.server, Route("/fan", dialect=dialects.ROOM))
        self.assertEqual((words[0], words[3]), ("fanout", "16"))

    def test_a_call_is_sent_as_its_dialect_says(self) -> None:
        route = Route("/call", expect="9", dialect=dialects.Dialect(("hi",), "ok", message="call me"))
        words = LoadCase("x", "", mode="echo").arguments(self.server, route, self.settings)
        self.assertEqual(words[-8:], ["--init", "hi", "--ready-on", "ok", "--msg", "call me", "--expect", "9"])


class Parked(unittest.TestCase):
    route = Route("/signal/abc", expect='"released"', release="POST:/signal/abc", count="/healthz?verbose#/signals/waiting")

    def test_the_generator_is_asked_for_the_case(self) -> None:
        server: Any = SimpleNamespace(url=lambda route, scheme="http": f"{scheme}://h{route.path}")
        words = parked.ParkedCase("x", "").arguments(server, self.route, 7)
        self.assertEqual(" ".join(words), 'park http://h/signal/abc -c 7 --sources 20 --settle 0 --timeout 60.0 --expect "released" '
                         '--release http://h/signal/abc --release-method POST --release-body "released"')

    def test_a_pointer_leads_to_a_number(self) -> None:
        self.assertEqual(parked.member({"signals": {"waiting": 3}}, "/signals/waiting"), 3)
        for document in ({"signals": {}}, {"signals": 3}, [], {"signals": {"waiting": True}}, {"signals": {"waiting": "3"}}):
            with self.assertRaises(MeasurementError):
                parked.member(document, "/signals/waiting")

    def test_figures_of_a_release(self) -> None:
        told = {"max_us": 250_000.0, "p50_us": 125_000.0, "cpu": 0.5, "parked_s": 1.5}
        sample = parked.parked_sample(told, count=1000, before=10_000_000, during=15_000_000, used=0.02)
        self.assertEqual((sample["bytes"], sample["last_ms"], sample["middle_ms"], sample["cpu_us"], sample["connect"]),
                         (5000.0, 250.0, 125.0, 20.0, 1.5))
        self.assertLessEqual({column.key for column in parked.ParkedCase("x", "").columns}, set(sample))

    def test_who_offers_a_wait_tells_how_to_count_and_to_release(self) -> None:
        peers = [route for _, offered in catalog.PYTHON_PEERS.values() for route in offered.get("wait", ())]
        routes = [*catalog.TANGOR_ROUTES["wait"], *peers]
        self.assertEqual(len(routes), 7)
        for route in routes:
            self.assertRegex(route.count, "^/[^#]+#/")
            self.assertRegex(route.release, "^POST:/")
            self.assertIn(parked.MESSAGE, route.expect)


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


class Peers(unittest.TestCase):
    def test_a_signal_wakes_all_in_their_order(self) -> None:
        async def scene() -> List[Any]:
            signal, woken = Signal(), []

            async def waiter(name: str) -> None:
                woken.append((name, await signal.wait()))

            tasks = [asyncio.ensure_future(waiter(name)) for name in "abc"]
            while signal.waiting < 3:
                await asyncio.sleep(0)
            tasks[1].cancel()
            while signal.waiting > 2:
                await asyncio.sleep(0)
            count = signal.send("now")
            await asyncio.gather(*tasks, return_exceptions=True)
            return [count, signal.waiting, *woken]

        self.assertEqual(asyncio.run(scene()), [2, 0, ("a", "now"), ("c", "now")])

    def test_each_key_has_its_own_generator(self) -> None:
        counters = Counters()
        self.assertEqual([counters.pull(key) for key in "aab"], [f'{{"state": "ready", "content": {n}}}' for n in (1, 2, 1)])


if __name__ == "__main__":
    unittest.main()

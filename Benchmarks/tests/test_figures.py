"""Reading and counting: accounts, the generator's output, samples and their medians."""
from __future__ import annotations

import hashlib
import os
import time
import unittest
from typing import Any, Dict

from harness import accounting, machine, report
from harness.cases import LoadCase, Settings, load_sample
from harness.errors import MeasurementError
from harness.generator import check, parse_line
from harness.runner import Results, median_sample, rotated
from harness.upload import BLOCK, UploadCase, digest_of

from .samples import CASE, results


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
        self.assertGreaterEqual(accounting.peak_bytes(os.getpid()), accounting.resident_bytes_from_rollup(
            (accounting.PROC / str(os.getpid()) / "status").read_text()))

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

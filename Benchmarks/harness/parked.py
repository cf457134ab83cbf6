"""Requests that wait for one signal: what they weigh, and how soon all are answered once it is sent."""
from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any, List, Optional, Tuple

from .cases import Case, Column, Sample, Settings
from .errors import MeasurementError
from .generator import Generator, Report, check, close, parse_line
from .server import Route, RunningServer, fetch

FIRST = 64  # parked and released before the server is weighed
LIMIT = 60.0  # seconds to park all, and to answer all
MESSAGE = "released"


def member(document: Any, pointer: str) -> int:
    """The number at a JSON Pointer (RFC 6901, without its escapes)."""
    for name in pointer.strip("/").split("/"):
        document = document.get(name) if isinstance(document, dict) else None
    if isinstance(document, bool) or not isinstance(document, int):
        raise MeasurementError(f"{pointer} is no number")
    return document


def waiting(server: RunningServer, route: Route) -> int:
    """How many requests wait now, as the server counts them: `route.count` is a path and, behind #, a JSON Pointer."""
    path, _, pointer = route.count.partition("#")
    try:
        status, text = fetch(server.port, path)
    except (OSError, http.client.HTTPException) as error:
        raise MeasurementError(f"GET {path} was not answered: {error}") from None
    if status != 200:
        raise MeasurementError(f"GET {path} was answered {status}")
    return member(json.loads(text), pointer)


@dataclass(frozen=True)
class ParkedCase(Case):
    """Parks many requests, weighs them when the server counts them all, sends the signal, and waits for the last answer."""

    role: str = "wait"
    columns: Tuple[Column, ...] = (
        Column("bytes", "bytes for each"), Column("last_ms", "ms from send to the last answer", 1),
        Column("middle_ms", "ms to half of them", 1),
        Column("cpu_us", "µs of processor for each answer", 1), Column("before_mb", "MB before", 1),
        Column("held_mb", "MB with all parked", 1), Column("connect", "seconds to park all", 2))
    yardstick: str = "bytes"
    more_is_better: bool = False

    def size(self, settings: Settings) -> Optional[int]:
        return settings.parked

    def arguments(self, server: RunningServer, route: Route, count: int) -> List[str]:
        # Several source addresses: a server may limit what one address may open.
        method, _, path = route.release.partition(":")
        return ["park", server.url(route), "-c", str(count), "--sources", "20", "--settle", "0", "--timeout", str(LIMIT),
                "--expect", route.expect, "--release", server.url(Route(path)), "--release-method", method,
                "--release-body", json.dumps(MESSAGE)]

    def measure(self, server: RunningServer, route: Route, generator: Generator, settings: Settings) -> Sample:
        # What a server allocates once, at its first waits and answers, is no parked request's weight.
        self._park(server, route, generator, min(FIRST, settings.parked), weigh=False)
        before = server.resident_bytes()
        report, during, used = self._park(server, route, generator, settings.parked, weigh=True)
        server.check_alive()
        return parked_sample(report, settings.parked, before, during, used)

    def _park(self, server: RunningServer, route: Route, generator: Generator, count: int, weigh: bool) -> Tuple[Report, int, float]:
        """Parks and releases; gives the generator's report, the resident bytes in between and the processor seconds of the release."""
        began = time.monotonic()
        process = generator.start(self.arguments(server, route, count))
        try:
            assert process.stdin is not None and process.stdout is not None
            ended = '{"error": "the load generator ended without a result"}'
            held = parse_line(process.stdout.readline() or ended)
            if held.get("held") != count or held.get("early"):
                raise MeasurementError(f"only {held.get('held')} of {count} connections stayed open, {held.get('early')} did not wait")
            self._wait_until_parked(server, route, count)
            parked = time.monotonic() - began
            if weigh:
                time.sleep(1)
            resident, used = server.resident_bytes(), server.processor_nanoseconds()
            process.stdin.write("release\n")
            process.stdin.flush()
            over = parse_line(process.stdout.readline() or ended)
            used = server.processor_nanoseconds() - used
            report = parse_line(process.stdout.readline() or ended) if over.get("event") == "over" else over
        finally:
            close(process)
        check(report)
        if report["msgs"] != count:
            raise MeasurementError(f"only {report['msgs']} of {count} requests were answered after the signal")
        return {**report, "parked_s": parked}, resident, used / 1e9

    def _wait_until_parked(self, server: RunningServer, route: Route, count: int) -> None:
        deadline, found = time.monotonic() + LIMIT, 0
        while time.monotonic() < deadline:
            server.check_alive()
            found = waiting(server, route)
            if found == count:
                return
            time.sleep(0.05)
        raise MeasurementError(f"the server counts {found} parked requests, not {count}")


def parked_sample(report: Report, count: int, before: int, during: int, used: float) -> Sample:
    """The figures of one release: `before` and `during` are resident bytes, `used` is the server's processor time in seconds."""
    return {
        "bytes": (during - before) / count, "last_ms": report["max_us"] / 1e3, "middle_ms": report["p50_us"] / 1e3,
        "cpu_us": used / count * 1e6, "before_mb": before / 1e6, "held_mb": during / 1e6, "connect": report["parked_s"],
        "generator": report["cpu"],
    }

"""How one thing is measured on one running server."""
from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from typing import Dict, List, Optional, Tuple

from .errors import MeasurementError
from .generator import Generator, check, close, parse_line
from .server import HOST, Route, RunningServer, fetch

Sample = Dict[str, float]


@dataclass(frozen=True)
class Settings:
    """How long and how much is measured."""

    seconds: float = 3.0
    warm: float = 0.7
    repetitions: int = 3
    idle: int = 10_000
    streams: int = 10_000
    parked: int = 10_000
    upload: int = 4 << 30  # bytes
    rows: int = 1_000_000  # of a table
    sessions: int = 100  # that follow a table
    ticks: float = 10.0  # seconds for which it changes


@dataclass(frozen=True)
class Column:
    """One figure of a case's table: its key in a sample, its heading, its digits after the point."""

    key: str
    heading: str
    digits: int = 0


@dataclass(frozen=True)
class Case:
    """What is measured. `yardstick` is the figure that is compared; `more_is_better` says in which direction."""

    name: str
    title: str
    role: str = ""
    columns: Tuple[Column, ...] = ()
    yardstick: str = ""
    more_is_better: bool = True
    repeatable: bool = True

    def measure(self, server: RunningServer, route: Route, generator: Generator, settings: Settings) -> Sample:
        raise NotImplementedError

    def size(self, settings: Settings) -> Optional[int]:
        """How many things the case opens, where the settings decide that."""
        return None


LOAD_COLUMNS = (
    Column("rate", "per second"),
    Column("cpu_us", "µs of processor each", 2),
    Column("per_cpu", "per processor second"),
    Column("p50", "p50 µs"),
    Column("p99", "p99 µs"),
    Column("bytes", "bytes each"),
    Column("rss_mb", "resident MB", 1),
)


@dataclass(frozen=True)
class LoadCase(Case):
    """A closed loop of the load generator: as many operations as the server manages."""

    columns: Tuple[Column, ...] = LOAD_COLUMNS
    yardstick: str = "per_cpu"
    mode: str = "get"
    connections: int = 1
    depth: int = 1
    words: Tuple[str, ...] = ()  # more for the generator

    def arguments(self, server: RunningServer, route: Route, settings: Settings) -> List[str]:
        scheme = "ws" if self.mode == "echo" else "http"
        words = [self.mode, server.url(route, scheme), "-c", str(self.connections),
                 "-d", str(settings.seconds), "--warm", str(settings.warm)]
        if self.depth > 1:
            words += ["--depth", str(self.depth)]
        words += route.dialect.client_words()
        if route.dialect.message:
            words += ["--msg", route.dialect.message]
        if route.create:
            words += ["--create", route.create]
        if route.expect:
            words += ["--expect", route.expect]
        return [*words, *self.words]

    def measure(self, server: RunningServer, route: Route, generator: Generator, settings: Settings) -> Sample:
        before: List[float] = []
        report = generator.run(self.arguments(server, route, settings), limit=settings.seconds + settings.warm + 30,
                               on_begin=lambda: before.append(server.processor_seconds()))
        used = server.processor_seconds() - before[0] if before else 0.0
        server.check_alive()
        check(report)
        if used <= 0:
            raise MeasurementError("the measured time is too short for the kernel's clock of processor time")
        return load_sample(report, used, server.resident_bytes())


def load_sample(report: Dict[str, float], used: float, resident: int) -> Sample:
    """The figures of one run: `used` is the server's processor time in seconds."""
    count = report["msgs"]
    return {
        "rate": report["per_s"], "cpu_us": used / count * 1e6, "per_cpu": count / used,
        "p50": report["p50_us"], "p99": report["p99_us"], "bytes": report["mb_s"] * 1e6 / report["per_s"],
        "rss_mb": resident / 1e6, "generator": report["cpu"],
    }


@dataclass(frozen=True)
class IdleCase(Case):
    """Opens many WebSockets and weighs them."""

    role: str = "echo"
    columns: Tuple[Column, ...] = (
        Column("bytes", "bytes for each"), Column("before_mb", "MB before", 1), Column("held_mb", "MB with all open", 1),
        Column("connect", "seconds to open all", 2))
    yardstick: str = "bytes"
    more_is_better: bool = False

    def size(self, settings: Settings) -> Optional[int]:
        return settings.idle

    def measure(self, server: RunningServer, route: Route, generator: Generator, settings: Settings) -> Sample:
        # What a server allocates once, at its first connections, is no idle connection's weight.
        check(generator.run(self.first_words(server, route), limit=30))
        before = server.resident_bytes()
        # Several source addresses: a server may limit what one address may open.
        process = generator.start(["idle", server.url(route, "ws"), "-c", str(settings.idle), "--sources", "20",
                                   *route.dialect.client_words()])
        try:
            assert process.stdout is not None
            held = parse_line(process.stdout.readline() or '{"error": "the load generator ended without a result"}')
            time.sleep(1)
            server.check_alive()
            during = server.resident_bytes()
        finally:
            close(process)
        if held.get("held") != settings.idle:
            raise MeasurementError(f"only {held.get('held')} of {settings.idle} connections stayed open")
        return {"bytes": (during - before) / settings.idle, "before_mb": before / 1e6, "held_mb": during / 1e6,
                "connect": held["connect_s"]}

    def first_words(self, server: RunningServer, route: Route) -> List[str]:
        """The generator's task before the server is weighed."""
        return ["echo", server.url(route, "ws"), "-c", "16", "-d", "0.3", "--warm", "0.1"]


@dataclass(frozen=True)
class StreamLeaseCase(Case):
    """Opens many streams, pulls each once, weighs them, and waits for their lease to end."""

    role: str = "streams"
    columns: Tuple[Column, ...] = (
        Column("bytes", "bytes for each"), Column("before_mb", "MB before", 1), Column("held_mb", "MB with all open", 1),
        Column("after_mb", "MB after the lease", 1), Column("returned", "% given back"), Column("gone", "seconds until all were gone", 1))
    yardstick: str = "bytes"
    more_is_better: bool = False
    repeatable: bool = False  # it waits for a lease
    sources: int = 20
    patience: float = 150.0

    def size(self, settings: Settings) -> Optional[int]:
        return settings.streams

    def measure(self, server: RunningServer, route: Route, generator: Generator, settings: Settings) -> Sample:
        self._open(server, route, self.sources)  # first-time allocations
        before = server.resident_bytes()
        opened = self._open(server, route, settings.streams)
        time.sleep(1)
        during = server.resident_bytes()
        began = time.monotonic()
        while time.monotonic() - began < self.patience and json.loads(fetch(server.port, "/stream")[1]):
            time.sleep(1)
        gone = time.monotonic() - began
        if gone >= self.patience:
            raise MeasurementError(f"streams were still listed {self.patience:.0f} s after their last use")
        time.sleep(2)
        server.check_alive()
        after, growth = server.resident_bytes(), during - before
        return {"bytes": growth / opened, "before_mb": before / 1e6, "held_mb": during / 1e6, "after_mb": after / 1e6,
                "returned": 100 * (during - after) / growth if growth > 0 else 100.0, "gone": gone}

    def _open(self, server: RunningServer, route: Route, count: int) -> int:
        """Opens streams from several addresses, since one client may have but so many."""
        links = [http.client.HTTPConnection(HOST, server.port, timeout=20, source_address=(f"127.0.0.{i + 1}", 0))
                 for i in range(self.sources)]
        try:
            for i in range(count):
                link = links[i % self.sources]
                key = _answer(link, route.create.partition(":")[2])["key"]
                _answer(link, route.path.replace("{key}", key))
        finally:
            for link in links:
                link.close()
        return count


def _answer(link: http.client.HTTPConnection, path: str) -> Dict[str, str]:
    link.request("GET", path)
    response = link.getresponse()
    text = response.read()
    if response.status != 200:
        raise MeasurementError(f"GET {path} was answered {response.status}: {text[:120]!r}")
    answer = json.loads(text)
    if not isinstance(answer, dict):
        raise MeasurementError(f"GET {path} was answered with something else than an object")
    return answer

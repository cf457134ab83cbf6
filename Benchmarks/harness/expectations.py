"""What Tangor is expected to reach, and whether it did."""
from __future__ import annotations

from dataclasses import dataclass
from typing import List, Optional, Tuple

from .perspective import PREFIX
from .runner import Results

US = "tangor"


@dataclass(frozen=True)
class Expectation:
    """A bound on one of Tangor's figures: on its ratio to a peer's, or on the figure itself.

    `row` and `peer` are rows of the case's table.
    """

    words: str
    case: str
    figure: str
    peer: Optional[str] = None
    at_least: Optional[float] = None
    at_most: Optional[float] = None
    row: str = US

    def measured(self, results: Results) -> Optional[float]:
        """The figure or ratio; None when one of its parts was not measured."""
        ours = results.summary(self.case, self.row).get(self.figure)
        if ours is None or self.peer is None:
            return ours
        theirs = results.summary(self.case, self.peer).get(self.figure)
        return ours / theirs if theirs else None

    def verdict(self, results: Results) -> str:
        value = self.measured(results)
        if value is None:
            return "not measured"
        low = self.at_least is not None and value < self.at_least
        high = self.at_most is not None and value > self.at_most
        return "missed" if low or high else "met"


@dataclass(frozen=True)
class Slowest(Expectation):
    """A bound on how many times faster Tangor is in the single operation where that is least."""

    def measured(self, results: Results) -> Optional[float]:
        ours, theirs = results.summary(self.case, self.row), results.summary(self.case, self.peer or "")
        ratios = [theirs[name] / ours[name] for name in ours if name.startswith(PREFIX) and name in theirs]
        return min(ratios) if ratios else None


def _faster(what: str, case: str, peer: str, times: float) -> Expectation:
    return Expectation(f"{what}: at least {times:g} times {peer}", case, "per_cpu", peer, at_least=times)


def _ahead(what: str, case: str, peer: str, figure: str = "rate") -> Expectation:
    measure = "" if figure == "rate" else " per processor second"
    return Expectation(f"{what}: ahead of {peer}{measure}", case, figure, peer, at_least=1)


EXPECTATIONS: Tuple[Expectation, ...] = (
    _faster("Concurrent pulls", "pulls-50", "cherrypy", 20),
    _faster("Concurrent pulls", "pulls-50", "tornado", 8),
    _faster("Echo, one connection", "echo-1", "socketify", 1.5),
    _faster("Echo, one connection", "echo-1", "tornado", 8),
    _faster("Echo, 64 connections", "echo-64", "socketify", 1.5),
    _faster("Echo, 64 connections", "echo-64", "tornado", 8),
    _faster("Echo, 16 in flight", "echo-64x16", "socketify", 1.5),
    _faster("Echo, 16 in flight", "echo-64x16", "tornado", 8),
    _faster("Small JSON answers", "json-64", "tornado", 8),
    Expectation("Small JSON answers: level with Go (at least 0.9 times)", "json-64", "per_cpu", "go", at_least=0.9),
    *(_faster(f"Relayed messages, {what}", case, "nginx", 1) for case, what in (
        ("relay-1", "one connection"), ("relay-64", "64 connections"), ("relay-64x16", "16 in flight"), ("relay-large", "100 KiB"),
        ("relay-large-8", "100 KiB on 8 connections"))),
    Expectation("An idle WebSocket: at most 12 kB", "idle", "bytes", at_most=12_000),
    Expectation("An idle WebSocket: 6 kB, the aim", "idle", "bytes", at_most=6_000),
    Expectation("Streams: at least 80 % of their memory given back", "streams", "returned", at_least=80),
    *(_ahead(what, case, peer) for case, what in (("fanout-16", "Deliveries a second, 16 on their way"),
                                                  ("fanout-64", "Deliveries a second, 64 on their way"))
      for peer in ("nats", "mosquitto", "tornado")),
    *(_ahead("Deliveries, 64 on their way", "fanout-64", peer, "per_cpu") for peer in ("nats", "mosquitto", "tornado")),
    Expectation("A large upload: at most 32 MB more memory", "digest", "growth_mb", at_most=32),
    *(each for way, row in (("", US), (" by a service", f"{US} service")) for each in (
        Expectation(f"A request parked{way}: at most aiohttp's memory", "parked", "bytes", "aiohttp", at_most=1, row=row),
        Expectation(f"A request parked{way}: half of aiohttp's memory, the aim", "parked", "bytes", "aiohttp", at_most=0.5, row=row))),
    *(Expectation(f"All parked requests{way} answered: at most 300 ms after the send", "parked", "last_ms", at_most=300, row=row)
      for way, row in (("", US), (" of a service", f"{US} service"), (" with a first part", f"{US} body"))),
    Expectation("Perspective's operations: at least 20 times the official engine, geometric mean", "perspective", "speed", "perspective",
                at_least=20),
    Slowest("Perspective's operations: slower than the official engine in none", "perspective", "speed", "perspective", at_least=1),
    Expectation("Perspective's operations: at most half the official engine's memory at the peak", "perspective", "peak_mb", "perspective",
                at_most=0.5),
    Expectation("100 sessions on a table: a notification within 50 ms, p99", "tables", "p99_ms", at_most=50),
    Expectation("100 sessions on a table: none behind at the end", "tables", "behind", at_most=0),
    Expectation("100 sessions on a table: at most 5 % more memory at the end", "tables", "growth", at_most=5),
    *(_ahead("Calls, 64 connections", "calls-64", peer, "per_cpu") for peer in ("wslink", "tornado")),
)


def judged(results: Results, cases: List[str]) -> List[Tuple[Expectation, Optional[float], str]]:
    """The expectations of these cases, with what was measured and the verdict."""
    return [(each, each.measured(results), each.verdict(results)) for each in EXPECTATIONS if each.case in cases]

"""How fan-out is measured: one publisher, many subscribers on WebSockets."""
from __future__ import annotations

from dataclasses import dataclass
from typing import List, Tuple

from .cases import LOAD_COLUMNS, Case, Column, IdleCase, Sample, Settings, load_sample
from .errors import MeasurementError
from .generator import Generator, check
from .server import Route, RunningServer

# Several source addresses: a server may limit what one address may open.
SOURCES = "20"


def fanout_words(server: RunningServer, route: Route, subscribers: int, seconds: float, warm: float) -> List[str]:
    """The generator's task, but for its pace."""
    dialect = route.dialect
    publisher = server.url(Route(dialect.publish_path or route.path), "ws")
    return ["fanout", server.url(route, "ws"), "-c", str(subscribers), "--sources", SOURCES, "--timeout", "30",
            "-d", str(seconds), "--warm", str(warm), *dialect.client_words(), "--pub", publisher, *dialect.publisher_words()]


@dataclass(frozen=True)
class FanoutCase(Case):
    """Publishes to many subscribers, who check the publications' numbers: a message lost or late fails the case.

    Without a pace, the next publication follows when of the last `window` the first has reached every subscriber.
    """

    role: str = "fan"
    columns: Tuple[Column, ...] = (Column("rate", "deliveries per second"), *LOAD_COLUMNS[1:])
    yardstick: str = "per_cpu"
    subscribers: int = 1000
    window: int = 1
    pace: float = 0.0

    def arguments(self, server: RunningServer, route: Route, settings: Settings) -> List[str]:
        words = fanout_words(server, route, self.subscribers, settings.seconds, settings.warm)
        return [*words, "--rate", f"{self.pace:g}"] if self.pace else [*words, "--window", str(self.window)]

    def measure(self, server: RunningServer, route: Route, generator: Generator, settings: Settings) -> Sample:
        clock: List[float] = []
        # After the measured time, the generator waits for what is still on its way.
        report = generator.run(self.arguments(server, route, settings), limit=settings.seconds + settings.warm + 90,
                               on_begin=lambda: clock.append(server.processor_seconds()),
                               on_over=lambda: clock.append(server.processor_seconds()))
        resident = server.resident_bytes()
        server.check_alive()
        check(report)
        if len(clock) != 2 or clock[1] <= clock[0]:
            raise MeasurementError("the measured time is too short for the kernel's clock of processor time")
        return load_sample(report, clock[1] - clock[0], resident)


@dataclass(frozen=True)
class IdleSubscribersCase(IdleCase):
    """Subscribes many WebSockets to one channel and weighs them."""

    role: str = "fan"

    def first_words(self, server: RunningServer, route: Route) -> List[str]:
        return [*fanout_words(server, route, 16, 0.3, 0.1), "--window", "1"]

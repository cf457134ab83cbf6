"""Many sessions that follow one table: `ticks_client.py URL SESSIONS SECONDS BATCHES_A_SECOND ROWS_OF_A_BATCH`.

One more session makes an indexed table and updates it at the given pace. Each of the others has three views of it, flat, grouped and
filtered, and follows each. A batch goes through a port of its own, so that its notifications are known by the port they name. Prints
`{"warm": true}` after the first seconds, and the figures at the end, each as one line of JSON.
"""
from __future__ import annotations

import io
import json
import selectors
import socket
import sys
import time
from pathlib import Path
from typing import Dict, List

import numpy
import pyarrow

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "Interop"))

import frames  # noqa: E402
from official import messages  # noqa: E402
from official.messages import field  # noqa: E402

KEYS = 10_000
PORTS = 256  # batches that are told from each other; more than are ever on their way
WARM = 2.0
PATIENCE = 5.0  # seconds for the last notification
TABLE = "ticks"
# Bodies of `MakeViewReq`'s configuration: flat; grouped by `name`; where `price` is above 50.
VIEWS = (b"", field(1, "name"), field(4, field(1, "price") + field(2, ">") + field(3, b"\x21\0\0\0\0\0\0\x49\x40")))


class Session:
    """A connection that asks and waits, up to when it only follows."""

    def __init__(self, url: str) -> None:
        self.link = frames.opened(url)
        self.frames = frames.Frames()
        self._last = 0

    def ask(self, member: int, body: bytes = b"", entity: str = TABLE) -> messages.Envelope:
        self._last += 1
        self.link.sendall(frames.framed(messages.request(self._last, member, body, entity)))
        reply = messages.envelope(frames.read_message(self.link))
        if reply.error or reply.msg_id != self._last:
            raise RuntimeError(reply.error or f"a reply to {reply.msg_id} where {self._last} was asked")
        return reply

    def follow(self, index: int) -> None:
        """Makes the three views and follows them."""
        for number, settings in enumerate(VIEWS):
            name = f"view {index} {number}"
            self.ask(messages.MAKE_VIEW, field(1, name) + field(2, settings))
            self._last += 1
            self.link.sendall(frames.framed(messages.request(self._last, messages.ON_UPDATE, b"", name)))
        self.ask(messages.SIZE)  # answered when all is subscribed to


def batch(chance: numpy.random.Generator, rows: int) -> bytes:
    keys = chance.integers(0, KEYS, rows)
    return arrow(keys, chance.random(rows) * 100)


def arrow(keys: numpy.ndarray, prices: numpy.ndarray) -> bytes:
    names = pyarrow.array([f"name {key % 50}" for key in keys]).dictionary_encode()
    table = pyarrow.table({"id": keys, "name": names, "price": prices})
    sink = io.BytesIO()
    with pyarrow.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def port_of(notification: bytes) -> int:
    """The port is a notification's last field, of one byte or of two; the first of two is never as a field's tag is."""
    if notification[-2] == 0x10:
        return notification[-1]
    return notification[-2] & 0x7F | notification[-1] << 7


def run(url: str, count: int, seconds: float, pace: float, rows: int) -> Dict[str, float]:
    chance = numpy.random.default_rng(7)
    writer = Session(url)
    first = arrow(numpy.arange(KEYS), chance.random(KEYS) * 100)
    writer.ask(messages.MAKE_TABLE, field(1, field(3, first)) + field(2, field(1, "id")))
    ports = [writer.ask(messages.MAKE_PORT).number(1) for _ in range(PORTS)]
    updates = [frames.framed(messages.request(1_000 + i, messages.UPDATE, field(1, field(3, batch(chance, rows))) + field(2, port), TABLE))
               for i, port in enumerate(ports)]
    sessions = [Session(url) for _ in range(count)]
    selector = selectors.DefaultSelector()
    for index, session in enumerate(sessions):
        session.follow(index)
        session.link.setblocking(False)
        selector.register(session.link, selectors.EVENT_READ, session)
    selector.register(writer.link, selectors.EVENT_READ, None)

    sent: Dict[int, float] = {}
    last_seen: Dict[Session, int] = {session: 0 for session in sessions}
    delays: List[float] = []
    late = 0.0
    begin = time.monotonic()
    total = int((seconds + WARM) * pace)
    number, warm, used = 0, False, 0.0
    end = begin + WARM + seconds
    while True:
        now = time.monotonic()
        if number < total and now >= begin + number / pace:
            late = max(late, now - begin - number / pace)
            sent[ports[number % PORTS]] = time.monotonic()
            writer.link.sendall(updates[number % PORTS])
            number += 1
            if not warm and now - begin >= WARM:
                warm, used = True, time.process_time()
                delays.clear()
                print(json.dumps({"warm": True}), flush=True)
            continue
        if number == total:
            last = ports[(total - 1) % PORTS]
            if all(port == last for port in last_seen.values()) or now > end + PATIENCE:
                break
        for key, _ in selector.select(0.05 if number == total else max(0.0, begin + number / pace - now)):
            data = key.fileobj.recv(1 << 18)  # type: ignore[union-attr]
            if not data:
                raise ConnectionError("the server ended a connection")
            if key.data is None:
                continue
            now = time.monotonic()
            for message in key.data.frames.take(data):
                last_seen[key.data] = port_of(message)
                delays.append(now - sent[last_seen[key.data]])
            while key.data.frames.pings:  # a silent session is asked whether it is there
                key.fileobj.sendall(frames.PONG)  # type: ignore[union-attr]
                key.data.frames.pings -= 1
    delays.sort()
    expected = int(seconds * pace) * count * len(VIEWS)
    return {
        "p50_ms": delays[len(delays) // 2] * 1e3, "p99_ms": delays[len(delays) * 99 // 100] * 1e3, "max_ms": delays[-1] * 1e3,
        "rate": len(delays) / (seconds or 1), "merged": max(0.0, 100 * (1 - len(delays) / expected)),
        "behind": sum(port != ports[(total - 1) % PORTS] for port in last_seen.values()),
        "late_ms": late * 1e3, "generator": (time.process_time() - used) / seconds,
    }


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]))), flush=True)

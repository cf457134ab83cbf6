"""What every peer offers, so that each differs in its framework alone.

    GET /hello          {"message": "Hello, World!", "n": 1234}
    GET /pull?key=K     {"state": "ready", "content": N}: the next value of the generator kept for K
    GET /static/FILE    a file of the folder given at the start
    GET /signal/abc     {"name": "abc", "value": V}: waits until somebody sends V
    GET /wait           the same in a text whose first part is sent before it waits
    POST /signal/abc    sends a JSON value to all who wait: {"woken": N}
    GET /waiting        {"waiting": N}
    WebSocket /echo     every message back as it came
    WebSocket /fan      "subscribed", and then what was sent to /fan/publish
    WebSocket /call     {"id": N, "result": 9} to {"id": N, "method": "test_sum", "arguments": [4, 5]}

A peer has the parts that its framework is made for. The generators count: cheaper than the primes that Tangor
computes for each value, so what is compared is the way of a value to its client, to the peers' advantage.
"""
from __future__ import annotations

import asyncio
import itertools
import json
import sys
from typing import Any, Dict, Iterator, NamedTuple

HELLO: Dict[str, Any] = {"message": "Hello, World!", "n": 1234}
MESSAGE_LIMIT = 64 << 20
BACKLOG = 1024
FIRST_PART = "I'm waiting for some signal<br>"


class Place(NamedTuple):
    """Where a peer listens, and the folder that it serves."""

    port: int
    folder: str


def place_from_arguments() -> Place:
    """The place given on the command line: PORT FOLDER."""
    if len(sys.argv) != 3 or not sys.argv[1].isdigit():
        sys.exit(f"usage: {sys.argv[0]} PORT FOLDER")
    return Place(int(sys.argv[1]), sys.argv[2])


class Signal:
    """What any number of coroutines wait for: a future for each, as in `asyncio.Event`, that brings the value."""

    def __init__(self) -> None:
        self._waiters: Dict["asyncio.Future[Any]", None] = {}

    @property
    def waiting(self) -> int:
        return len(self._waiters)

    async def wait(self) -> Any:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters[waiter] = None
        try:
            return await waiter
        finally:
            self._waiters.pop(waiter, None)

    def send(self, value: Any) -> int:
        """Wakes all who wait, in the order in which they began to; returns how many."""
        woken, self._waiters = self._waiters, {}
        for waiter in woken:
            if not waiter.done():
                waiter.set_result(value)
        return len(woken)


class Counters:
    """A generator for each key, made by the first pull, forgotten at its end."""

    def __init__(self) -> None:
        self._generators: Dict[str, Iterator[int]] = {}

    def pull(self, key: str) -> str:
        """The answer to one pull, as JSON text."""
        generator = self._generators.get(key)
        if generator is None:
            generator = self._generators[key] = itertools.count(1)
        value = next(generator, None)
        if value is None:
            del self._generators[key]
            return json.dumps({"state": "done", "content": None})
        return json.dumps({"state": "ready", "content": value})

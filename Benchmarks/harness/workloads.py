"""The workloads, in a registry: a new pillar adds its own with `register`."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Tuple

from .cases import Case, IdleCase, LoadCase, StreamLeaseCase
from .fanout import FanoutCase, IdleSubscribersCase
from .parked import ParkedCase
from .perspective import PerspectiveCase, TicksCase
from .upload import UploadCase


@dataclass(frozen=True)
class Workload:
    """Cases that belong together. `name` is what `--only` takes."""

    name: str
    title: str
    about: str
    cases: Tuple[Case, ...]


REGISTRY: Dict[str, Workload] = {}


def register(workload: Workload) -> None:
    """Adds a workload; its cases' names must be new too."""
    if workload.name in REGISTRY:
        raise ValueError(f"the workload {workload.name} is there already")
    taken = {case.name for other in REGISTRY.values() for case in other.cases}
    for case in workload.cases:
        if case.name in taken:
            raise ValueError(f"the case {case.name} is there already")
    REGISTRY[workload.name] = workload


def chosen(names: List[str]) -> List[Workload]:
    """The workloads of these names, or all; raises KeyError with the name that is none."""
    return [REGISTRY[name] for name in names] if names else list(REGISTRY.values())


register(Workload(
    "json", "Small JSON answers", "`GET` of a small JSON object over kept-alive connections, one request in flight on each.",
    (LoadCase("json-64", "64 connections", role="hello", mode="get", connections=64),)))

register(Workload(
    "pulls", "Values pulled from generators",
    "Each request takes the next value of a generator that lives on the server. Tangor's rows pull primes, through `/stream/<key>` and "
    "through the polling door; the peers' generators only count, which costs less.",
    (LoadCase("pulls-1", "one stream, one connection, pull after pull", role="pull", mode="get", connections=1),
     LoadCase("pulls-50", "50 connections at once, each with its own stream", role="pull", mode="get", connections=50))))

register(Workload(
    "echo", "WebSocket echo", "100-byte text messages, uncompressed; the next is sent when an answer has come.",
    (LoadCase("echo-1", "one connection", role="echo", mode="echo", connections=1),
     LoadCase("echo-64", "64 connections", role="echo", mode="echo", connections=64),
     LoadCase("echo-64x16", "64 connections, 16 messages in flight on each", role="echo", mode="echo", connections=64, depth=16))))

register(Workload(
    "idle", "Memory of idle WebSockets",
    "Growth of the server's resident memory while the connections are open and silent, for each of them. "
    "The kernel's socket memory is not in it.",
    (IdleCase("idle", "opened and left alone"),)))

register(Workload(
    "streams", "Memory of open streams",
    "Streams opened, pulled once and left alone until their lease ends. The server must give the memory back.",
    (StreamLeaseCase("streams", "until the lease is over"),)))

register(Workload(
    "static", "Small files", "`GET` of one small JavaScript file over kept-alive connections.",
    (LoadCase("static-64", "64 connections", role="file", mode="get", connections=64),)))

register(Workload(
    "fanout", "Fan-out to WebSockets",
    "One publisher, 1,000 subscribers, messages of 200 bytes, each delivery counted; every subscriber checks that it gets each message "
    "once and in order. First as fast as the slowest subscriber takes it, with so many messages on their way; then at a given pace. "
    "Latency is from publishing to receipt, on one clock; under full load it is the time in a queue, so the paced tables tell how soon "
    "a message comes.",
    (FanoutCase("fanout-1", "the next message when all have the last", window=1),
     FanoutCase("fanout-16", "16 messages on their way", window=16),
     FanoutCase("fanout-64", "64 messages on their way", window=64),
     FanoutCase("fanout-paced-20", "20 messages a second", pace=20, yardstick="p99", more_is_better=False),
     FanoutCase("fanout-paced-200", "200 messages a second", pace=200, yardstick="p99", more_is_better=False))))

register(Workload(
    "subscribers", "Memory of idle subscribers",
    "Growth of the server's resident memory while WebSockets are open, subscribed to one channel, and silent, for each of them.",
    (IdleSubscribersCase("subscribers", "subscribed and left alone"),)))

register(Workload(
    "calls", "Calls of an object's method",
    "A small method, in the peers one that adds two integers, called over WebSockets; the next call is sent when an answer has come. "
    "Tangor: `object.call` on the live connection, of a method that adds two integers on the pool of threads; `synchronous`: of one "
    "that adds them where the call arrives (`.synchronous()`); `printing`: of a method that writes a line for each call; `get`: "
    "`object.get` of an integer; `echo`: the plain echo of a message as long as the call's. wslink: its own protocol "
    "in MessagePack. Tornado: a handler that reads and writes JSON.",
    (LoadCase("calls-1", "one connection", role="call", mode="echo", connections=1),
     LoadCase("calls-1x16", "one connection, 16 calls in flight", role="call", mode="echo", connections=1, depth=16),
     LoadCase("calls-64", "64 connections", role="call", mode="echo", connections=64),
     LoadCase("calls-64x16", "64 connections, 16 calls in flight on each", role="call", mode="echo", connections=64, depth=16))))

register(Workload(
    "digest", "A large upload",
    "One `PUT` of known length, from Python's `http.client` in blocks of 1 MiB; the server answers with the SHA-256 and the length of what "
    "came. The growth of its resident memory is looked for every 50 ms. aiohttp: `hashlib`, chunk by chunk.",
    (UploadCase("digest", "bytes of one upload"),)))

register(Workload(
    "parked", "Requests that wait for one signal",
    "As many connections with one request each, all of which wait; then one `POST` that wakes them all. The memory is the growth of the "
    "server's resident memory when it counts them all as waiting, connection and request together, without the kernel's socket memory. "
    "The times begin when the releasing request is sent, and end when the last answer, or half of them, have been received and found "
    "right; the processor time is what the server used in between. Tangor: `GET /signal/<name>`; `service`: a service with "
    "`try await signals.wait(for:)`, which answers then; `body`: one that has sent the first part of its answer before. The peers wait "
    "for a future of `asyncio` each, without a limit of time, which Tangor's have; their `body` rows flush a first part too.",
    (ParkedCase("parked", "all parked, one send"),)))

register(Workload(
    "perspective", "Perspective's protocol, beside its own engine",
    "The official Python client over a WebSocket, on the same tables: `tangor` against `perspective`, the official engine behind its "
    "Tornado handler. Views: making one, asking for its size, reading its first 100 rows, deleting it; the fastest of three tries. The "
    "peak of memory is that of the server's whole life.",
    (PerspectiveCase("perspective", "rows of a table"),)))

register(Workload(
    "tables", "Sessions that follow one table",
    "An indexed table of 10,000 rows is updated by 50 batches of 100 rows a second; each session has three views of it, flat, grouped and "
    "filtered, and is told of each change of each. The time is from sending a batch to receiving a notification of it, over all of them. "
    "`merged`: notifications that told of several batches. `behind`: sessions that had not heard of the last batch 5 s after it. Memory: "
    "growth of the resident size between the second second and the end.",
    (TicksCase("tables", "sessions, three views each"),)))

register(Workload(
    "relay", "WebSockets relayed to a program",
    "The echo above, of 100-byte text messages and of binary messages of 100 KiB, through a relay in front of the bare C server. The figures of "
    "processor time and memory are the relay's own. Tangor: what it shows programs through, in a server that does nothing else; nginx: "
    "`proxy_pass` with buffers of 64 KiB; bare C: the same server without a relay.",
    (LoadCase("relay-1", "one connection", role="relay", mode="echo", connections=1),
     LoadCase("relay-1x16", "one connection, 16 messages in flight", role="relay", mode="echo", connections=1, depth=16),
     LoadCase("relay-64", "64 connections", role="relay", mode="echo", connections=64),
     LoadCase("relay-64x16", "64 connections, 16 messages in flight on each", role="relay", mode="echo", connections=64, depth=16),
     LoadCase("relay-large", "one connection, binary messages of 100 KiB", role="relay", mode="echo", connections=1,
              words=("--size", "102400", "--binary")),
     LoadCase("relay-large-8", "8 connections, binary messages of 100 KiB, 4 in flight on each", role="relay", mode="echo", connections=8,
              depth=4, words=("--size", "102400", "--binary")))))

"""The workloads, in a registry: a new pillar adds its own with `register`."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Tuple

from .cases import Case, IdleCase, LoadCase, StreamLeaseCase


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

"""Streams that nobody uses go after their lease, and limits hold."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Callable, Iterator, List

import requests

from client import Client
from Harness.server import Server
from wire import RawConnection, problem


def numbers(value: Any) -> Iterator[int]:
    """Every number below a value."""
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from numbers(inner)


def stream_counts(http: Client) -> "list[int]":
    """The counts that `/healthz?verbose` gives for the streams part."""
    body = http.get("/healthz?verbose").json()
    part = next((value for name, value in body.items() if "stream" in name.lower()), None)
    if part is None:
        part = next(value for outer in body.values() if isinstance(outer, dict) for name, value in outer.items() if "stream" in name.lower())
    return list(numbers(part))


def configured(launch: Callable[..., Server], folder: Path, text: str) -> Server:
    file = folder / "tangor.yaml"
    file.write_text(text, encoding="utf-8")
    return launch("demo", "--config", str(file))


def test_two_thousand_streams_go_after_their_lease(launch: Callable[..., Server], tmp_path: Path) -> None:
    running = configured(launch, tmp_path, "streams:\n  lease: 2s\n  max_streams_per_client: 5000\n")

    def open_some(_: int) -> List[str]:
        with Client(running) as own:
            return [own.open("/primes") for _ in range(100)]

    with ThreadPoolExecutor(10) as pool:
        keys = {key for share in pool.map(open_some, range(20)) for key in share}
    assert len(keys) == 2000
    with Client(running) as http:
        deadline = time.monotonic() + 30
        while http.get("/stream").json():
            assert time.monotonic() < deadline, "streams outlived their lease"
            time.sleep(0.2)
        counts = stream_counts(http)
        assert counts, "/healthz?verbose has no counts of streams"
        # The live counts are back at nothing; a total of streams ever opened may stay.
        assert 0 in counts and all(count == 0 or count >= 2000 for count in counts), counts
        problem(http.get(f"/stream/{keys.pop()}"), 404, "stream_not_found")
    running.stop()


def test_a_waiting_pull_keeps_its_stream(launch: Callable[..., Server], tmp_path: Path) -> None:
    running = configured(launch, tmp_path, "streams:\n  lease: 1s\n")
    with Client(running) as http:
        key = http.open("/ticks?every=3s")
        assert http.pull(key) == {"finished": False, "data": 1}
    running.stop()


def test_limit_for_each_client(launch: Callable[..., Server], tmp_path: Path) -> None:
    running = configured(launch, tmp_path, "streams:\n  max_streams_per_client: 3\n  max_streams: 5\n")
    with Client(running) as http:
        keys = [http.open("/primes") for _ in range(3)]
        refused = http.get("/primes")
        assert problem(refused, 429, "too_many_requests")["retry"] is True
        assert int(refused.headers["Retry-After"]) >= 0
        with socket.create_connection(("127.0.0.1", running.port), timeout=10, source_address=("127.0.0.2", 0)) as other:
            other.sendall(b"GET /primes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert other.recv(4096).startswith(b"HTTP/1.1 200")
        http.delete(f"/stream/{keys[0]}")
        assert http.open("/primes")
    running.stop()


def test_an_open_push_keeps_its_stream_and_leaving_frees_it(launch: Callable[..., Server], tmp_path: Path) -> None:
    running = configured(launch, tmp_path, "streams:\n  lease: 1s\n")
    with Client(running) as http:
        key = http.open("/ticks?every=2500ms")
        with RawConnection(running) as raw:
            raw.send(f"GET /stream/{key} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n".encode())
            assert raw.until(b"data: 1")
            assert key in http.get("/stream").json()
        deadline = time.monotonic() + 20
        while requests.get(running.url + "/stream", timeout=10).json():
            assert time.monotonic() < deadline, "a stream whose reader went outlived its lease"
            time.sleep(0.1)
    running.stop()

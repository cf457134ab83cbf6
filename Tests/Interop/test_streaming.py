"""Bodies in both directions, part by part: read as they arrive, passed on when they are written, cut off when nobody takes or sends them."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import http.client
import json
import os
import select
import socket
import threading
import time
import zlib
from pathlib import Path
from typing import AsyncIterator, Callable, Iterator, List

import aiohttp
import pytest
import requests

from client import Client
from Harness.server import Server
from wire import RawConnection

MIB = 1 << 20
CHUNKED = b"Transfer-Encoding: chunked\r\n"


def eventually(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def status_of(server: Server, name: str) -> int:
    """A number of /proc/<pid>/status; kB for memory."""
    assert server.process is not None
    text = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    return int(text.split(name + ":")[1].split()[0])


def chunk(raw: RawConnection) -> bytes:
    """The next chunk of a chunked body; empty for its end."""
    size = int(raw.until(b"\r\n"), 16)
    return raw.exactly(size + 2)[:-2]


def begin(raw: RawConnection, method: str, path: str, headers: bytes = b"") -> None:
    raw.send(f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode("ascii") + headers + b"\r\n")


def send_chunk(raw: RawConnection, data: bytes) -> None:
    raw.send(b"%x\r\n%s\r\n" % (len(data), data))


class Watch:
    """Follows a server's resident memory while it is entered."""

    def __init__(self, server: Server) -> None:
        self.server, self.over = server, threading.Event()
        self.before = self.peak = status_of(server, "VmRSS")
        self.thread = threading.Thread(target=self.follow)

    def follow(self) -> None:
        while not self.over.wait(0.01):
            self.peak = max(self.peak, status_of(self.server, "VmRSS"))

    def __enter__(self) -> "Watch":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()

    @property
    def growth(self) -> int:
        """In bytes."""
        return (self.peak - self.before) << 10


# Input


def test_digest_of_a_large_upload(launch: Callable[..., Server]) -> None:
    server = launch("demo")
    block = os.urandom(MIB)
    count = 256
    oracle = hashlib.sha256()
    for number in range(count):
        oracle.update(number.to_bytes(4, "big") + block)
    expected = {"sha256": oracle.hexdigest(), "length": count * (MIB + 4)}

    def parts() -> Iterator[bytes]:
        for number in range(count):
            yield number.to_bytes(4, "big") + block

    with Client(server) as client, Watch(server) as watch:
        assert client.post("/digest", data=parts()).json() == expected, "chunked"
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("PUT", "/digest", body=parts(), headers={"Content-Length": str(expected["length"])})
        assert json.loads(connection.getresponse().read()) == expected, "of known length"
        connection.close()
    assert watch.growth < 48 * MIB, f"{watch.growth / MIB:.0f} MiB more for 256 MiB"


def test_digest_small(http: Client) -> None:
    for data in (b"", b"x", os.urandom(100_000)):
        for method in ("POST", "PUT"):
            assert http.request(method, "/digest", data=data).json() == {"sha256": hashlib.sha256(data).hexdigest(), "length": len(data)}
    refused = http.get("/digest")
    assert refused.status_code == 405 and "POST" in refused.headers["Allow"]


def test_digest_by_aiohttp(server: Server) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"z" * 10_000

    async def run() -> object:
        async with aiohttp.ClientSession() as session, session.put(server.url + "/digest", data=parts()) as answer:
            return await answer.json()

    assert asyncio.run(run()) == {"sha256": hashlib.sha256(b"z" * 1_000_000).hexdigest(), "length": 1_000_000}


def test_a_body_that_breaks_off(server: Server) -> None:
    for headers in (b"Content-Length: 100\r\n", CHUNKED):
        with RawConnection(server) as raw:
            begin(raw, "POST", "/digest", headers)
            send_chunk(raw, b"half")
            raw.socket.shutdown(socket.SHUT_WR)
            status, _, body = raw.response()
            assert status == 400 and json.loads(body)["code"] == "incomplete_body"


def test_the_body_is_asked_for(server: Server) -> None:
    with RawConnection(server) as raw:
        begin(raw, "POST", "/digest", b"Expect: 100-continue\r\nContent-Length: 3\r\n")
        assert raw.until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        raw.send(b"abc")
        assert json.loads(raw.response()[2])["length"] == 3
        assert raw.request("GET", "/hello")[0] == 200, "the connection goes on"


# Output


def test_each_part_comes_when_it_is_written(server: Server) -> None:
    with RawConnection(server) as raw:
        begin(raw, "POST", "/lines", CHUNKED)
        send_chunk(raw, b"one\n")
        head = raw.until(b"\r\n\r\n").lower()
        assert head.startswith(b"http/1.1 200") and b"transfer-encoding: chunked" in head
        assert chunk(raw) == b"1: 3 characters\n"
        for number in range(2, 20):
            # The next line goes out only after the answer to the last was read.
            send_chunk(raw, b"x" * number + b"\n")
            assert chunk(raw) == f"{number}: {number} characters\n".encode("ascii")
        send_chunk(raw, b"")
        assert chunk(raw) == b"19 lines\n"
        assert chunk(raw) == b""
        assert raw.request("GET", "/hello")[0] == 200, "the connection goes on"


def test_both_directions_by_aiohttp(server: Server) -> None:
    async def run() -> List[bytes]:
        answered: "asyncio.Queue[None]" = asyncio.Queue()

        async def lines() -> AsyncIterator[bytes]:
            for number in range(5):
                yield b"y" * number + b"\n"
                await answered.get()

        got = []
        async with aiohttp.ClientSession() as session, session.post(server.url + "/lines", data=lines()) as answer:
            async for line in answer.content:
                got.append(line)
                answered.put_nowait(None)
        return got

    assert asyncio.run(run()) == [f"{n + 1}: {n} characters\n".encode("ascii") for n in range(5)] + [b"5 lines\n"]


def test_an_answer_that_breaks_off_is_an_error(server: Server) -> None:
    with RawConnection(server) as raw:
        begin(raw, "POST", "/lines", CHUNKED + b"X-Request-Id: broken-in-test\r\n")
        send_chunk(raw, b"one\n")
        raw.until(b"\r\n\r\n")
        assert chunk(raw) == b"1: 3 characters\n"
        send_chunk(raw, b"fail\n")
        assert raw.rest() == b"", "neither the end of the body nor another answer"
    eventually(lambda: any("broken-in-test" in line and "broke off" in line for line in server.log.splitlines()), "it was not logged")

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.post(server.url + "/lines", data=b"one\nfail\n", timeout=30)

    async def run() -> None:
        async with aiohttp.ClientSession() as session, session.post(server.url + "/lines", data=b"one\nfail\n") as answer:
            assert answer.status == 200
            await answer.read()

    with pytest.raises(aiohttp.ClientPayloadError):
        asyncio.run(run())


# Time


def test_slow_writers_are_cut_off(launch: Callable[..., Server]) -> None:
    server = launch("demo", "--set", "limits.request_timeout=500ms")
    threads = status_of(server, "Threads")
    connections = [RawConnection(server) for _ in range(50)]
    for raw in connections:
        begin(raw, "POST", "/digest", b"Content-Length: 1000000\r\n")
    # A byte now and then from each, until the server has answered all of them.
    waiting = {raw.socket: raw for raw in connections}
    deadline = time.monotonic() + 15
    most = 0
    while waiting:
        assert time.monotonic() < deadline, f"{len(waiting)} trickles were not cut off"
        for raw in waiting.values():
            raw.send(b"x")
        most = max(most, status_of(server, "Threads"))
        for ready in select.select(list(waiting), [], [], 0.05)[0]:
            raw = waiting.pop(ready)
            status, headers, body = raw.response()
            assert status == 408 and json.loads(body)["code"] == "request_timeout"
            assert headers["connection"] == "close"
            raw.socket.close()
    assert most <= threads + 4, "a slow writer holds a thread"
    assert server.status("/readyz") == 200


def test_slow_readers_are_cut_off(launch: Callable[..., Server], tmp_path: Path) -> None:
    with open(tmp_path / "large.bin", "wb") as file:
        file.truncate(64 * MIB)
    server = launch("serve", "--root", str(tmp_path), "--set", "limits.write_timeout=500ms")
    assert server.status("/readyz") == 200
    threads = status_of(server, "Threads")
    connections = []
    for _ in range(20):
        raw = RawConnection(server)
        begin(raw, "GET", "/large.bin")
        connections.append(raw)
    eventually(lambda: server.log.count("A client was cut off") >= 20, "they were not cut off")
    # Reading files has a pool of threads; those who wait hold none of it.
    assert status_of(server, "Threads") <= threads + 8
    for raw in connections:
        assert len(raw.rest()) < 64 * MIB
        raw.socket.close()
    # A reader that takes all in time gets all.
    assert len(requests.get(server.url + "/large.bin", timeout=30).content) == 64 * MIB


# Compression


def test_compression(launch: Callable[..., Server]) -> None:
    server = launch("demo", "--set", "compression=true")
    with Client(server) as client:
        plain = client.get("/tangor/tangor.js", headers={"Accept-Encoding": "identity"})
        assert "Content-Encoding" not in plain.headers and "Accept-Encoding" in plain.headers["Vary"]
        small = client.get("/tangor/tangor.js", headers={"Accept-Encoding": "gzip"})
        assert small.headers["Content-Encoding"] == "gzip" and small.content == plain.content
        assert small.headers["ETag"].startswith("W/")
        again = client.get("/tangor/tangor.js", headers={"Accept-Encoding": "gzip", "If-None-Match": small.headers["ETag"]})
        assert again.status_code == 304 and not again.content
        part = client.get("/tangor/tangor.js", headers={"Accept-Encoding": "gzip", "Range": "bytes=0-9"})
        assert part.status_code == 206 and part.content == plain.content[:10]
        assert "Content-Encoding" not in client.get("/hello", headers={"Accept-Encoding": "gzip"}).headers, "too small"
        deflated = client.get("/tangor/tangor.js", headers={"Accept-Encoding": "deflate"})
        assert deflated.headers["Content-Encoding"] == "deflate" and deflated.content == plain.content
    with RawConnection(server) as raw:
        status, headers, body = raw.request("GET", "/tangor/tangor.js", "Accept-Encoding: gzip\r\n")
        assert status == 200 and gzip.decompress(body) == plain.content and len(body) < len(plain.content) // 2


def test_events_are_compressed_one_by_one(launch: Callable[..., Server]) -> None:
    server = launch("demo", "--set", "compression=true")
    with RawConnection(server) as raw, Client(server) as client:
        begin(raw, "GET", "/channel/demo/compressed", b"Accept: text/event-stream\r\nAccept-Encoding: gzip\r\n")
        assert b"content-encoding: gzip\r\n" in raw.until(b"\r\n\r\n").lower()
        inflater = zlib.decompressobj(31)
        text = inflater.decompress(chunk(raw))
        assert text.startswith(b":"), "the comment that comes at once"
        for number in range(5):
            assert client.post("/channel/demo/compressed", json={"number": number}).status_code == 200
            text = b""
            while not text.endswith(b"\n\n"):
                text += inflater.decompress(chunk(raw))
            assert json.loads(text.split(b"data: ")[1]) == {"number": number}

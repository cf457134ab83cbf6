"""Bad requests: each gets its clear error, in bounded time, and the server keeps serving others."""

from __future__ import annotations

import socket
import struct
import time
from pathlib import Path
from typing import Callable

import pytest

from client import Client
from Harness.server import Server
from wire import RawConnection, problem


def test_unknown_paths(http: Client) -> None:
    problem(http.get("/no/such/place"), 404, "not_found")
    answer = http.get("/no/such/place", headers={"Accept": "text/html,application/json;q=0.5"})
    assert answer.status_code == 404 and answer.headers["Content-Type"].startswith("text/html")
    assert "<" in answer.text


def test_problem_pages_escape_what_was_asked(http: Client) -> None:
    answer = http.get("/stream/%3Cscript%3Ealert(1)%3C%2Fscript%3E", headers={"Accept": "text/html"})
    assert "<script>alert(1)" not in answer.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/rpc"])
def test_wrong_methods_name_the_right_ones(http: Client, path: str) -> None:
    answer = http.put(path)
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"]


def test_malformed_service_arguments(http: Client) -> None:
    for path in ("/prime-factors", "/prime-factors?n=", "/prime-factors?n=x", "/prime-factors?n=-5", "/prime-factors?n=99999999999999999999999"):
        answer = http.get(path)
        assert answer.status_code == 400 and answer.json()["code"] in ("invalid_parameters", "invalid_request"), (path, answer.text)


@pytest.mark.parametrize("query", ["n=%", "n=%zz", "n=%ff", "n=%00"])
def test_malformed_escapes(server: Server, query: str) -> None:
    with RawConnection(server) as raw:
        assert raw.request("GET", f"/prime-factors?{query}")[0] == 400


def test_headers_over_the_limit(server: Server) -> None:
    with RawConnection(server) as raw:
        raw.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Big: " + b"x" * (128 << 10) + b"\r\n\r\n")
        assert raw.response()[0] == 431
    with RawConnection(server) as raw:
        raw.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: y\r\n" % index for index in range(20_000)) + b"\r\n")
        assert raw.response()[0] == 431
    with RawConnection(server) as raw:
        raw.send(b"GET /" + b"x" * (128 << 10) + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        assert raw.response()[0] in (414, 431)


def test_endless_header_is_cut_off(server: Server) -> None:
    with RawConnection(server) as raw:
        raw.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Endless: ")
        for _ in range(400):
            raw.send(b"x" * 4096)
        assert raw.response()[0] == 431


def test_bodies_over_the_limit(server: Server) -> None:
    with RawConnection(server) as raw:
        status, headers, body = raw.request("POST", "/rpc", f"Content-Type: application/json\r\nContent-Length: {1 << 40}\r\n", b"[")
        assert status == 413 and b"payload_too_large" in body
    with RawConnection(server) as raw:
        raw.send(b"POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        block = b"10000\r\n" + b" " * 65536 + b"\r\n"
        for _ in range(300):
            raw.send(block)
        assert raw.response()[0] == 413


@pytest.mark.parametrize("request_bytes", [
    b"nonsense\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64,
    b"GET / HTTP/1.1\r\nHost: x\r\nBad Header: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
    b"POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    b"POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /rpc HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
])
def test_what_is_not_http_is_refused_and_closed(server: Server, request_bytes: bytes) -> None:
    with RawConnection(server) as raw:
        raw.send(request_bytes)
        reply = raw.rest()
    assert reply == b"" or reply.split(b" ")[1].startswith(b"4"), reply[:200]
    assert b"HTTP/1.1 200" not in reply


def test_length_and_chunks_together_smuggle_nothing(server: Server) -> None:
    inner = b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"
    with RawConnection(server, timeout=5) as raw:
        raw.send(
            b"POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            + inner)
        try:
            status, _, _ = raw.response()
        except EOFError:
            return
        assert status >= 400


def test_half_open_client_still_gets_its_answer(server: Server) -> None:
    with RawConnection(server) as raw:
        raw.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        raw.socket.shutdown(socket.SHUT_WR)
        assert raw.response()[0] == 200


def test_abrupt_connections(server: Server) -> None:
    for index in range(200):
        raw = RawConnection(server)
        raw.send([b"", b"G", b"GET / HT", b"POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"][index % 4])
        raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.socket.close()


def test_slow_senders_are_cut_off_and_hold_nobody_up(launch: Callable[..., Server], tmp_path: Path) -> None:
    configuration = tmp_path / "tangor.yaml"
    configuration.write_text("limits:\n  request_timeout: 1s\n", encoding="utf-8")
    running = launch("demo", "--config", str(configuration))
    slow = [RawConnection(running, timeout=15) for _ in range(100)]
    try:
        for raw in slow:
            raw.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        assert running.status("/healthz") == 200
        begin = time.monotonic()
        # Each drips a byte at a time, faster than any pause limit: the limit is on the whole request.
        while time.monotonic() - begin < 2.5:
            for raw in slow:
                raw.send(b"x")
            time.sleep(0.1)
        for raw in slow:
            reply = raw.rest()
            assert reply == b"" or b" 408 " in reply.split(b"\r\n")[0], reply[:100]
        assert time.monotonic() - begin < 14
        slow_body = RawConnection(running, timeout=15)
        slow_body.send(b"POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
        reply = slow_body.rest()
        assert reply == b"" or b" 408 " in reply.split(b"\r\n")[0], reply[:100]
    finally:
        for raw in slow:
            raw.socket.close()
    running.stop()


def test_forms_of_foreign_pages_reach_no_service(http: Client) -> None:
    """A browser sends a form of any site without asking; only the origin tells."""
    foreign = {"Origin": "http://elsewhere.example", "Content-Type": "application/x-www-form-urlencoded"}
    answer = http.post("/prime-factors", data="n=60", headers=foreign)
    assert answer.status_code == 403 and answer.json()["code"] == "origin_refused"
    own = {**foreign, "Origin": http.server.url}
    assert http.post("/prime-factors?n=60", headers=own).status_code == 200
    assert http.get("/prime-factors?n=60", headers={"Origin": "http://elsewhere.example"}).status_code == 200

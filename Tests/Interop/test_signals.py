"""Signals against real clients: HTTP and the live connection, clients that leave, shutdown, races."""

from __future__ import annotations

import json
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, List, Set

import pytest
import requests
from websockets.sync.client import connect

from client import Client
from Harness.server import Server
from wire import problem


def waiting(http: Client) -> int:
    """How many wait for signals, as the server tells it."""
    return int(http.get("/healthz?verbose").json()["signals"]["waiting"])


def until_waiting(http: Client, count: int) -> None:
    """Asks until so many wait."""
    deadline = time.monotonic() + 20
    while waiting(http) != count:
        assert time.monotonic() < deadline, f"{waiting(http)} wait, not {count}"


def parked(server: Server, name: str, query: str = "") -> socket.socket:
    """A connection on which a request waits."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    connection.sendall(f"GET /signal/{name}{query} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    return connection


def live_call(connection: Any, number: int, method: str, **parameters: object) -> None:
    connection.send(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}))


def test_a_request_waits_until_the_signal_comes(http: Client, server: Server) -> None:
    with ThreadPoolExecutor() as pool:
        waits = [pool.submit(requests.get, f"{server.url}/signal/interop/gr%C3%BCn?timeout=20s", timeout=30) for _ in range(3)]
        until_waiting(http, 3)
        sent = http.post("/signal/interop/grün", json={"x": [1, None]})
        assert sent.json() == {"woken": 3, "kept": False}
        for wait in waits:
            answer = wait.result()
            assert answer.status_code == 200
            assert answer.json() == {"name": "interop/grün", "value": {"x": [1, None]}}
            assert answer.headers["Cache-Control"] == "no-store"
    until_waiting(http, 0)


def test_the_first_is_the_one_that_waited_longest(http: Client, server: Server) -> None:
    connections = []
    for number in range(3):
        connections.append(parked(server, "interop/turn"))
        until_waiting(http, number + 1)
    for number, connection in enumerate(connections):
        assert http.post("/signal/interop/turn?to=first", data=str(number)).json() == {"woken": 1, "kept": False}
        answer = connection.recv(65_536).decode()
        assert answer.endswith(f'{{"name":"interop/turn","value":"{number}"}}'), answer
        connection.close()


def test_at_the_timeout_there_is_nothing(http: Client) -> None:
    for query in ("?timeout=50ms", "?timeout=0.05", "?timeout=0"):
        answer = http.get("/signal/interop/never" + query)
        assert (answer.status_code, answer.content) == (204, b"")


def test_a_kept_signal_is_taken_once(http: Client) -> None:
    assert http.post("/signal/interop/kept?sticky=60", json=1).json() == {"woken": 0, "kept": True}
    assert http.post("/signal/interop/kept?sticky=true", json=2).json() == {"woken": 0, "kept": True}
    assert http.get("/signal/interop/kept").json()["value"] == 2
    assert http.get("/signal/interop/kept?timeout=0").status_code == 204
    assert http.post("/signal/interop/kept?sticky=50ms", json=3).json()["kept"]
    deadline = time.monotonic() + 20
    while http.get("/healthz?verbose").json()["signals"]["kept"] != 0:
        assert time.monotonic() < deadline
    assert http.get("/signal/interop/kept?timeout=0").status_code == 204


@pytest.mark.parametrize(
    "path, status, code",
    [
        ("/signal/a%ff", 400, "invalid_parameters"),
        ("/signal/" + "x" * 257, 400, "invalid_parameters"),
        ("/signal/a?timeout=301", 400, "invalid_parameters"),
        ("/signal/a?timeout=soon", 400, "invalid_parameters"),
        ("/signal/a?wait=1", 400, "invalid_request"),
        ("/signal/a?timeout=1&timeout=2", 400, "invalid_request"),
    ],
)
def test_what_is_no_wait_is_refused(http: Client, path: str, status: int, code: str) -> None:
    # Both ways in: parked, and, for a request with an id of its own, through the router.
    for headers in ({}, {"X-Request-Id": "mine"}):
        answer = http.get(path, headers=headers)
        problem(answer, status, code)


def test_what_is_no_signal_is_refused(http: Client) -> None:
    def refused(status: int, code: str, path: str, **options: Any) -> None:
        problem(http.post(path, **options), status, code)

    refused(400, "parse_error", "/signal/a", data="{", headers={"Content-Type": "application/json"})
    refused(415, "unsupported_media_type", "/signal/a", data=b"\xff")
    refused(413, "payload_too_large", "/signal/a", data="x" * ((1 << 20) + 1))
    refused(400, "invalid_parameters", "/signal/a?to=some")
    refused(400, "invalid_parameters", "/signal/a?sticky=2d")
    refused(403, "forbidden", "/signal/$a")
    refused(403, "origin_refused", "/signal/a", headers={"Origin": "http://evil.example"})
    assert http.delete("/signal/a").status_code == 405


@pytest.mark.parametrize("how", ["close", "reset", "half"])
def test_a_client_that_leaves_frees_its_waiter(http: Client, server: Server, how: str) -> None:
    connection = parked(server, "interop/left")
    until_waiting(http, 1)
    if how == "half":
        connection.shutdown(socket.SHUT_WR)
    else:
        if how == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.close()
    begun = time.monotonic()
    until_waiting(http, 0)
    assert http.post("/signal/interop/left").json() == {"woken": 0, "kept": False}
    assert time.monotonic() - begun < 20
    connection.close()


def test_a_live_connection_waits_sends_and_frees(http: Client, server: Server) -> None:
    with connect(server.websocket_url + "/live", proxy=None) as waiter, connect(server.websocket_url + "/live", proxy=None) as sender:
        live_call(waiter, 1, "signal.wait", names=["interop/a", "interop/b"], timeout=20)
        until_waiting(http, 1)
        live_call(sender, 1, "signal.send", name="interop/b", value=[1])
        assert json.loads(sender.recv(timeout=20))["result"] == {"woken": 1, "kept": False}
        assert json.loads(waiter.recv(timeout=20))["result"] == {"name": "interop/b", "value": [1]}
        live_call(waiter, 2, "signal.wait", name="interop/a", timeout="50ms")
        error = json.loads(waiter.recv(timeout=20))["error"]
        assert (error["code"], error["data"]["code"], error["data"]["retry"]) == (-32080, "signal_timeout", True)
        live_call(waiter, 3, "signal.wait", name="interop/a")
        until_waiting(http, 1)
        waiter.send(json.dumps({"jsonrpc": "2.0", "method": "rpc.cancel", "params": {"id": 3}}))
        assert json.loads(waiter.recv(timeout=20))["error"]["data"]["code"] == "canceled"
        until_waiting(http, 0)
        live_call(waiter, 4, "signal.wait", name="interop/a")
        until_waiting(http, 1)
    until_waiting(http, 0)


def test_rpc_waits_too(http: Client, server: Server) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "signal.wait", "params": {"name": "interop/rpc"}}
    with ThreadPoolExecutor() as pool:
        wait = pool.submit(requests.post, f"{server.url}/rpc", json=call, timeout=30)
        until_waiting(http, 1)
        assert http.post("/signal/interop/rpc", json="x").json()["woken"] == 1
        assert wait.result().json()["result"] == {"name": "interop/rpc", "value": "x"}


def test_requests_behind_one_that_waits_have_their_turn(http: Client, server: Server) -> None:
    connection = parked(server, "interop/first")
    until_waiting(http, 1)
    connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\nGET /signal/interop/second HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert http.post("/signal/interop/second").json()["woken"] == 0
    assert http.post("/signal/interop/first", json=1).json()["woken"] == 1
    until_waiting(http, 1)
    assert http.post("/signal/interop/second", json=2).json()["woken"] == 1
    received = b""
    while chunk := connection.recv(65_536):
        received += chunk
    bodies = [part.split(b"\r\n\r\n")[1] for part in received.split(b"HTTP/1.1 ")[1:]]
    assert bodies == [b'{"name":"interop/first","value":1}', b'{"status":"ready"}', b'{"name":"interop/second","value":2}']


def test_shutting_down_answers_all_who_wait(launch: Callable[..., Server]) -> None:
    server = launch("demo")
    with Client(server) as http:
        connections = [parked(server, "interop/end") for _ in range(50)]
        with connect(server.websocket_url + "/live", proxy=None) as live:
            live_call(live, 1, "signal.wait", name="interop/end")
            until_waiting(http, 51)
            assert server.process is not None
            server.process.send_signal(signal.SIGTERM)
            assert json.loads(live.recv(timeout=20))["error"]["data"]["code"] == "shutting_down"
        for connection in connections:
            received = b""
            while chunk := connection.recv(65_536):
                received += chunk
            head, _, body = received.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 503 "), received
            assert b"Retry-After: 5" in head and json.loads(body)["code"] == "shutting_down"
        assert server.process.wait(20) == 0


def test_signals_that_race_with_timeouts_come_once(http: Client, server: Server) -> None:
    """Waits of a few milliseconds against signals to the first: what the senders say was woken is what the waiters got."""
    got: List[int] = []
    sent: Set[int] = set()
    lock = threading.Lock()

    def wait() -> None:
        with Client(server) as client:
            for round in range(150):
                answer = client.get(f"/signal/interop/race?timeout={round % 4}ms")
                if answer.status_code == 200:
                    with lock:
                        got.append(answer.json()["value"])
                else:
                    assert answer.status_code == 204

    def send(start: int) -> None:
        with Client(server) as client:
            for number in range(start, start + 300):
                if client.post("/signal/interop/race?to=first", json=number).json()["woken"] == 1:
                    with lock:
                        sent.add(number)

    with ThreadPoolExecutor(8) as pool:
        tasks = [pool.submit(wait) for _ in range(5)] + [pool.submit(send, start) for start in (0, 1_000)]
        for task in tasks:
            task.result()
    assert len(got) == len(set(got)) and set(got) == sent
    assert waiting(http) == 0

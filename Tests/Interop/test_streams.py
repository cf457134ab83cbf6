"""The streaming API over plain HTTP: the exact JSON, with curl, `requests` and raw sockets."""

from __future__ import annotations

import json
import re
import shutil
import socket
import struct
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import List

import pytest
import requests

from client import Client
from Harness.server import Server
from wire import PRIMES, RawConnection, first_primes, problem


def curl(server: Server, *arguments: str) -> str:
    program = shutil.which("curl")
    if program is None:
        pytest.skip("curl is not here")
    path, options = arguments[0], arguments[1:]
    done = subprocess.run(
        [program, "-sS", "--noproxy", "*", "--max-time", "20", *options, server.url + path], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def without_spaces(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_exact_json_with_curl(server: Server) -> None:
    opened = curl(server, "/prime-factors?n=60")
    assert re.fullmatch(r'\{"key":"[0-9a-f]{32}"\}', without_spaces(opened)), opened
    key = json.loads(opened)["key"]
    assert key in json.loads(curl(server, "/stream"))
    for value in (2, 2, 3, 5):
        assert without_spaces(curl(server, f"/stream/{key}")) == f'{{"finished":false,"data":{value}}}'
    assert without_spaces(curl(server, f"/stream/{key}")) == '{"finished":true}'
    status = curl(server, f"/stream/{key}", "-o", "/dev/null", "-w", "%{http_code}")
    assert status == "404"


def test_keys_are_fresh_and_listed(http: Client) -> None:
    keys = {http.open("/primes") for _ in range(20)}
    assert len(keys) == 20
    assert keys <= set(http.get("/stream").json())
    for key in keys:
        assert http.delete(f"/stream/{key}").json() == {"key": key}
    assert not keys & set(http.get("/stream").json())


def test_pull_and_delete(http: Client) -> None:
    key = http.open("/primes")
    for index, value in enumerate(PRIMES[:5], 1):
        answer = http.get(f"/stream/{key}")
        assert answer.json() == {"finished": False, "data": value}
        assert answer.headers["Stream-Index"] == str(index)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Type"].split(";")[0] == "application/json"
    deleted = http.delete(f"/stream/{key}")
    assert deleted.json() == {"key": key}
    assert deleted.headers["Cache-Control"] == "no-store"
    for answer in (http.get(f"/stream/{key}"), http.delete(f"/stream/{key}")):
        problem(answer, 404, "stream_not_found")
        assert answer.headers["Cache-Control"] == "no-store"


def test_primes_from(http: Client) -> None:
    key = http.open("/primes?from=100")
    assert http.pull(key) == {"finished": False, "data": 101}


@pytest.mark.parametrize("key", ["0" * 32, "no-such-key", "3DFFEE9E03CEF2322A2961266EBFF104", "%00", "a" * 2000])
def test_unknown_keys(http: Client, key: str) -> None:
    problem(http.get(f"/stream/{key}"), 404, "stream_not_found")


def test_head_takes_nothing(http: Client) -> None:
    key = http.open("/primes")
    assert http.head(f"/stream/{key}").status_code == 200
    assert http.pull(key) == {"finished": False, "data": 2}
    http.delete(f"/stream/{key}")
    assert http.head(f"/stream/{key}").status_code == 404


def test_max_takes_several(http: Client) -> None:
    key = http.open("/prime-factors?n=360360")
    values: List[int] = []
    for _ in range(20):
        body = http.pull(key, "?max=3")
        assert isinstance(body, dict)
        if body == {"finished": True}:
            break
        assert body["finished"] is False and 1 <= len(body["data"]) <= 3
        values += body["data"]
    assert values == [2, 2, 2, 3, 3, 5, 7, 11, 13]
    problem(http.get(f"/stream/{key}"), 404, "stream_not_found")


def test_wait_answers_pending(http: Client) -> None:
    key = http.open("/ticks?every=30s")
    begin = time.monotonic()
    assert http.pull(key, "?wait=300ms") == {"finished": False, "pending": True}
    assert 0.25 <= time.monotonic() - begin < 10
    assert http.pull(key, "?wait=0s") == {"finished": False, "pending": True}
    http.delete(f"/stream/{key}")


def test_after_repeats_a_value(http: Client) -> None:
    key = http.open("/prime-factors?n=60")
    for after, value in ((0, 2), (0, 2), (1, 2), (2, 3), (2, 3), (1, 2), (3, 5)):
        assert http.pull(key, f"?after={after}") == {"finished": False, "data": value, "index": after + 1}
    assert http.pull(key, "?after=4") == {"finished": True, "index": 4}
    assert http.pull(key, "?after=4") == {"finished": True, "index": 4}
    assert http.pull(key, "?after=3") == {"finished": False, "data": 5, "index": 4}


def test_after_outside_of_what_is_kept(http: Client) -> None:
    key = http.open("/primes")
    problem(http.get(f"/stream/{key}?after=7"), 409, "stream_position_ahead")
    for after in range(100):
        http.pull(key, f"?after={after}")
    problem(http.get(f"/stream/{key}?after=0"), 410, "stream_position_lost")
    assert http.pull(key, "?after=99") == {"finished": False, "data": first_primes(100)[99], "index": 100}
    http.delete(f"/stream/{key}")


@pytest.mark.parametrize("query", ["max=0", "max=-1", "max=x", "max=1001", "wait=x", "wait=-1s", "wait=61s", "after=-1", "after=x", "after=99999999999999999999"])
def test_malformed_queries(http: Client, query: str) -> None:
    key = http.open("/primes")
    answer = http.get(f"/stream/{key}?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] in ("invalid_request", "invalid_parameters")
    assert http.pull(key) == {"finished": False, "data": 2}, "a refused pull took a value"
    http.delete(f"/stream/{key}")


def test_wrong_methods(http: Client) -> None:
    key = http.open("/primes")
    for method in ("POST", "PUT", "PATCH"):
        answer = http.request(method, f"/stream/{key}")
        problem(answer, 405, "method_not_allowed")
        assert {name.strip() for name in answer.headers["Allow"].split(",")} == {"GET", "HEAD", "DELETE"}
        answer = http.request(method, "/stream")
        problem(answer, 405, "method_not_allowed")
        assert {name.strip() for name in answer.headers["Allow"].split(",")} == {"GET", "HEAD"}
    http.delete(f"/stream/{key}")


def test_fifty_clients_on_one_endless_stream(http: Client, server: Server) -> None:
    key = http.open("/primes")

    def client(_: int) -> List[int]:
        with Client(server) as own:
            values: List[int] = []
            for _ in range(20):
                body = own.pull(key)
                assert isinstance(body, dict) and body["finished"] is False
                values.append(body["data"])
            return values

    with ThreadPoolExecutor(50) as pool:
        shares = list(pool.map(client, range(50)))
    for share in shares:
        assert share == sorted(share), "one client saw values out of order"
    assert sorted(value for share in shares for value in share) == first_primes(1000)
    http.delete(f"/stream/{key}")


def test_a_client_killed_while_its_pull_waits_loses_nothing(http: Client, server: Server) -> None:
    key = http.open("/ticks?every=300ms")
    expected = 1
    for _ in range(3):
        with RawConnection(server) as raw:
            raw.send(f"GET /stream/{key} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.1)
            # A reset, as from a machine that went away, not a polite end.
            raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert http.pull(key, "?wait=20s") == {"finished": False, "data": expected}
        expected += 1
    http.delete(f"/stream/{key}")


def test_many_killed_clients_leave_no_gap(http: Client, server: Server) -> None:
    """Clients that go before their answer could reach them cost at most what was on its way, and never a later value."""
    key = http.open("/ticks?every=50ms")
    for _ in range(40):
        with RawConnection(server) as raw:
            raw.send(f"GET /stream/{key}?after=0 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    values = []
    for after in range(10):
        body = http.pull(key, f"?after={after}&wait=20s")
        assert isinstance(body, dict)
        values.append(body["data"])
    assert values == list(range(1, 11))
    http.delete(f"/stream/{key}")


def test_pulls_are_answered_in_order_of_arrival(http: Client, server: Server) -> None:
    key = http.open("/ticks?every=200ms")
    connections = []
    try:
        for _ in range(5):
            raw = RawConnection(server)
            connections.append(raw)
            raw.send(f"GET /stream/{key} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.02)
        assert [json.loads(raw.response()[2])["data"] for raw in connections] == [1, 2, 3, 4, 5]
    finally:
        for raw in connections:
            raw.socket.close()
        http.delete(f"/stream/{key}")


def test_ndjson(http: Client) -> None:
    key = http.open("/prime-factors?n=60")
    answer = http.get(f"/stream/{key}", headers={"Accept": "application/x-ndjson"})
    assert answer.headers["Content-Type"].split(";")[0] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines() if line]
    values = [line for line in lines if "progress" not in line]
    assert values == [{"index": 1, "data": 2}, {"index": 2, "data": 2}, {"index": 3, "data": 3}, {"index": 4, "data": 5}, {"finished": True}]


def events(answer: requests.Response, count: int) -> "list[dict[str, str]]":
    """Reads server-sent events until there are `count` of them or the response ends."""
    found: "list[dict[str, str]]" = []
    current: "dict[str, str]" = {}
    for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
        if line == "":
            if "data" in current:
                found.append(current)
                if len(found) == count:
                    break
            current = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            value = value[1:] if value.startswith(" ") else value
            current[name] = current[name] + "\n" + value if name in current else value
    return found


def test_server_sent_events(http: Client) -> None:
    key = http.open("/prime-factors?n=60")
    with http.get(f"/stream/{key}", headers={"Accept": "text/event-stream"}, stream=True) as answer:
        assert answer.headers["Content-Type"].split(";")[0] == "text/event-stream"
        assert answer.headers["Cache-Control"] == "no-store"
        answer.encoding = "utf-8"
        got = [event for event in events(answer, 50) if event.get("event") != "progress"]
    assert [(event["id"], event["data"]) for event in got[:4]] == [("1", "2"), ("2", "2"), ("3", "3"), ("4", "5")]
    assert got[4]["event"] == "finished" and got[4]["data"] == "{}" and len(got) == 5


@pytest.mark.parametrize("way", ["header", "query"])
def test_server_sent_events_resume(http: Client, way: str) -> None:
    key = http.open("/ticks?every=50ms")
    headers = {"Accept": "text/event-stream"}
    with http.get(f"/stream/{key}", headers=headers, stream=True) as answer:
        answer.encoding = "utf-8"
        assert [event["id"] for event in events(answer, 3)] == ["1", "2", "3"]
    query = "?after=2" if way == "query" else ""
    if way == "header":
        headers["Last-Event-ID"] = "2"
    with http.get(f"/stream/{key}{query}", headers=headers, stream=True) as answer:
        answer.encoding = "utf-8"
        assert [(event["id"], event["data"]) for event in events(answer, 3)] == [("3", "3"), ("4", "4"), ("5", "5")]
    http.delete(f"/stream/{key}")


def test_keep_alive_connection_serves_many_pulls(http: Client, server: Server) -> None:
    key = http.open("/primes")
    with RawConnection(server) as raw:
        # Pipelined: three requests in one packet are answered in order.
        raw.send(f"GET /stream/{key} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 3)
        assert [json.loads(raw.response()[2])["data"] for _ in range(3)] == [2, 3, 5]
    http.delete(f"/stream/{key}")


def test_request_ids(http: Client) -> None:
    assert http.get("/healthz", headers={"X-Request-Id": "a-b_c.9"}).headers["X-Request-Id"] == "a-b_c.9"
    for bad in ("a b", "x" * 65, "<script>"):
        answer = http.get("/healthz", headers={"X-Request-Id": bad})
        assert answer.headers["X-Request-Id"] and answer.headers["X-Request-Id"] != bad


def test_health(http: Client) -> None:
    assert http.get("/healthz").json() == {"status": "ok"}
    assert http.get("/readyz").json() == {"status": "ready"}
    verbose = http.get("/healthz?verbose").json()
    assert verbose["status"] == "ok" and isinstance(verbose["version"], str) and verbose["uptime"] >= 0


def test_log_streams_lines(http: Client) -> None:
    key = http.open("/log")
    with http.get(f"/stream/{key}", headers={"Accept": "application/x-ndjson"}, stream=True) as answer:
        lines = answer.iter_lines()
        indices = []
        for _ in range(200):
            line = json.loads(next(lines))
            if "index" in line:
                indices.append(line["index"])
    assert indices == list(range(1, len(indices) + 1)) and len(indices) > 100
    http.delete(f"/stream/{key}")

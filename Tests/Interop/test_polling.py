"""The polling door: generators whose key the client chooses."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

from client import Client
from Harness.server import Server
from wire import PRIMES, first_primes


def ready(content: object) -> "dict[str, object]":
    return {"state": "ready", "content": content}


DONE = {"state": "done", "content": None}


def fresh() -> str:
    return uuid.uuid4().hex


def state(body: "dict[str, object]") -> "dict[str, object]":
    """The two members of the contract; `count` is there only where an author switched it on."""
    assert set(body) <= {"state", "content", "count"}
    return {"state": body["state"], "content": body["content"]}


def test_prime(http: Client) -> None:
    key = fresh()
    for value in PRIMES[:10]:
        answer = http.get(f"/prime?key={key}")
        assert answer.status_code == 200 and state(answer.json()) == ready(value)


def test_countdown_ends_and_starts_anew(http: Client) -> None:
    key = fresh()
    for _ in range(2):
        got = [state(http.get(f"/countdown?key={key}&from=3").json()) for _ in range(5)]
        contents = [body["content"] for body in got if body["state"] == "ready"]
        assert contents[:3] == [3, 2, 1]
        # Whether zero is a value is the gallery's choice; after the values there is exactly one `done`.
        assert contents in ([3, 2, 1], [3, 2, 1, 0], [3, 2, 1, 3])
        while state(http.get(f"/countdown?key={key}&from=3").json()) != DONE:
            pass


def test_keys_and_functions_are_apart(http: Client) -> None:
    one, two = fresh(), fresh()
    assert state(http.get(f"/prime?key={one}").json()) == ready(2)
    assert state(http.get(f"/prime?key={two}").json()) == ready(2)
    assert state(http.get(f"/prime?key={one}").json()) == ready(3)
    assert state(http.get(f"/countdown?key={one}&from=9").json()) == ready(9)
    assert state(http.get(f"/prime?key={one}").json()) == ready(5)


def test_later_arguments_are_ignored(http: Client) -> None:
    key = fresh()
    assert state(http.get(f"/countdown?key={key}&from=9").json()) == ready(9)
    assert state(http.get(f"/countdown?key={key}&from=100").json()) == ready(8)


def test_overlapping_polls_share_one_generator(server: Server) -> None:
    key = fresh()

    def poll(_: int) -> int:
        with Client(server) as own:
            return int(own.get(f"/prime?key={key}").json()["content"])

    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(poll, range(60))) == first_primes(60)


def test_bad_keys(http: Client) -> None:
    for query in ("", "?key=", "?key=" + "x" * 129):
        answer = http.get(f"/prime{query}")
        assert answer.status_code in (400, 413), (query[:20], answer.text)
    assert state(http.get("/prime?key=" + fresh() + "x" * 96).json()) == ready(2)
    assert state(http.get("/prime?key=%C3%A4%20" + fresh()).json()) == ready(2)

"""Objects over `POST /rpc` and over the live connection: the gallery's `sample` and `pause`."""

from __future__ import annotations

import json
from typing import Any, Callable, Iterator

import pytest
from websockets.sync.client import connect

from client import Client
from Harness.server import Server

Ask = Callable[..., Any]


def request(method: str, params: object, identity: object = 1) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": identity, "method": method, "params": params})


@pytest.fixture(params=["post", "live"])
def ask(request: pytest.FixtureRequest, http: Client, server: Server) -> Iterator[Ask]:
    """Asks a method of `object.*` through each of the two doors; answers the result, or the error's name."""

    def message(operation: str, path: str, **params: object) -> str:
        body = {"jsonrpc": "2.0", "id": "x", "method": f"object.{operation}", "params": {"path": path, **params}}
        return json.dumps(body)

    def outcome(answer: Any) -> Any:
        assert answer["id"] == "x"
        return answer["error"]["data"]["code"] if "error" in answer else answer["result"]

    if request.param == "post":
        yield lambda *arguments, **params: outcome(
            http.post("/rpc", data=message(*arguments, **params), headers={"Content-Type": "application/json"}).json()
        )
        return
    with connect(server.websocket_url + "/live", proxy=None) as socket:

        def over_live(*arguments: str, **params: object) -> Any:
            socket.send(message(*arguments, **params))
            return outcome(json.loads(socket.recv(timeout=20)))

        yield over_live


def test_calls(ask: Ask) -> None:
    assert ask("call", "sample.test_sum", arguments=[4, 5]) == 9
    assert ask("call", "sample.test_sum", arguments={"b": 1, "a": 4}) == 5
    assert ask("call", "sample.test_sum", arguments=[4]) == 6
    assert ask("call", "sample.test_sum", arguments=["x"]) == "invalid_parameters"
    assert ask("call", "sample.test_sum", arguments=[1, 2, 3]) == "invalid_parameters"
    assert ask("call", "sample.a") == "not_callable"
    assert ask("call", "pause.wait", arguments={"seconds": 0.01, "answer": "x"}) == "x"


def test_the_sample_says_what_it_sums(ask: Ask, server: Server) -> None:
    before = server.log.count("summing 40 + 2\n")
    assert ask("call", "sample.test_sum", arguments=[40, 2]) == 42
    assert server.log.count("summing 40 + 2\n") == before + 1, "the line is there before the answer"
    lines = server.log.splitlines()
    assert ask("call", "sample.test_sum", arguments=[4, 5]) == 9
    assert "summing 4 + 5" in server.log.splitlines()[len(lines) :]


def test_silent_sums(ask: Ask) -> None:
    for path in ("sample.sum", "sample.add"):
        assert ask("call", path, arguments=[4, 5]) == 9
        assert ask("call", path, arguments={"b": 1, "a": -4}) == -3
        assert ask("call", path, arguments=[1]) == "invalid_parameters"
    for path in ("sample.sum", "sample.add", "sample.test_sum"):
        assert ask("call", path, arguments=[2**63 - 1, 1]) == "invalid_parameters", "it must not end the server"


def test_gets_sets_and_deletes(ask: Ask) -> None:
    assert ask("set", "sample.a", value=2) is None
    assert ask("get", "sample.a") == 2
    assert ask("delete", "sample.a") is None
    assert ask("get", "sample.a") == 1
    assert ask("set", "sample.note", value="n") is None
    assert ask("delete", "sample.note") is None
    assert ask("get", "sample.note") is None
    assert ask("set", "sample.c[1]", value=9) is None
    assert ask("get", "sample.c") == [2, 9]
    assert ask("set", "sample.c.1", value=3) is None
    assert ask("get", "sample.d.e") == 5
    assert ask("set", "sample.inner.depth", value=1) is None
    assert ask("get", "sample.inner.depth") == 1
    assert ask("set", "sample.a", value="x") == "invalid_parameters"
    assert ask("set", "sample.total", value=1) == "not_settable"
    assert ask("delete", "sample.b") == "not_deletable"


@pytest.mark.parametrize(
    "path", ["sample.visits", "sample.__class__", "sample.__proto__", "sample._x", "nothing", "", "sample.inner.depth.a.b.c", "sample..a"]
)
def test_nothing_else_is_there(ask: Ask, path: str) -> None:
    assert ask("get", path) == "object_not_found"
    assert ask("set", path, value=1) == "object_not_found"
    assert ask("call", path) == "object_not_found"
    assert ask("describe", path) == "object_not_found"


def test_parameters_are_checked(ask: Ask) -> None:
    assert ask("get", "sample.a", extra=1) == "invalid_parameters"
    assert ask("set", "sample.a") == "invalid_parameters"
    assert ask("get", 5) == "invalid_parameters"  # type: ignore[arg-type]


def test_a_description_tells_the_members(ask: Ask) -> None:
    found = ask("describe", "sample")
    members = {member["name"]: member for member in found["members"]}
    assert found["kind"] == "object" and found["type"] == "Sample"
    assert members["a"]["settable"] and members["a"]["deletable"]
    assert [parameter["name"] for parameter in members["test_sum"]["parameters"]] == ["a", "b"]
    assert members["count"]["stream"] and members["visit"]["locking"]
    assert [member["name"] for member in members["inner"]["members"]] == ["depth", "deeper"]


def test_a_sequence_becomes_a_stream(ask: Ask, http: Client) -> None:
    key = ask("call", "sample.count", arguments=[3])["key"]
    values = [http.pull(key) for _ in range(4)]
    assert values == [{"finished": False, "data": n} for n in (1, 2, 3)] + [{"finished": True}]


def test_two_calls_at_once_are_answered_independently(server: Server) -> None:
    with connect(server.websocket_url + "/live", proxy=None) as socket:
        socket.send(request("object.call", {"path": "pause.wait", "arguments": {"seconds": 30}}, 1))
        socket.send(request("object.call", {"path": "sample.test_sum", "arguments": [1, 2]}, 2))
        assert json.loads(socket.recv(timeout=20)) == {"jsonrpc": "2.0", "id": 2, "result": 3}
        socket.send(json.dumps({"jsonrpc": "2.0", "method": "rpc.cancel", "params": {"id": 1}}))
        answer = json.loads(socket.recv(timeout=20))
        assert answer["id"] == 1 and answer["error"]["data"]["code"] == "canceled"


def test_a_batch_and_a_notification(http: Client) -> None:
    batch = "[" + ",".join([request("object.get", {"path": "sample.b"}, 1), request("object.get", {"path": "sample.x"}, 2)]) + "]"
    answers = http.post("/rpc", data=batch, headers={"Content-Type": "application/json"}).json()
    assert {answer["id"]: answer.get("result") for answer in answers} == {1: "test", 2: None}
    note = json.dumps({"jsonrpc": "2.0", "method": "object.get", "params": {"path": "sample.b"}})
    assert http.post("/rpc", data=note, headers={"Content-Type": "application/json"}).status_code == 204

"""JSON-RPC 2.0 over `POST /rpc` and over the live connection, with two independent WebSocket clients."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Callable, Dict, Iterator, List, Optional

import aiohttp
import pytest
import requests
from websockets.sync.client import connect

from client import Client
from Harness.server import Server

Exchange = Callable[[str], Optional[Any]]


def post(http: Client, text: "str | bytes", **headers: str) -> requests.Response:
    return http.post("/rpc", data=text, headers={"Content-Type": "application/json", **headers})


@pytest.fixture(params=["post", "live"])
def exchange(request: pytest.FixtureRequest, http: Client, server: Server) -> Iterator[Exchange]:
    """Sends one JSON-RPC text and answers what comes back, through each of the two doors.

    `None` means that nothing is answered; on the live connection a ping that follows shows it, for its answer comes next.
    """
    if request.param == "post":

        def over_http(text: str) -> Optional[Any]:
            answer = post(http, text)
            if answer.status_code == 204:
                assert answer.content == b""
                return None
            assert answer.headers["Content-Type"].split(";")[0] == "application/json"
            return answer.json()

        yield over_http
        return
    with connect(server.websocket_url + "/live", proxy=None) as socket:

        def over_live(text: str) -> Optional[Any]:
            socket.send(text)
            socket.send('{"jsonrpc": "2.0", "method": "rpc.ping", "id": "fence"}')
            found = [json.loads(socket.recv(timeout=20))]
            # Calls run side by side, so the fence may be answered first: the rest then comes within a moment, or never.
            if found[0] == {"jsonrpc": "2.0", "id": "fence", "result": {}}:
                try:
                    return json.loads(socket.recv(timeout=0.5))
                except TimeoutError:
                    return None
            assert json.loads(socket.recv(timeout=20))["id"] == "fence"
            return found[0]

        yield over_live


def failure(answer: Any, code: int, name: str, identity: object = None) -> None:
    assert answer["jsonrpc"] == "2.0" and answer["id"] == identity and "result" not in answer, answer
    error = answer["error"]
    assert error["code"] == code, error
    assert isinstance(error["message"], str) and error["message"]
    assert error["data"]["code"] == name and isinstance(error["data"]["retry"], bool)


def test_call_with_number_string_and_null_ids(exchange: Exchange) -> None:
    for identity in (1, 0, -7, "text", "", None):
        answer = exchange(json.dumps({"jsonrpc": "2.0", "method": "rpc.ping", "id": identity}))
        assert answer == {"jsonrpc": "2.0", "id": identity, "result": {}}


# The situations of the specification's section 7, in our own words.
@pytest.mark.parametrize("text, code, name, identity", [
    ('{"jsonrpc": "2.0", "method": "no.such", "id": "1"}', -32601, "method_not_found", "1"),
    ('{"jsonrpc": "2.0", "method": "rpc.ping, "params": "x", "id": 1', -32700, "parse_error", None),
    ('[{"jsonrpc": "2.0", "method": "rpc.ping", "id": 1}, {"jsonrpc"', -32700, "parse_error", None),
    ("", -32700, "parse_error", None),
    ("[]", -32600, "invalid_request", None),
    ('{"jsonrpc": "2.0", "method": 1, "params": "x"}', -32600, "invalid_request", None),
    ('{"method": "rpc.ping", "id": 3}', -32600, "invalid_request", 3),
    ('{"jsonrpc": "1.0", "method": "rpc.ping", "id": 3}', -32600, "invalid_request", 3),
    ('{"jsonrpc": "2.0", "method": "rpc.ping", "params": 5, "id": 3}', -32600, "invalid_request", 3),
    ('{"jsonrpc": "2.0", "method": "rpc.ping", "id": {}}', -32600, "invalid_request", None),
    ("7", -32600, "invalid_request", None),
    ('{"jsonrpc": "2.0", "method": "stream.next", "id": 4}', -32602, "invalid_parameters", 4),
    ('{"jsonrpc": "2.0", "method": "stream.next", "params": {"key": 5}, "id": 4}', -32602, "invalid_parameters", 4),
    ('{"jsonrpc": "2.0", "method": "stream.next", "params": {"key": "%s"}, "id": 5}' % ("0" * 32), -32040, "stream_not_found", 5),
    ('{"jsonrpc": "2.0", "method": "service.call", "params": {"path": "/none"}, "id": 6}', -32045, "service_not_found", 6),
])
def test_errors(exchange: Exchange, text: str, code: int, name: str, identity: object) -> None:
    failure(exchange(text), code, name, identity)


def test_notifications_are_not_answered(exchange: Exchange) -> None:
    assert exchange('{"jsonrpc": "2.0", "method": "rpc.ping"}') is None
    assert exchange('{"jsonrpc": "2.0", "method": "no.such", "params": {}}') is None
    assert exchange('[{"jsonrpc": "2.0", "method": "rpc.ping"}, {"jsonrpc": "2.0", "method": "no.such"}]') is None


def test_batches(exchange: Exchange) -> None:
    answers = exchange(json.dumps([
        {"jsonrpc": "2.0", "method": "rpc.ping", "id": "1"},
        {"jsonrpc": "2.0", "method": "rpc.ping"},
        {"jsonrpc": "2.0", "method": "no.such", "id": "2"},
        {"foo": "boo"},
        1,
    ]))
    assert isinstance(answers, list) and len(answers) == 4
    by_id = {answer["id"]: answer for answer in answers if answer["id"] is not None}
    assert by_id["1"]["result"] == {}
    failure(by_id["2"], -32601, "method_not_found", "2")
    for answer in answers:
        if answer["id"] is None:
            failure(answer, -32600, "invalid_request")
    assert isinstance(exchange("[1]"), list)


def call(exchange: Exchange, method: str, **parameters: object) -> Any:
    answer = exchange(json.dumps({"jsonrpc": "2.0", "method": method, "params": parameters, "id": 9}))
    assert answer is not None and answer["id"] == 9 and "error" not in answer, answer
    return answer["result"]


def test_streams_by_call(exchange: Exchange) -> None:
    key = call(exchange, "stream.open", service="/prime-factors?n=60")["key"]
    assert key in call(exchange, "stream.list")
    for index, value in enumerate((2, 2, 3, 5), 1):
        assert call(exchange, "stream.next", key=key) == {"finished": False, "data": value, "index": index}
    assert call(exchange, "stream.next", key=key) == {"finished": True, "index": 4}
    other = call(exchange, "stream.open", service="prime-factors", arguments={"n": 60})["key"]
    assert call(exchange, "stream.next", key=other, max=2)["data"] in ([2], [2, 2])
    assert call(exchange, "stream.cancel", key=other) == {"key": other}
    assert other not in call(exchange, "stream.list")


def test_service_call_and_pending(exchange: Exchange) -> None:
    key = call(exchange, "service.call", path="/ticks", arguments={"every": "30s"})["key"]
    for wait in ("100ms", 0.1):
        assert call(exchange, "stream.next", key=key, wait=wait) == {"finished": False, "pending": True, "index": 0}
    call(exchange, "stream.cancel", key=key)


def test_discover(exchange: Exchange) -> None:
    description = call(exchange, "rpc.discover")
    assert description["openrpc"] == "1.3.2" and description["info"]["title"]
    names = {method["name"] for method in description["methods"]}
    assert {
        "rpc.discover", "rpc.ping", "service.call", "service.list", "stream.open", "stream.list", "stream.next", "stream.subscribe",
        "stream.credit", "stream.unsubscribe", "stream.cancel",
    } <= names
    assert "primes" in {service["path"].lstrip("/") for service in call(exchange, "service.list")}


def test_rpc_refuses_other_types_methods_and_subscriptions(http: Client) -> None:
    assert http.post("/rpc", data="{}", headers={"Content-Type": "text/plain"}).status_code == 415
    answer = http.get("/rpc")
    assert answer.status_code == 405 and "POST" in answer.headers["Allow"]
    key = http.open("/primes")
    body = post(http, json.dumps({"jsonrpc": "2.0", "method": "stream.subscribe", "params": {"key": key, "credit": 1}, "id": 1})).json()
    failure(body, -32600, "invalid_request", 1)
    http.delete(f"/stream/{key}")


def test_rpc_refuses_a_foreign_page(http: Client) -> None:
    text = '{"jsonrpc": "2.0", "method": "rpc.ping", "id": 1}'
    assert post(http, text, Origin="http://elsewhere.example").status_code == 403
    assert post(http, text, Origin=http.server.url).status_code == 200


def test_invalid_utf8_over_rpc(http: Client) -> None:
    failure(post(http, b'{"jsonrpc": "2.0", "method": "rpc.ping", "id": "\xff"}').json(), -32700, "parse_error")


def test_deep_nesting_is_refused(http: Client) -> None:
    answer = post(http, "[" * 100_000 + "]" * 100_000)
    assert answer.json()["error"]["code"] in (-32700, -32600)


def test_subscription_obeys_credit(server: Server) -> None:
    with connect(server.websocket_url + "/live", proxy=None) as socket:
        sent = 0

        def ask(method: str, **parameters: object) -> Any:
            nonlocal sent
            sent += 1
            socket.send(json.dumps({"jsonrpc": "2.0", "method": method, "params": parameters, "id": sent}))
            while True:
                message = json.loads(socket.recv(timeout=20))
                if "id" in message:
                    assert message["id"] == sent and "error" not in message, message
                    return message["result"]
                notes.append(message)

        notes: List[Dict[str, Any]] = []

        def values(count: int) -> List[int]:
            while len(notes) < count:
                notes.append(json.loads(socket.recv(timeout=20)))
            assert all(note["method"] == "stream.value" and note["params"]["key"] == key for note in notes)
            assert [note["params"]["index"] for note in notes] == list(range(1, len(notes) + 1))
            return [note["params"]["data"] for note in notes]

        key = ask("stream.open", service="/primes")["key"]
        assert ask("stream.subscribe", key=key, credit=3) == {}
        assert values(3) == [2, 3, 5]
        with pytest.raises(TimeoutError):
            socket.recv(timeout=0.4)
        assert ask("stream.credit", key=key, credit=2) == {}
        assert values(5) == [2, 3, 5, 7, 11]
        assert ask("stream.unsubscribe", key=key) == {}
        assert ask("stream.next", key=key, after=5)["data"] == 13
        ask("stream.cancel", key=key)


def test_subscription_ends(server: Server) -> None:
    async def run() -> None:
        async with aiohttp.ClientSession() as session, session.ws_connect(server.url + "/live") as socket:
            await socket.send_json({"jsonrpc": "2.0", "method": "stream.open", "params": {"service": "/prime-factors?n=60"}, "id": 1})
            key = (await socket.receive_json(timeout=20))["result"]["key"]
            await socket.send_json({"jsonrpc": "2.0", "method": "stream.subscribe", "params": {"key": key, "credit": 100}, "id": 2})
            seen = []
            while not seen or seen[-1].get("method") != "stream.finished":
                seen.append(await socket.receive_json(timeout=20))
            assert {"jsonrpc": "2.0", "id": 2, "result": {}} in seen
            assert [note["params"]["data"] for note in seen if note.get("method") == "stream.value"] == [2, 2, 3, 5]
            assert seen[-1]["params"] == {"key": key, "index": 4} and "id" not in seen[-1]

    asyncio.run(run())


def test_cancel_of_a_call_in_flight(server: Server) -> None:
    with connect(server.websocket_url + "/live", proxy=None) as socket:
        socket.send('{"jsonrpc": "2.0", "method": "stream.open", "params": {"service": "/ticks?every=30s"}, "id": 1}')
        key = json.loads(socket.recv(timeout=20))["result"]["key"]
        socket.send(json.dumps({"jsonrpc": "2.0", "method": "stream.next", "params": {"key": key}, "id": "slow"}))
        socket.send('{"jsonrpc": "2.0", "method": "rpc.ping", "id": 2}')
        assert json.loads(socket.recv(timeout=20)) == {"jsonrpc": "2.0", "id": 2, "result": {}}
        socket.send('{"jsonrpc": "2.0", "method": "rpc.cancel", "params": {"id": "slow"}}')
        failure(json.loads(socket.recv(timeout=20)), -32099, "canceled", "slow")
        socket.send(json.dumps({"jsonrpc": "2.0", "method": "stream.cancel", "params": {"key": key}, "id": 3}))
        assert json.loads(socket.recv(timeout=20))["result"] == {"key": key}


def test_a_lost_live_connection_loses_no_value(http: Client, server: Server) -> None:
    key = http.open("/ticks?every=400ms")
    socket = connect(server.websocket_url + "/live", proxy=None)
    socket.send(json.dumps({"jsonrpc": "2.0", "method": "stream.next", "params": {"key": key}, "id": 1}))
    socket.socket.close()
    assert http.pull(key, "?wait=20s") == {"finished": False, "data": 1}
    http.delete(f"/stream/{key}")


def test_subprotocol(server: Server) -> None:
    with connect(server.websocket_url + "/live", subprotocols=["x", "tangor.v1"], proxy=None) as socket:  # type: ignore[list-item]
        assert socket.subprotocol == "tangor.v1"


def test_foreign_origin_is_refused_before_the_upgrade(server: Server, http: Client) -> None:
    headers = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Origin": "http://elsewhere.example",
    }
    answer = http.get("/live", headers=headers)
    assert answer.status_code == 403 and answer.json()["code"] == "origin_refused"
    assert http.get("/live").status_code == 426

"""Channels against real clients: two WebSocket libraries, an HTTP client and curl."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import uuid
from typing import Any, Dict, List, Optional

import aiohttp
import pytest
import requests
from websockets.sync.client import ClientConnection, connect

from client import Client
from Harness.server import Server
from wire import RawWebSocket, problem


class Live:
    """A live connection: calls, and the notifications that come in between."""

    def __init__(self, server: Server, compression: Optional[str] = None) -> None:
        self._connection = connect(
            server.websocket_url + "/live", compression=compression, proxy=None, max_size=None)  # type: ignore[arg-type]
        self.socket: ClientConnection
        self.notifications: List[Dict[str, Any]] = []
        self.last = 0

    def __enter__(self) -> "Live":
        self.socket = self._connection.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.__exit__(None, None, None)

    def call(self, method: str, **parameters: object) -> Any:
        answer = self.ask(method, **parameters)
        assert "result" in answer, answer
        return answer["result"]

    def ask(self, method: str, **parameters: object) -> Dict[str, Any]:
        self.last += 1
        self.socket.send(json.dumps({"jsonrpc": "2.0", "id": self.last, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv(timeout=20))
            if message.get("id") == self.last:
                return dict(message)
            self.notifications.append(message)

    def next(self, method: str = "channel.message") -> Dict[str, Any]:
        message = self.notifications.pop(0) if self.notifications else json.loads(self.socket.recv(timeout=20))
        assert message.get("method") == method, message
        return dict(message["params"])


@pytest.fixture
def name() -> str:
    return f"demo/{uuid.uuid4().hex}"


@pytest.mark.parametrize("compression", [None, "deflate"])
def test_messages_reach_every_subscriber_once(server: Server, name: str, compression: Optional[str]) -> None:
    with Live(server, compression) as first, Live(server, None) as second, Live(server, "deflate") as publisher:
        first.call("channel.subscribe", channels=[name, f"{name}/#", "demo/#"])
        second.call("channel.subscribe", channels=[name])
        for index in range(200):
            # Large ones are compressed once for all; the answers in between use each connection's own compressor.
            publisher.call("channel.publish", channel=name, data={"index": index, "text": "abc " * (index % 200)})
            if index % 10 == 0:
                assert len(first.call("rpc.discover")["methods"]) > 10
        for live in (first, second):
            for index in range(200):
                message = live.next()
                assert (message["offset"], message["data"]["index"]) == (index + 1, index)
                assert message["data"]["text"] == "abc " * (index % 200)


@pytest.mark.parametrize("compress", [0, 9, 15])
def test_fan_out_with_aiohttp(server: Server, name: str, compress: int) -> None:
    async def run() -> None:
        async with aiohttp.ClientSession() as session:
            sockets = [await session.ws_connect(server.url + "/live", compress=compress, max_msg_size=0) for _ in range(20)]
            for socket in sockets:
                await socket.send_json({"jsonrpc": "2.0", "id": 1, "method": "channel.subscribe", "params": {"channels": [name]}})
                assert (await socket.receive_json(timeout=20))["id"] == 1
            for index in range(300):
                await sockets[0].send_json({"jsonrpc": "2.0", "method": "channel.publish",
                                            "params": {"channel": name, "data": [index, "value " * 60]}})
            for socket in sockets:
                for index in range(300):
                    message = await socket.receive_json(timeout=20)
                    assert message["params"]["data"][0] == index
                await socket.close()
                assert socket.close_code == 1000

    asyncio.run(run())


def test_recovery_after_a_broken_connection(server: Server, name: str) -> None:
    with Live(server) as publisher:
        with Live(server) as live:
            live.call("channel.subscribe", channels=[name])
            publisher.call("channel.publish", channel=name, data=1)
            seen = live.next()
        for value in range(2, 60):
            publisher.call("channel.publish", channel=name, data=value)
        with Live(server, "deflate") as live:
            position = {"epoch": seen["epoch"], "offset": seen["offset"]}
            state = live.call("channel.subscribe", channels=[name], **{"from": {name: position}})["channels"][name]
            assert state["recovered"] is True and "latest" not in state
            publisher.call("channel.publish", channel=name, data=60)
            assert [live.next()["data"] for _ in range(2, 61)] == list(range(2, 61))
        for value in range(200):
            publisher.call("channel.publish", channel=name, data=value)
        with Live(server) as live:
            state = live.call("channel.subscribe", channels=[name], **{"from": {name: position}})["channels"][name]
            assert state["recovered"] is False and state["latest"]["data"] == 199


def test_presence(server: Server, name: str) -> None:
    with Live(server) as watcher:
        watcher.call("channel.subscribe", channels=[name], presence=True)
        with Live(server) as guest:
            client = guest.call("channel.subscribe", channels=[name], info={"name": "Ada"})["client"]
            assert watcher.next("channel.joined")["client"] == {"id": client, "info": {"name": "Ada"}}
            assert len(guest.call("channel.presence", channel=name)["clients"]) == 2
        assert watcher.next("channel.left")["client"]["id"] == client


def test_a_subscriber_that_does_not_read_holds_nobody_back(server: Server, name: str) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": "channel.subscribe", "params": {"channels": [name], "policy": "all"}}
    with RawWebSocket(server, "/live") as stalled, Live(server) as reader, Live(server) as publisher:
        stalled.frame(1, json.dumps(request).encode())
        assert b'"id":1' in stalled.receive()[1]
        reader.call("channel.subscribe", channels=[name])
        # More than the kernel's buffers and the channel's history take.
        text = "x" * 500_000
        for index in range(60):
            publisher.call("channel.publish", channel=name, data=text)
            assert reader.next()["offset"] == index + 1
        while True:
            opcode, payload = stalled.receive()
            if opcode == 8:
                break
        assert int.from_bytes(payload[:2], "big") == 4413


def test_publish_by_post_and_read_the_latest(http: Client, name: str) -> None:
    published = http.post(f"/channel/{name}", json={"a": [1, 2]})
    assert published.status_code == 200 and published.json()["offset"] == 1
    latest = http.get(f"/channel/{name}/latest")
    assert latest.json()["data"] == {"a": [1, 2]}
    assert http.get(f"/channel/{name}/latest", headers={"If-None-Match": latest.headers["ETag"]}).status_code == 304
    payload = os.urandom(1000)
    http.post(f"/channel/{name}", data=payload, headers={"Content-Type": "image/png"})
    assert base64.b64decode(http.get(f"/channel/{name}/latest").json()["data"]) == payload
    assert name in http.get("/channel").json()
    problem(http.get(f"/channel/{name}/none/latest"), 404, "channel_not_found")
    problem(http.post("/channel/elsewhere", json=1), 403, "forbidden")
    problem(http.post(f"/channel/{name}", json=1, headers={"Origin": "http://evil.example"}), 403, "origin_refused")
    problem(http.post(f"/channel/{name}", data=bytes((1 << 20) + 1)), 413, "payload_too_large")


def test_events_with_curl(server: Server, http: Client, name: str) -> None:
    positions = [http.post(f"/channel/{name}", json=value).json() for value in range(3)]
    last = f"{positions[0]['epoch']}:{positions[0]['offset']}"
    line = ["curl", "-sN", "--max-time", "20", "--noproxy", "*", "-H", f"Last-Event-ID: {last}", f"{server.url}/channel/{name}"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as curl:
        assert curl.stdout is not None
        data: List[str] = []
        while len(data) < 3:
            text = curl.stdout.readline()
            assert text, "curl ended early"
            if text.startswith("data: "):
                data.append(text[6:].strip())
                if len(data) == 2:
                    http.post(f"/channel/{name}", json="live")
        curl.kill()
    assert data == ["1", "2", '"live"']


def test_events_of_several_channels_with_requests(server: Server, http: Client, name: str) -> None:
    with requests.get(f"{server.url}/channel", params={"subscribe": [f"{name}/#", name]}, stream=True, timeout=20) as answer:
        lines = answer.iter_lines(decode_unicode=True)
        assert next(lines) == "event: subscribed"
        assert name in json.loads(next(lines)[6:])["channels"]
        http.post(f"/channel/{name}/new", json=1)
        found = [next(lines) for _ in range(3)]
        assert found[1] == "event: message"
        assert json.loads(found[2][6:])["channel"] == f"{name}/new"


def test_shutdown_ends_event_streams_and_sockets(launch: Any) -> None:
    running = launch("demo")
    with requests.get(f"{running.url}/channel/demo/a", stream=True, timeout=20) as answer, Live(running) as live:
        live.call("channel.subscribe", channels=["demo/a"])
        assert running.stop() < 8
        assert b"".join(answer.iter_content(None)) == b":\n\n"
        with pytest.raises(Exception) as closed:
            live.socket.recv(timeout=10)
        assert closed.value.rcvd.code == 1001  # type: ignore[attr-defined]

"""A plugin of pytest that makes the upstream tests' in-process servers be a server at `TANGOR_TABLES_URL`.

Each test, and each `perspective.Server()` in it, gets fresh connections and a namespace of its own, whose name takes the place of `{}`
in the URL: the upstream modules make their clients when they are imported, so a client stays and what it is connected to changes.
Outcomes are added to the file `TANGOR_TABLES_OUTCOMES` as lines of JSON, while the run goes on.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import uuid
import weakref
from typing import Any, Callable, Dict, List

import perspective
import pytest

from official.transport import Connection

URL = os.environ["TANGOR_TABLES_URL"]
OUTCOMES = os.environ["TANGOR_TABLES_OUTCOMES"]
LEFT_OUT = json.loads(os.environ.get("TANGOR_TABLES_LEFT_OUT", "[]"))

_LocalClient = perspective.Client
_connections: "weakref.WeakSet[Connection]" = weakref.WeakSet()
_run = uuid.uuid4().hex[:12]
_serial = itertools.count()
_test = itertools.count(1)
_current = [0]


class RemoteServer:
    """In the place of `perspective.Server`: its clients and sessions speak with the server at the URL."""

    def __init__(self, on_poll_request: object = None) -> None:
        self._group: List[Connection] = []
        self._test = -1
        self._name = ""

    def _url(self) -> str:
        if self._test != _current[0]:
            self._test = _current[0]
            self._name = f"{_run}-{next(_serial)}"
        return URL.replace("{}", self._name)

    def _connect(self) -> Connection:
        connection = Connection(self._url, self._group)
        _connections.add(connection)
        return connection

    def new_local_client(self) -> "RemoteClient":
        connection = self._connect()
        client = RemoteClient(connection.handle_request, connection.close)
        connection.on_message = client.handle_response
        return client

    def new_session(self, response_cb: Callable[[bytes], object]) -> "RemoteSession":
        return RemoteSession(self._connect(), response_cb)

    def poll(self) -> None:
        pass


class RemoteSession:
    """In the place of a session of `perspective.Server`."""

    def __init__(self, connection: Connection, response_cb: Callable[[bytes], object]) -> None:
        self._connection = connection
        connection.on_message = response_cb

    def handle_request(self, message: bytes) -> None:
        self._connection.handle_request(bytes(message))

    def poll(self) -> None:
        pass

    def close(self) -> None:
        self._connection.close()


class RemoteClient(_LocalClient):
    """In the place of `perspective.Client`, which asks a server in the process for what only that has."""

    @staticmethod
    def from_server(server: RemoteServer) -> "RemoteClient":
        return server.new_local_client()


class RemoteAsyncServer(RemoteServer):
    """In the place of `perspective.AsyncServer`."""

    def new_session(self, response_cb: Callable[[bytes], Any]) -> "RemoteAsyncSession":  # type: ignore[override]
        return RemoteAsyncSession(self._connect(), response_cb)


class RemoteAsyncSession:
    """In the place of a session of `perspective.AsyncServer`: replies are awaited one after the other."""

    def __init__(self, connection: Connection, response_cb: Callable[[bytes], Any]) -> None:
        self._connection, self._response_cb = connection, response_cb
        self._replies: List[bytes] = []
        connection.on_message = self._replies.append

    async def handle_request(self, message: bytes) -> None:
        self._connection.handle_request(bytes(message))
        while self._replies:
            await self._response_cb(self._replies.pop(0))

    async def poll(self) -> None:
        pass

    async def close(self) -> None:
        self._connection.close()


perspective.Server = RemoteServer
perspective.AsyncServer = RemoteAsyncServer
perspective.Client = RemoteClient
perspective.GLOBAL_SERVER = RemoteServer()
perspective.GLOBAL_CLIENT = perspective.GLOBAL_SERVER.new_local_client()


def _name(nodeid: str) -> str:
    """A test's name from the folder of the upstream tests on."""
    return nodeid.rpartition("perspective/tests/")[2]


def _record(**line: object) -> None:
    with open(OUTCOMES, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "asyncio: runs on an event loop")
    asyncio.set_event_loop(asyncio.new_event_loop())


def pytest_collection_modifyitems(items: List[pytest.Item]) -> None:
    """Leaves out tests by their exact name, or a whole file or class."""
    def is_left_out(item: pytest.Item) -> bool:
        name = _name(item.nodeid)
        plain = name.partition("[")[0].split("::")
        return name in LEFT_OUT or any("::".join(plain[:count]) in LEFT_OUT for count in range(1, len(plain) + 1))

    items[:] = [item for item in items if not is_left_out(item)]


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    for connection in list(_connections):
        connection.reset()
    _current[0] = next(_test)


def pytest_runtest_logstart(nodeid: str) -> None:
    _record(begins=_name(nodeid))


_outcomes: Dict[str, Dict[str, str]] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A test failed if any of its phases did; it passed if its call did."""
    if report.when != "call" and report.outcome == "passed":
        return
    why = ""
    if report.failed:
        lines = [line[1:].strip() for line in report.longreprtext.splitlines() if line.startswith("E ")]
        why = " | ".join(lines[:3])[:300] or report.longreprtext[-300:]
    if _outcomes.get(report.nodeid, {}).get("outcome") != "failed":
        _outcomes[report.nodeid] = {"outcome": report.outcome, "why": why}


def pytest_runtest_logfinish(nodeid: str) -> None:
    _record(name=_name(nodeid), **_outcomes.pop(nodeid, {"outcome": "failed", "why": "no outcome was reported"}))


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.failed:
        _record(name=_name(report.nodeid), outcome="failed", why="not collected: " + str(report.longrepr)[-300:])


def pytest_sessionfinish() -> None:
    _record(ended=True)

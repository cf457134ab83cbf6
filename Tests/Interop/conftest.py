"""The server that the interop tests share, and the check that everybody else is still served."""

from __future__ import annotations

import signal
from typing import Callable, Iterator

import pytest
import requests

from Harness.server import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The gallery, once for the session. At the end it must stop at a signal, in time and with status 0."""
    running = Server("demo").start()
    try:
        yield running
        assert running.process is not None and running.process.poll() is None, f"the server ended on its own:\n{running.log[-4000:]}"
        running.stop(signal.SIGTERM)
        assert "Fatal error" not in running.log
    finally:
        running.close()


@pytest.fixture
def http(server: Server) -> Iterator["Client"]:
    with Client(server) as client:
        yield client


@pytest.fixture
def launch() -> Iterator[Callable[..., Server]]:
    """Starts further servers; whatever is still running is ended after the test."""
    started = []

    def start(*arguments: str, **options: int) -> Server:
        running = Server(*arguments, **options)
        started.append(running)
        return running.start()

    yield start
    for running in started:
        running.close()


@pytest.fixture(autouse=True)
def still_serving(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test that used the shared server, good or bad input, it still serves others."""
    yield
    if "server" in request.fixturenames:
        shared: Server = request.getfixturevalue("server")
        assert shared.status("/readyz") == 200, "the server no longer serves others"


class Client(requests.Session):
    """A `requests` session whose URLs are paths of the server."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server
        self.trust_env = False

    def request(self, method, url, **options):  # type: ignore[no-untyped-def, override]
        options.setdefault("timeout", 30)
        return super().request(method, self.server.url + url, **options)

    def open(self, path: str) -> str:
        """Opens a stream and answers its key."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert list(body) == ["key"], body
        return str(body["key"])

    def pull(self, key: str, query: str = "") -> object:
        answer = self.get(f"/stream/{key}{query}")
        assert answer.status_code == 200, answer.text
        return answer.json()

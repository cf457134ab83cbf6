"""The server that the interop tests share, and the check that everybody else is still served."""

from __future__ import annotations

import signal
from typing import Callable, Iterator

import pytest

from client import Client
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
def http(server: Server) -> Iterator[Client]:
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

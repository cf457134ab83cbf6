"""The server that the interop tests share, and the check that everybody else is still served."""

from __future__ import annotations

import json
from typing import Callable, Iterator

import pytest

from client import Client
from Harness.server import Server, served


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The gallery, once for the session."""
    yield from served(Server("demo"))


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of Perspective's clients with namespaces, a read-only table `prices` and a writable one `orders`, once for the session."""
    folder = tmp_path_factory.mktemp("tables")
    (folder / "prices.csv").write_text("symbol,price\nA,1.5\nB,2.5\nC,\n", encoding="utf-8")
    (folder / "orders.ndjson").write_text('{"id":1,"amount":10}\n{"id":2,"amount":20}\n', encoding="utf-8")
    settings = {
        "root": str(folder),
        "perspective": {"namespaces": True, "max_namespaces": 5000, "namespace_lease": "5s", "max_message_size": "64 MiB",
                        "max_views_per_session": 200},
        "tables": {"prices": {"source": str(folder / "prices.csv"), "index": "symbol", "read_only": True},
                   "orders": {"source": str(folder / "orders.ndjson"), "index": "id"}},
    }
    (folder / "tangor.yaml").write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML
    yield from served(Server("serve", "--config", str(folder / "tangor.yaml")))


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
    """After each test that used a shared server, good or bad input, it still serves others."""
    yield
    for name in ("server", "tables"):
        if name in request.fixturenames:
            shared: Server = request.getfixturevalue(name)
            assert shared.status("/readyz") == 200, "the server no longer serves others"

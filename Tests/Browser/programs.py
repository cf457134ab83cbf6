"""What the tests of programs in a page share: servers, questions to them, and nothing left behind."""

from __future__ import annotations

import json
import shutil
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Iterator, Tuple

import pytest
from playwright.sync_api import Page

from Harness import provisioning
from Harness.server import ROOT, Server

PROGRAMS = Path(__file__).resolve().parent / "fixtures" / "programs"
STAND_IN = ROOT / "Tests" / "Interop" / "programs" / "stand_in.py"


@pytest.fixture(scope="module")
def python() -> Path:
    try:
        return provisioning.vtk_python()
    except provisioning.Unavailable as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def demo(python: Path) -> Iterator[Server]:
    """The gallery as `make demo VTK=1` starts it."""
    running = Server("demo", "--vtkpython", str(python), "--rows", "1000").start()
    try:
        yield running
        running.stop()
    finally:
        running.close()


def site(folder: Path, python: Path) -> Server:
    """A server of a folder's pages and scripts, with kinds of its own."""
    shutil.copy(ROOT / "Python" / "gallery" / "cone.py", folder / "cone.py")
    settings = {
        "root": str(folder),
        "vtkweb": {"vtkpython": str(python), "folders": [str(folder)]},
        "programs": {
            "trame": {"command": [str(python), "{script}", "--server", "--host", "{host}", "--port", "{port}", "--authKey", "{secret}"],
                      "folders": [str(PROGRAMS)], "ready": "App running at:", "http": True},
            "stand-in": {"command": [sys.executable, str(STAND_IN), "--port", "{port}"], "http": True},
            "failing": {"command": [sys.executable, str(STAND_IN), "--port", "{port}"]},
        },
    }
    (folder / "tangor.yaml").write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML
    return Server("serve", "--config", str(folder / "tangor.yaml"))


@pytest.fixture(scope="module")
def served(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tuple[Server, Path]]:
    folder = tmp_path_factory.mktemp("site")
    running = site(folder, python).start()
    try:
        yield running, folder
        running.stop()
    finally:
        running.close()


def ask(server: Server, path: str, method: str = "GET") -> Any:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(server.url + path, method=method), timeout=40) as answer:
        return json.load(answer)


@pytest.fixture(autouse=True)
def cleared(request: pytest.FixtureRequest, page: Page) -> Iterator[None]:
    """After each test its page is left, and nothing runs for it any more."""
    yield
    for other in page.context.pages:
        other.goto("about:blank")
    for name in ("demo", "served"):
        if name in request.fixturenames:
            found = request.getfixturevalue(name)
            server: Server = found if isinstance(found, Server) else found[0]
            for program in ask(server, "/programs"):
                try:
                    ask(server, f"/programs/{program['key']}", "DELETE")
                except urllib.error.HTTPError as error:
                    assert error.code == 404, "it may have ended meanwhile, and nothing else"
            assert ask(server, "/programs") == []

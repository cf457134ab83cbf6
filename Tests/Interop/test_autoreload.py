"""`autoreload`: a file is written, and an open page is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Callable, Iterator, List, Tuple

import pytest
import requests

from client import Client
from Harness.server import Server, free_port

SCRIPT = b'<script type="module" src="/tangor/reload.js"></script>'


class Events:
    """The server-sent events of `/tangor/reload`, one after the other."""

    def __init__(self, server: Server) -> None:
        self.answer = requests.get(server.url + "/tangor/reload", stream=True, timeout=20)
        assert self.answer.status_code == 200 and self.answer.headers["Content-Type"] == "text/event-stream"
        self._lines: Iterator[str] = self.answer.iter_lines(chunk_size=1, decode_unicode=True)

    def next(self) -> Tuple[str, "dict[str, object]"]:
        name = ""
        for line in self._lines:
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                return name, json.loads(line[6:])
        raise EOFError

    def changed(self, path: str) -> "list[str]":
        """What was told up to the message that names a path."""
        told: List[str] = []
        while path not in told:
            name, data = self.next()
            assert name == "changed"
            told += data["paths"]  # type: ignore[arg-type]
        return told


@pytest.fixture
def site(launch: Callable[..., Server], tmp_path: Path) -> Tuple[Server, Path]:
    root = tmp_path / "root"
    (root / "deep").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html><p>one</p>")
    (tmp_path / "data").mkdir()
    return launch("serve", str(root), "--set", "autoreload=true", "--set", f"static.folders=/data={tmp_path / 'data'}"), root


def test_changes_are_told(site: Tuple[Server, Path], tmp_path: Path) -> None:
    server, root = site
    events = Events(server)
    name, data = events.next()
    assert name == "ready" and data["boot"]
    (root / "index.html").write_text("<!doctype html><p>two</p>")
    assert events.changed("/index.html") == ["/index.html"]
    (root / "deep" / "a b.css").write_text("p{}")
    assert events.changed("/deep/a%20b.css") == ["/deep/a%20b.css"]
    (tmp_path / "data" / "x.json").write_text("{}")
    assert events.changed("/data/x.json") == ["/data/x.json"]
    # As editors do: another file takes the place of the old one.
    (root / ".index.html.swp").write_text("hidden")
    (root / "index.html~").write_text("copy")
    (root / "new.html").write_text("new")
    (root / "new.html").rename(root / "index.html")
    told = events.changed("/index.html")
    assert not any("swp" in path or "~" in path for path in told)
    # Folders that are made later, what is in them, and what goes.
    (root / "later" / "inner").mkdir(parents=True)
    (root / "later" / "inner" / "page.html").write_text("x")
    events.changed("/later/inner/page.html")
    (root / "later" / "inner" / "page.html").write_text("y")
    events.changed("/later/inner/page.html")
    (root / "later" / "inner" / "page.html").unlink()
    events.changed("/later/inner/page.html")
    assert requests.get(server.url + "/", timeout=10).text.startswith("new")
    server.stop()
    with pytest.raises(EOFError):
        events.next()


def test_pages_carry_the_script(site: Tuple[Server, Path]) -> None:
    server, root = site
    with Client(server) as client:
        page = client.get("/", headers={"Range": "bytes=0-3"})
        assert page.status_code == 200 and page.content.startswith(b"<!doctype html><p>one</p>") and SCRIPT in page.content
        assert page.headers["Content-Length"] == str(len(page.content)) and page.headers["Cache-Control"] == "no-store"
        assert not {"ETag", "Last-Modified", "Accept-Ranges", "Content-Encoding"} & set(page.headers)
        head = client.head("/")
        assert head.content == b"" and head.headers["Content-Length"] == page.headers["Content-Length"]
        (root / "index.html").write_text("<p>changed")
        assert client.get("/").text.startswith("<p>changed"), "what was kept in memory is not given"
        (root / "a.txt").write_text("plain")
        assert client.get("/a.txt").text == "plain"
        assert client.get("/tangor/reload.js").headers["Content-Type"].startswith("text/javascript")
        assert client.post("/tangor/reload").status_code == 405


def test_a_new_start_is_told_apart(launch: Callable[..., Server], tmp_path: Path) -> None:
    port = free_port()
    boots = []
    for _ in range(2):
        server = launch("serve", str(tmp_path), "--set", "debug=true", port=port)
        boots.append(Events(server).next()[1]["boot"])
        server.kill()
    assert boots[0] != boots[1]


def test_without_it_there_is_nothing(launch: Callable[..., Server], tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>plain")
    with Client(launch("serve", str(tmp_path))) as client:
        assert client.get("/").text == "<p>plain"
        assert client.get("/tangor/reload").status_code == client.get("/tangor/reload.js").status_code == 404

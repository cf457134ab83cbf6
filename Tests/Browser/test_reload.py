"""A page that shows what changed on the disk, by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, Tuple

import pytest
from playwright.sync_api import Page, expect

from Harness.server import Server, free_port


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Tuple[Server, Path]]:
    (tmp_path / "index.html").write_text('<!doctype html><link rel="stylesheet" href="style.css"><p>one</p>')
    (tmp_path / "style.css").write_text("p { color: rgb(1, 2, 3) }")
    server = Server("serve", str(tmp_path), "--set", "autoreload=true", port=free_port()).start()
    try:
        yield server, tmp_path
    finally:
        server.close()


def listening(page: Page) -> None:
    """Waits until the page listens: what changes before, it cannot be told of."""
    page.wait_for_function("performance.getEntriesByType('resource').some((entry) => entry.name.endsWith('/tangor/reload.js'))")
    page.wait_for_timeout(300)


def test_a_page_reloads_when_a_file_changes(site: Tuple[Server, Path], page: Page) -> None:
    server, root = site
    page.goto(server.url + "/")
    expect(page.locator("p")).to_have_text("one")
    listening(page)
    (root / "index.html").write_text('<!doctype html><link rel="stylesheet" href="style.css"><p>two</p>')
    expect(page.locator("p")).to_have_text("two")


def test_a_style_sheet_changes_in_place(site: Tuple[Server, Path], page: Page) -> None:
    server, root = site
    page.goto(server.url + "/")
    page.evaluate("window.kept = true")
    expect(page.locator("p")).to_have_css("color", "rgb(1, 2, 3)")
    listening(page)
    (root / "style.css").write_text("p { color: rgb(4, 5, 6) }")
    expect(page.locator("p")).to_have_css("color", "rgb(4, 5, 6)")
    expect(page.locator("link")).to_have_count(1)
    assert page.evaluate("window.kept") is True, "the page was not loaded anew"


def test_a_page_reloads_when_the_server_was_started_again(site: Tuple[Server, Path], page: Page, errors: "list[str]") -> None:
    server, root = site
    page.goto(server.url + "/")
    listening(page)
    server.stop()
    (root / "index.html").write_text("<!doctype html><p>anew</p>")
    again = Server("serve", str(root), "--set", "autoreload=true", port=server.port).start()
    try:
        expect(page.locator("p")).to_have_text("anew")
    finally:
        page.close()
        # The browser tells of the connection that broke; that is what this test wants.
        errors[:] = [error for error in errors if "ERR_" not in error]
        again.close()

"""The gallery as a person uses it."""

from __future__ import annotations

import hashlib
import json
import re
import time
import urllib.request
from typing import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from Harness.server import Server
from errors import Errors


def card(page: Page, name: str) -> Locator:
    return page.locator(f'[data-demo="{name}"]')


def press(page: Page, name: str, action: str) -> None:
    card(page, name).locator(f'[data-action="{action}"]').click()


def output(page: Page, name: str) -> Locator:
    return card(page, name).locator("[data-output]").first


def fill(page: Page, name: str, field: str, value: str) -> None:
    card(page, name).locator(f'[data-input="{field}"]').fill(value)


def streams(server: Server) -> "list[str]":
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(server.url + "/stream", timeout=10) as answer:
        return list(json.load(answer))


def streams_empty(server: Server, seconds: float = 15) -> None:
    """Waits until the server has no stream left: a page that let go must leave nothing behind."""
    deadline = time.monotonic() + seconds
    while streams(server):
        assert time.monotonic() < deadline, f"streams were left behind: {streams(server)}"
        time.sleep(0.05)


@pytest.fixture
def opened(page: Page, gallery: Server) -> Iterator[Page]:
    page.goto(gallery.url + "/")
    expect(page.locator("[data-connection]").first).to_have_attribute("data-connection", "open")
    yield page


def test_the_page_loads_without_errors(opened: Page) -> None:
    assert "Tangor" in opened.title()
    for name in ("primes", "prime-factors", "mandelbrot", "log", "prime", "countdown", "echo", "digest"):
        expect(card(opened, name)).to_be_visible()
    assert opened.locator("[data-connection]").first.get_attribute("data-transport") == "websocket"
    # Nothing may spill over the side, on a desk or on a phone.
    for width in (1280, 375):
        opened.set_viewport_size({"width": width, "height": 800})
        assert opened.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, width


def test_primes(opened: Page, gallery: Server) -> None:
    press(opened, "primes", "start")
    expect(output(opened, "primes")).to_contain_text(re.compile(r"^\s*2\s+3\s+5\s+7\s+11\s+13\s"))
    assert len(streams(gallery)) == 1
    press(opened, "primes", "stop")
    streams_empty(gallery)


def test_prime_factors(opened: Page, gallery: Server) -> None:
    fill(opened, "prime-factors", "n", "60")
    press(opened, "prime-factors", "start")
    expect(output(opened, "prime-factors").locator("span")).to_have_text(["2", "2", "3", "5"])
    streams_empty(gallery)


COLOURS = """canvas => {
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const seen = new Set();
  let drawn = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    if (pixels[at + 3]) drawn += 1;
    seen.add((pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2]);
  }
  return { colours: seen.size, drawn, all: pixels.length / 4 };
}"""


def test_mandelbrot_draws_pauses_and_is_cancelled(opened: Page, gallery: Server) -> None:
    canvas = card(opened, "mandelbrot").locator("canvas")

    def tiles() -> int:
        return int(canvas.get_attribute("data-tiles") or 0)

    assert canvas.evaluate(COLOURS)["drawn"] == 0
    press(opened, "mandelbrot", "start")
    expect(canvas).to_have_attribute("data-tiles", re.compile(r"^[1-9]"))
    press(opened, "mandelbrot", "pause")
    opened.wait_for_timeout(300)
    paused = tiles()
    opened.wait_for_timeout(700)
    assert tiles() == paused, "tiles arrived while paused"
    press(opened, "mandelbrot", "resume")
    opened.wait_for_function("([canvas, before]) => Number(canvas.dataset.tiles) > before", arg=[canvas.element_handle(), paused])
    seen = canvas.evaluate(COLOURS)
    assert seen["colours"] > 8 and seen["drawn"] > 0, seen
    cancel = card(opened, "mandelbrot").locator('[data-action="cancel"]')
    if cancel.is_enabled():
        cancel.click()
    streams_empty(gallery)


def test_mandelbrot_to_its_end(opened: Page, gallery: Server) -> None:
    press(opened, "mandelbrot", "start")
    expect(card(opened, "mandelbrot").locator("[data-status]")).to_have_attribute("data-status", "finished", timeout=60_000)
    seen = card(opened, "mandelbrot").locator("canvas").evaluate(COLOURS)
    assert seen["drawn"] == seen["all"] and seen["colours"] > 8, seen
    assert card(opened, "mandelbrot").locator("progress").evaluate("bar => bar.value / bar.max") == 1
    streams_empty(gallery)


def test_log_counts_its_lines(opened: Page, gallery: Server) -> None:
    fill(opened, "log", "lines", "3000")
    press(opened, "log", "start")
    expect(card(opened, "log").locator("[data-count]")).to_have_attribute("data-count", "3000")
    streams_empty(gallery)


def test_polling_prime(opened: Page) -> None:
    press(opened, "prime", "start")
    expect(output(opened, "prime")).to_have_text(re.compile(r"^(5|7|11|13|17|19)$"))
    press(opened, "prime", "stop")


def test_polling_countdown_ends(opened: Page) -> None:
    fill(opened, "countdown", "from", "2")
    press(opened, "countdown", "start")
    expect(output(opened, "countdown")).to_have_text("done")


def test_digest(opened: Page) -> None:
    data = bytes(range(256)) * 1000
    opened.locator('[data-demo="digest"] [data-input="file"]').set_input_files({"name": "a.bin", "mimeType": "application/octet-stream", "buffer": data})
    press(opened, "digest", "start")
    expect(output(opened, "digest")).to_have_text(hashlib.sha256(data).hexdigest())


def test_echo(opened: Page) -> None:
    fill(opened, "echo", "message", "grüße 😀 <b>&")
    press(opened, "echo", "start")
    expect(output(opened, "echo")).to_contain_text("grüße 😀 <b>&")


def test_the_page_reconnects_after_a_restart(page: Page, errors: Errors) -> None:
    server = Server("demo").start()
    again = Server("demo", port=server.port)
    try:
        page.goto(server.url + "/")
        state = page.locator("[data-connection]").first
        expect(state).to_have_attribute("data-connection", "open")
        server.kill()
        expect(state).not_to_have_attribute("data-connection", "open")
        again.start()
        expect(state).to_have_attribute("data-connection", "open", timeout=40_000)
        fill(page, "prime-factors", "n", "60")
        press(page, "prime-factors", "start")
        expect(output(page, "prime-factors").locator("span")).to_have_text(["2", "2", "3", "5"])
        again.stop()
        # The browser itself logs each attempt that found nobody there.
        errors[:] = [text for text in errors if "ERR_CONNECTION" not in text and "WebSocket connection" not in text]
    finally:
        server.close()
        again.close()


def test_the_compatibility_page(page: Page, gallery: Server) -> None:
    page.goto(gallery.url + "/tangelo.html")
    fill(page, "tangelo", "delay", "20")
    press(page, "tangelo", "start")
    expect(output(page, "tangelo").locator("span")).to_have_text(["2", "2", "3", "5"])
    expect(card(page, "tangelo").locator("[data-status]")).to_have_attribute("data-status", "finished")
    streams_empty(gallery)

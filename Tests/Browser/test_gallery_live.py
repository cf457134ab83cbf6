"""The gallery's pages of objects, channels and uploads, in several tabs at once, as people use them."""

from __future__ import annotations

import json
import os
import re
import urllib.request
from pathlib import Path
from typing import Callable, Iterator, List

import pytest
from playwright.sync_api import Browser, Page, expect

from Harness.server import Server
from errors import Errors

Tab = Callable[[str], Page]


@pytest.fixture
def tab(chromium: Browser, errors: Errors) -> Iterator[Tab]:
    """Opens a page in a window of its own, and waits until it is connected."""
    contexts = []

    def open_tab(url: str) -> Page:
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(f"uncaught: {error}"))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(url)
        connected(page)
        return page

    yield open_tab
    for context in contexts:
        context.close()
    assert errors == [], "a page logged errors"


def connected(page: Page, seconds: float = 20) -> None:
    expect(page.locator("#connection")).to_have_attribute("data-connection", "open", timeout=seconds * 1_000)


def forget_broken_connections(errors: Errors) -> None:
    """The browser itself logs each attempt that found nobody there."""
    errors[:] = [text for text in errors if "ERR_CONNECTION" not in text and "WebSocket connection" not in text]


# The whiteboard


def draw(page: Page, *points: "tuple[float, float]", up: bool = True) -> None:
    """Draws a line; the points are fractions of the board's width and height."""
    page.locator("#canvas").scroll_into_view_if_needed()
    box = page.locator("#canvas").bounding_box()
    assert box is not None
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    if up:
        page.mouse.up()


def strokes(page: Page, count: int) -> None:
    expect(page.locator("#canvas")).to_have_attribute("data-strokes", str(count))


INK = """([canvas, x, y]) => {
  const at = (value, size) => Math.round(value * size);
  const found = canvas.getContext("2d").getImageData(at(x, canvas.width) - 3, at(y, canvas.height) - 3, 7, 7).data;
  for (let index = 3; index < found.length; index += 4) if (found[index] > 100) return true;
  return false;
}"""


def inked(page: Page, x: float, y: float, wanted: bool = True) -> None:
    """Waits until there is, or is no, colour at a place of the board, given in fractions of its size."""
    canvas = page.locator("#canvas").element_handle()
    page.wait_for_function(f"([place, wanted]) => ({INK})(place) === wanted", arg=[[canvas, x, y], wanted])


@pytest.fixture
def board(gallery: Server, tab: Tab) -> Iterator[Tab]:
    """Opens whiteboards, of which the first is empty."""
    opened: List[Page] = []

    def open_board(_: str = "") -> Page:
        page = tab(gallery.url + "/whiteboard.html")
        expect(page.locator("#people li").first).to_be_visible()
        if not opened:
            page.get_by_role("button", name="Clear").click()
            strokes(page, 0)
        opened.append(page)
        return page

    yield open_board


def test_two_whiteboards_see_each_other_and_a_third_that_comes_late_sees_all(board: Tab) -> None:
    one, two = board(""), board("")
    expect(one.locator("#people li")).to_have_count(2)
    expect(two.locator("#people li")).to_have_count(2)

    draw(one, (0.2, 0.2), (0.5, 0.2))
    strokes(two, 1)
    inked(two, 0.35, 0.2)
    draw(two, (0.2, 0.6), (0.5, 0.6))
    strokes(one, 2)
    inked(one, 0.35, 0.6)

    three = board("")
    strokes(three, 2)
    for x, y in ((0.35, 0.2), (0.35, 0.6)):
        inked(three, x, y)
    expect(one.locator("#people li")).to_have_count(3)
    names = {page.locator("#people li").first.get_attribute("data-person") for page in (one, two, three)}
    assert {item.get_attribute("data-person") for item in three.locator("#people li").all()} == names

    # Undo takes one's own last stroke, not the last of all.
    one.get_by_role("button", name="Undo").click()
    for page in (one, two, three):
        strokes(page, 1)
        inked(page, 0.35, 0.2, wanted=False)
        inked(page, 0.35, 0.6)
    three.get_by_role("button", name="Clear").click()
    for page in (one, two, three):
        strokes(page, 0)
    three.context.close()
    expect(one.locator("#people li")).to_have_count(2)


def test_a_line_is_seen_while_it_is_drawn_and_so_is_the_pointer(board: Tab) -> None:
    one, two = board(""), board("")
    expect(two.locator("#people li")).to_have_count(2)
    draw(one, (0.1, 0.4), (0.4, 0.4), (0.6, 0.4), up=False)
    inked(two, 0.3, 0.4)
    strokes(two, 0)
    cursor = two.locator("[data-cursor]")
    expect(cursor).to_have_count(1)
    expect(cursor).to_contain_text(one.locator("#name").input_value())
    one.mouse.up()
    strokes(two, 1)
    expect(two.locator("#canvas")).to_have_attribute("data-live", "0")


def test_what_is_drawn_while_a_page_comes_is_there_exactly_once(board: Tab) -> None:
    one = board("")
    # One page adds strokes without a pause while others open.
    one.evaluate(
        """async () => {
          const { connect } = await import("./client.js");
          const tangor = (globalThis.busy = connect());
          globalThis.drawn = 0;
          globalThis.drawing = (async () => {
            while (globalThis.drawn < 60 || !globalThis.enough) {
              const id = `busy-${globalThis.drawn}`;
              const x = (globalThis.drawn * 3) % 1600;
              const points = [x, 10, x, 900];
              await tangor.callObject("whiteboard.add", [{ id, client: "busy", colour: "#123456", width: 2, points }]);
              globalThis.drawn += 1;
              if (globalThis.drawn >= 900) break;
            }
          })();
        }"""
    )
    others = [board("") for _ in range(3)]
    one.evaluate("async () => { globalThis.enough = true; await globalThis.drawing; busy.close(); }")
    count = one.evaluate("globalThis.drawn")
    for page in [one, *others]:
        strokes(page, count)


def test_the_whiteboard_by_keyboard_and_on_a_phone(board: Tab) -> None:
    one, two = board(""), board("")
    one.locator("#canvas").focus()
    for key in ("Space", "Shift+ArrowRight", "Shift+ArrowRight", "ArrowDown", "Space"):
        one.keyboard.press(key)
    strokes(two, 1)
    inked(two, 0.52, 0.5)
    one.keyboard.press("Control+z")
    strokes(two, 0)
    two.locator("#name").fill("<b>Zoë</b>")
    two.locator("#name").press("Enter")
    expect(one.locator("#people")).to_contain_text("<b>Zoë</b>")
    expect(one.locator("#people li")).to_have_count(2)
    one.set_viewport_size({"width": 375, "height": 800})
    assert one.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    draw(one, (0.2, 0.5), (0.8, 0.5))
    strokes(two, 1)
    inked(two, 0.5, 0.5)


# The object


def test_what_one_page_sets_shows_in_the_other(gallery: Server, tab: Tab) -> None:
    one, two = tab(gallery.url + "/sample.html"), tab(gallery.url + "/sample.html")
    for page in (one, two):
        expect(page.locator('[data-tracked="a"]')).not_to_have_text("…")
    for number in ("41", "1"):
        one.locator('[data-input="value"]').fill(number)
        one.locator('[data-action="set"]').click()
        for page in (one, two):
            expect(page.locator('[data-tracked="a"]')).to_have_text(number)
            expect(page.locator('[data-element="value"]')).to_have_text(number)
    one.locator('[data-input="method"]').select_option("sample.test_sum")
    one.locator('[data-action="call"]').click()
    expect(one.locator("#output")).to_contain_text("is 9")
    expect(one.locator("#description")).to_contain_text("test_sum(")


def test_a_refusal_is_said(gallery: Server, tab: Tab) -> None:
    page = tab(gallery.url + "/sample.html")
    for member, value, what in (("nothing", "1", "object_not_found"), ("a", '"text"', "invalid_parameters"), ("a", "{", "not JSON")):
        page.locator('[data-input="member"]').fill(member)
        page.locator('[data-input="value"]').fill(value)
        page.locator('[data-action="set"]').click()
        expect(page.locator("#status")).to_contain_text(what)
        expect(page.locator("#status")).to_have_attribute("data-status", "error")


# The sensors


def test_values_arrive_and_the_chart_draws(gallery: Server, tab: Tab) -> None:
    page = tab(gallery.url + "/sensors.html")
    for place in ("hall", "cellar", "roof"):
        tile = page.locator(f'[data-channel="sensors/{place}/temp"]')
        expect(tile).to_have_attribute("data-messages", re.compile(r"^([3-9]|\d\d+)$"))
        expect(tile.locator("strong")).to_have_text(re.compile(r"^-?\d+\.\d$"))
    page.wait_for_function(CHART_IS_DRAWN)


CHART_IS_DRAWN = """() => {
  const chart = document.querySelector("tangor-chart");
  const canvas = chart.shadowRoot?.querySelector("canvas") ?? chart.querySelector("canvas");
  if (!canvas) return false;
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const seen = new Set();
  for (let at = 0; at < pixels.length; at += 4) if (pixels[at + 3] > 0) seen.add(`${pixels[at]},${pixels[at + 1]},${pixels[at + 2]}`);
  return seen.size > 3;
}"""


def test_a_setpoint_set_in_one_page_shows_in_the_other_and_the_heater_reacts(gallery: Server, tab: Tab) -> None:
    one, two = tab(gallery.url + "/sensors.html"), tab(gallery.url + "/sensors.html")
    for value, heater in (("5", "off"), ("30", "on"), ("21", "")):
        one.locator("#setpoint input").fill(value)
        one.locator("#setpoint input").press("Enter")
        expect(two.locator("#setpoint input")).to_have_value(value)
        if heater:
            expect(two.locator("#heater")).to_have_text(heater)
    one.locator("#place").select_option("cellar")
    one.locator("#reference").fill("9")
    one.locator('[data-action="calibrate"]').click()
    expect(one.locator("#status")).to_contain_text("The thermometer in the cellar was corrected")
    expect(two.locator("#alarms")).to_contain_text("cellar is cold")
    one.locator("#reference").fill("12")
    one.locator('[data-action="calibrate"]').click()
    expect(two.locator("#alarms")).not_to_contain_text("cellar")


# Uploads


def download(server: Server, path: str) -> "list[dict[str, object]]":
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(server.url + path, timeout=10) as answer:
        return json.load(answer)


def test_files_arrive_whole_and_every_page_lists_them(gallery: Server, tab: Tab, tmp_path: Path) -> None:
    one, two = tab(gallery.url + "/upload.html"), tab(gallery.url + "/upload.html")
    small, large = tmp_path / "grüße & <b>.txt", tmp_path / "large.bin"
    small.write_text("Grüße\n", encoding="utf-8")
    large.write_bytes(os.urandom(3_500_000))
    one.locator("#files").set_input_files([small, large])
    for path in (small, large):
        row = one.locator(f'[data-transfer="{path.name}"]')
        expect(row).to_have_attribute("data-state", "finished")
        expect(two.locator(f'[data-file="{path.name}"]')).to_have_attribute("data-size", str(path.stat().st_size))
    listed = {entry["name"]: entry["size"] for entry in download(gallery, "/uploads?verbose")}
    assert {path.name: listed.get(path.name) for path in (small, large)} == {path.name: path.stat().st_size for path in (small, large)}


def test_refusals_are_readable(gallery: Server, tab: Tab, errors: Errors, tmp_path: Path) -> None:
    page = tab(gallery.url + "/upload.html")
    program, huge, text = tmp_path / "setup.exe", tmp_path / "huge.bin", tmp_path / "twice.txt"
    program.write_bytes(b"MZ" + bytes(100))
    huge.write_bytes(bytes(33 << 20))
    text.write_text("once")

    def failed(path: Path, words: str) -> None:
        page.locator("#files").set_input_files([path])
        row = page.locator(f'[data-transfer="{path.name}"]').first
        expect(row).to_have_attribute("data-state", "failed")
        expect(row.locator(".state")).to_contain_text(re.compile(words, re.IGNORECASE))

    failed(program, "exe|type|kind")
    failed(huge, "MiB|large")
    page.locator("#files").set_input_files([text])
    expect(page.locator('[data-transfer="twice.txt"]').first).to_have_attribute("data-state", "finished")
    failed(text, "of this name is there")
    assert {"setup.exe", "huge.bin"}.isdisjoint({entry["name"] for entry in download(gallery, "/uploads?verbose")})
    # The browser logs each refusal, too.
    errors[:] = [entry for entry in errors if "Failed to load resource" not in entry]


def test_an_upload_is_paused_and_goes_on_even_after_a_reload(gallery: Server, tab: Tab, tmp_path: Path) -> None:
    page = tab(gallery.url + "/upload.html")
    # A slow line, so that there is time to pause.
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    slow = {"offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": 1_500_000}
    session.send("Network.emulateNetworkConditions", slow)
    path = tmp_path / "paused.bin"
    path.write_bytes(os.urandom(6_000_000))
    page.locator("#files").set_input_files([path])
    row = page.locator('[data-transfer="paused.bin"]')
    page.wait_for_function("() => document.querySelector('[data-transfer=\"paused.bin\"] progress')?.value > 0.04")
    row.locator('[data-action="pause"]').click()
    expect(row).to_have_attribute("data-state", "paused")
    page.reload()
    connected(page)
    session.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    with page.expect_request(lambda request: request.method == "HEAD" and "/uploads/.tus/" in request.url):
        page.locator("#files").set_input_files([path])
    expect(page.locator('[data-transfer="paused.bin"]')).to_have_attribute("data-state", "finished")
    expect(page.locator('[data-file="paused.bin"]')).to_have_attribute("data-size", "6000000")


# The server dies


def test_pages_go_on_after_the_server_was_killed(tab: Tab, errors: Errors) -> None:
    server = Server("demo").start()
    again = Server("demo", port=server.port)
    try:
        boards = [tab(server.url + "/whiteboard.html") for _ in range(2)]
        sensors = tab(server.url + "/sensors.html")
        sample = tab(server.url + "/sample.html")
        draw(boards[0], (0.2, 0.2), (0.5, 0.2))
        strokes(boards[1], 1)
        sample.locator('[data-input="value"]').fill("77")
        sample.locator('[data-action="set"]').click()
        expect(sample.locator('[data-tracked="a"]')).to_have_text("77")
        tile = sensors.locator('[data-channel="sensors/hall/temp"]')
        expect(tile).to_have_attribute("data-messages", re.compile(r"^[2-9]|\d\d"))

        server.kill()
        pages = [*boards, sensors, sample]
        for page in pages:
            expect(page.locator("#connection")).not_to_have_attribute("data-connection", "open")
        again.start()
        for page in pages:
            connected(page, seconds=40)

        # The picture went with the server; the pages show the new one and draw on.
        for page in boards:
            strokes(page, 0)
            expect(page.locator("#people li")).to_have_count(2)
        draw(boards[1], (0.2, 0.7), (0.5, 0.7))
        for page in boards:
            strokes(page, 1)
            inked(page, 0.35, 0.7)
            inked(page, 0.35, 0.2, wanted=False)
        expect(sample.locator('[data-tracked="a"]')).to_have_text("1")
        sample.locator('[data-action="set"]').click()
        expect(sample.locator('[data-tracked="a"]')).to_have_text("77")
        before = int(tile.get_attribute("data-messages") or 0)
        sensors.wait_for_function("([tile, before]) => Number(tile.dataset.messages) > before + 2", arg=[tile.element_handle(), before])
        # A page that is still there would try to reconnect, and log that nobody answers.
        for page in pages:
            page.goto("about:blank")
        again.stop()
    finally:
        server.close()
        again.close()
        forget_broken_connections(errors)

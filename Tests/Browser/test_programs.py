"""Programs in a real page: VTK's, through the relay; programs with pages of their own; programs that fail."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import List, Tuple

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocketRoute, expect

from Harness.server import Server
from programs import ask, cleared, demo, python, served  # noqa: F401  fixtures among them

# How many pixels of a picture are not its background's, and a number that changes with any of them.
LOOK = """canvas => {
  if (!canvas.width) return [0, 0];
  const copy = new OffscreenCanvas(canvas.width, canvas.height);
  const pen = copy.getContext("2d");
  pen.drawImage(canvas, 0, 0);
  const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data;
  let [shown, sum] = [0, 0];
  for (let at = 0; at < pixels.length; at += 4) {
    if (Math.abs(pixels[at] - pixels[0]) + Math.abs(pixels[at + 1] - pixels[1]) > 40) shown += 1;
    sum = (sum * 31 + pixels[at] + 7 * pixels[at + 1]) % 1000000007;
  }
  return [shown, sum];
}"""


def nothing_runs(page: Page, server: Server) -> None:
    """Waits until the server has no program left."""
    page.wait_for_function("async (url) => (await (await fetch(url)).json()).length === 0", arg=server.url + "/programs")
    assert ask(server, "/programs") == []


def write(folder: Path, body: str) -> str:
    """A page that shows programs; answers its path."""
    name = f"page-{len(list(folder.glob('page-*')))}.html"
    (folder / name).write_text(
        f'<!doctype html><title>programs</title><script type="module" src="tangor/elements.js"></script>{body}', encoding="utf-8")
    return "/" + name


def canvas(page: Page) -> Locator:
    return page.locator("tangor-program canvas")


def shows(page: Page, view: Locator) -> List[int]:
    """Waits for a picture with something in it, that stands still."""
    page.wait_for_function(f"canvas => ({LOOK})(canvas)[0] > 500", arg=view.element_handle())
    return still(page, view)


def still(page: Page, view: Locator) -> List[int]:
    while True:
        before = view.evaluate(LOOK)
        page.wait_for_timeout(400)
        after = view.evaluate(LOOK)
        if before == after:
            return list(after)


def drag(page: Page, view: Locator, by: Tuple[int, int] = (120, -40)) -> None:
    box = view.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0], y + by[1], steps=8)
    page.mouse.up()


def changes(page: Page, view: Locator, before: List[int]) -> List[int]:
    """Waits for another picture than before."""
    page.wait_for_function(f"([canvas, before]) => ({LOOK})(canvas)[1] !== before", arg=[view.element_handle(), before[1]])
    return still(page, view)


def launch(page: Page, demo: Server, sides: str = "6") -> Locator:
    page.goto(demo.url + "/vtk.html")
    page.locator('[data-input="sides"]').fill(sides)
    page.locator('[data-action="launch"]').click()
    expect(page.locator("tangor-program")).to_have_attribute("data-program", "running", timeout=40_000)
    return canvas(page)


def test_the_cone_turns_with_mouse_wheel_and_keys(page: Page, demo: Server) -> None:
    view = launch(page, demo)
    expect(page.locator('[data-output="log"]')).to_contain_text("a cone of 6 sides is ready")
    first = shows(page, view)
    drag(page, view)
    turned = changes(page, view, first)
    # It has turned and is still the cone: something is there, but not the whole picture.
    size = view.evaluate("canvas => canvas.width * canvas.height")
    assert 500 < turned[0] < size / 2
    view.press("ArrowLeft")
    left = changes(page, view, turned)
    page.mouse.wheel(0, -300)
    nearer = changes(page, view, left)
    assert nearer[0] > left[0] * 1.05, "the wheel brings it nearer"
    view.press("-")
    assert changes(page, view, nearer)[0] < nearer[0]


def test_pictures_have_the_size_of_their_place(page: Page, demo: Server) -> None:
    view = launch(page, demo)
    shows(page, view)
    for width in (1280, 700, 375):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(
            "canvas => canvas.width === canvas.clientWidth && canvas.height === canvas.clientHeight", arg=view.element_handle())
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, width
    shows(page, view)


def test_two_pages_watch_one_program(page: Page, demo: Server, chromium: Browser) -> None:
    view = launch(page, demo)
    before = shows(page, view)
    address = page.locator('[data-action="share"]').get_attribute("href")
    other = page.context.new_page()
    other.goto(demo.url + "/vtk.html" + str(address))
    watched = shows(other, canvas(other))
    drag(page, view)
    changes(page, view, before)
    changes(other, canvas(other), watched)
    # Who only watches ends nothing.
    other.close()
    assert len(ask(demo, "/programs")) == 1
    drag(page, view, (-60, 10))
    changes(page, view, before)


def test_fingers_turn_and_zoom(page: Page, demo: Server) -> None:
    view = launch(page, demo)
    first = shows(page, view)
    box = view.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)

    def fingers(kind: str, *places: Tuple[float, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {
            "type": kind, "touchPoints": [{"x": x + across, "y": y + down, "id": number} for number, (across, down) in enumerate(places)]})

    fingers("touchStart", (0, 0))
    for step in range(1, 9):
        fingers("touchMove", (15 * step, -5 * step))
    fingers("touchEnd")
    turned = changes(page, view, first)
    fingers("touchStart", (-40, 0))
    fingers("touchStart", (-40, 0), (40, 0))
    for step in range(1, 9):
        fingers("touchMove", (-40 - 5 * step, 0), (40 + 5 * step, 0))
    fingers("touchEnd")
    assert changes(page, view, turned)[0] > turned[0] * 1.2, "two fingers that part bring it nearer"


def test_a_wheel_over_it_scrolls_the_page_until_it_was_clicked(page: Page, demo: Server) -> None:
    view = launch(page, demo)
    before = shows(page, view)
    page.set_viewport_size({"width": 1280, "height": 500})
    before = still(page, view)
    view.hover()
    top = page.evaluate("scrollY")
    page.mouse.wheel(0, 100)
    page.wait_for_function("top => scrollY > top", arg=top)
    assert view.evaluate(LOOK) == before
    view.click()
    still(page, view)
    top = page.evaluate("scrollY")
    page.mouse.wheel(0, 100)
    changes(page, view, before)
    assert page.evaluate("scrollY") == top


def test_a_connection_that_breaks_is_made_anew(page: Page, demo: Server) -> None:
    opened: List[WebSocketRoute] = []

    def between(route: WebSocketRoute) -> None:
        opened.append(route)
        route.connect_to_server()

    page.route_web_socket(re.compile(r"/[0-9a-f]{32}/ws$"), between)
    view = launch(page, demo)
    before = shows(page, view)
    states = page.locator("tangor-program").evaluate_handle("""element => {
      const states = [];
      element.addEventListener("state", ({ detail }) => states.push(detail));
      return states;
    }""")
    opened[0].close(code=1001, reason="going away")
    page.wait_for_function("states => states.length === 2", arg=states)
    assert states.json_value() == ["lost", "running"] and len(opened) == 2
    drag(page, view)
    changes(page, view, before)


def test_without_vtk_the_page_says_how_to_get_it(page: Page, gallery: Server) -> None:
    page.goto(gallery.url + "/vtk.html")
    page.locator('[data-action="launch"]').click()
    expect(page.locator("p#status")).to_contain_text("'make demo VTK=1' gets one")
    expect(page.locator("tangor-program")).to_have_attribute("data-program", "failed")


def test_it_ends_when_told_and_is_launched_again(page: Page, demo: Server) -> None:
    view = launch(page, demo)
    shows(page, view)
    page.locator('[data-action="terminate"]').click()
    element = page.locator("tangor-program")
    expect(element).to_have_attribute("data-program", "ended")
    expect(page.locator("p#status")).to_have_text("The program has ended.")
    assert ask(demo, "/programs") == []
    element.get_by_role("button", name="Launch again").click()
    expect(element).to_have_attribute("data-program", "running", timeout=40_000)
    shows(page, canvas(page))


@pytest.mark.parametrize("leave", ["another page", "the element", "the tab"])
def test_it_ends_with_what_shows_it(page: Page, demo: Server, leave: str) -> None:
    tab = page.context.new_page()
    shows(tab, launch(tab, demo))
    assert len(ask(demo, "/programs")) == 1
    page.goto(demo.url + "/hello")
    if leave == "another page":
        tab.goto(demo.url + "/hello")
    elif leave == "the element":
        tab.locator("tangor-program").evaluate("element => element.remove()")
    else:
        tab.close(run_before_unload=True)
    nothing_runs(page, demo)


def test_one_that_is_not_wanted_any_more_is_not_launched(page: Page, served: Tuple[Server, Path]) -> None:
    server, folder = served
    page.goto(server.url + write(folder, '<tangor-program kind="failing" arguments="--ready-after 60" timeout="90s"></tangor-program>'))
    page.wait_for_function("async () => (await (await fetch('programs')).json()).length === 1")
    page.locator("tangor-program").evaluate("element => element.remove()")
    nothing_runs(page, server)


def test_a_program_that_is_killed_says_so(page: Page, served: Tuple[Server, Path]) -> None:
    server, folder = served
    page.goto(server.url + write(folder, '<tangor-program script="cone.py" arguments="--resolution 5"></tangor-program>'))
    element = page.locator("tangor-program")
    shows(page, canvas(page))
    found = subprocess.run(["pgrep", "-f", f"{folder}/cone.py"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    subprocess.run(["kill", "-9", *found], check=False)
    expect(element).to_have_attribute("data-program", "failed")
    expect(element.get_by_role("alert")).to_contain_text("program_failed")
    expect(element.locator(".tangor-output")).to_contain_text("a cone of 5 sides is ready")
    expect(element.get_by_role("button", name="Launch again")).to_be_visible()


@pytest.mark.parametrize("attributes, told, lines", [
    ('script="absent.py"', "Could not find a script", ""),
    ('script="cone.py" arguments="--resolution many"', "program_failed", "invalid int value"),
    ('kind="failing" arguments=\'["--complain", "no licence", "--exit", "start", "--status", "3"]\'', "status 3", "no licence"),
    ('kind="failing" arguments="--ready-after 60" timeout="1s"', "program_timeout", ""),
    ('kind="unheard-of"', "unheard-of", ""),
    ('key="0123456789abcdef0123456789abcdef"', "program_not_found", ""),
    ("", "needs the attribute", ""),
])
def test_what_cannot_be_launched_says_why(page: Page, served: Tuple[Server, Path], attributes: str, told: str, lines: str) -> None:
    server, folder = served
    page.goto(server.url + write(folder, f"<tangor-program {attributes}></tangor-program>"))
    element = page.locator("tangor-program")
    expect(element).to_have_attribute("data-program", "failed")
    expect(element.get_by_role("alert")).to_contain_text(told)
    expect(element).to_contain_text(lines)
    assert ask(server, "/programs") == []


def test_a_kind_with_a_page_shows_it(page: Page, served: Tuple[Server, Path]) -> None:
    server, folder = served
    page.goto(server.url + write(folder, '<tangor-program kind="stand-in" label="A stand-in"></tangor-program>'))
    frame = page.frame_locator("tangor-program iframe")
    expect(frame.locator("#said")).to_have_text("grüße")
    key = ask(server, "/programs")[0]["key"]
    assert ask(server, f"/programs/{key}", "DELETE")["key"] == key
    expect(page.locator("tangor-program")).to_have_attribute("data-program", "ended")


def test_pages_for_tangelo_launch_and_end_programs(page: Page, served: Tuple[Server, Path]) -> None:
    server, folder = served
    page.goto(server.url + write(folder, """<div id="viewport" style="width: 400px; height: 300px"></div>
      <script src="tangor/compat/tangelo.js"></script>"""))
    key = page.evaluate("""() => new Promise((resolve) => tangelo.plugin.vtkweb.launch({
      url: "cone.py", argstring: "--resolution 5", viewport: "#viewport",
      callback: (key, error) => resolve(key ?? JSON.stringify(error)) }))""")
    assert re.fullmatch(r"[0-9a-f]{32}", key), key
    before = shows(page, canvas(page))
    drag(page, canvas(page))
    changes(page, canvas(page), before)
    report = page.evaluate("key => new Promise((resolve) => tangelo.vtkweb.info(key, resolve))", key)
    assert report["process"] == "running" and "a cone of 5 sides is ready\n" in report["stdout"]
    assert page.evaluate("() => new Promise((resolve) => tangelo.vtkweb.processes(resolve))") == [key]
    ended = page.evaluate("""key => new Promise((resolve) =>
      tangelo.vtkweb.terminate(key, (key, element, error) => resolve([key, element.id, error ?? null])))""", key)
    assert ended == [key, "viewport", None]
    expect(page.locator("#viewport")).to_be_empty()
    assert ask(server, "/vtkweb") == []

"""Kitware's own page for trame's applications, with a program of trame's behind it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any, Dict, Tuple

from playwright.sync_api import Page

from Harness.server import Server
from errors import Errors
from programs import ask, cleared, python, served  # noqa: F401  fixtures among them

# Kitware's page shows trame's pictures as an image behind an empty canvas: how many pixels are green, as the cone is, and a number.
TRAME_LOOK = """() => {
  const shown = [...document.querySelectorAll("img")].find((each) => each.getBoundingClientRect().width > 200);
  if (!shown || !shown.complete || !shown.naturalWidth) return [0, 0];
  const copy = new OffscreenCanvas(300, 200);
  const pen = copy.getContext("2d");
  pen.drawImage(shown, 0, 0, 300, 200);
  const pixels = pen.getImageData(0, 0, 300, 200).data;
  let [green, sum] = [0, 0];
  for (let at = 0; at < pixels.length; at += 4) {
    if (pixels[at + 1] > 1.5 * pixels[at] && pixels[at + 1] > 1.5 * pixels[at + 2]) green += 1;
    sum = (sum * 31 + pixels[at] + 7 * pixels[at + 1]) % 1000000007;
  }
  return [green, sum];
}"""


def turn_trame(page: Page) -> None:
    page.wait_for_function(f"() => ({TRAME_LOOK})()[0] > 500", timeout=40_000)
    page.wait_for_timeout(1_000)
    before = page.evaluate(TRAME_LOOK)
    page.mouse.move(600, 400)
    page.mouse.down()
    page.mouse.move(760, 340, steps=10)
    page.mouse.up()
    page.wait_for_function(f"before => ({TRAME_LOOK})()[1] !== before && ({TRAME_LOOK})()[0] > 500", arg=before[1])


def test_kitwares_page_works_below_the_program_path(page: Page, served: Tuple[Server, Path], errors: Errors) -> None:
    server, _ = served
    launched: Dict[str, Any] = ask(server, "/programs/trame/trame_cone.py", "POST")
    page.goto(server.url + launched["page"] + "index.html?secret=" + launched["secret"])
    turn_trame(page)
    # The page asks for a launcher of trame's first, which is not there.
    errors[:] = [text for text in errors if "/paraview/" not in text and "405" not in text and "404" not in text]


def test_kitwares_page_works_from_files_through_the_socket_of_the_key(page: Page, served: Tuple[Server, Path], python: Path) -> None:
    server, folder = served
    command = [str(python), "-m", "trame.tools.www", "--client-type", "vue3", "--output", str(folder / "kitware")]
    made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    assert made.returncode == 0, made.stdout
    launched: Dict[str, Any] = ask(server, "/programs/trame/trame_cone.py", "POST")
    page.goto(f"{server.url}/kitware/index.html?sessionURL=ws://USE_HOST/{launched['key']}/ws&secret={launched['secret']}")
    turn_trame(page)

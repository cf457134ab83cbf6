"""A real Chromium and a gallery for it. Every page that logs an error fails its test."""

from __future__ import annotations

import os
import shutil
from typing import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from Harness.server import Server
from errors import Errors

expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def gallery() -> Iterator[Server]:
    running = Server("demo").start()
    try:
        yield running
        running.stop()
    finally:
        running.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = os.environ.get("TANGOR_CHROMIUM") or shutil.which("chromium")
    if program is None:
        pytest.skip("no Chromium is here: install it with `apt-get install chromium`")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def errors() -> Errors:
    return Errors()


@pytest.fixture
def page(chromium: Browser, errors: Errors) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(20_000)
    # A page that names no icon makes the browser ask for one; that 404 says nothing.
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    page.on("pageerror", lambda error: errors.append(f"uncaught: {error}"))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("response", lambda answer: errors.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    yield page
    context.close()
    assert errors == [], "the page logged errors"

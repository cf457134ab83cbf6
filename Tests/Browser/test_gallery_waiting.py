"""The gallery's chat room and its response that waits, in several tabs at once."""

from __future__ import annotations

import json
import re
import urllib.parse
import urllib.request
from typing import Any, Callable, Iterator, List

import pytest
from playwright.sync_api import Browser, Page, expect

from Harness.server import Server
from errors import Errors

Tab = Callable[[str], Page]

opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


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
        expect(page.locator("#connection")).to_have_attribute("data-connection", "open")
        return page

    yield open_tab
    for context in contexts:
        context.close()
    assert errors == [], "a page logged errors"


# The chat room


def listening(page: Page, how: str) -> None:
    expect(page.locator("#lines")).to_have_attribute("data-state", how)


def call(page: Page, name: str) -> None:
    page.locator("#name").fill(name)
    page.locator("#name").press("Tab")


def say(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.locator('[data-action="say"]').click()
    expect(page.locator("#text")).to_have_value("")


def said(page: Page, marks: "List[str]") -> None:
    """Waits until the last lines are these, in this order."""
    page.wait_for_function(
        "(wanted) => [...document.querySelectorAll('#lines li')].slice(-wanted.length).map((line) => line.textContent).join('|')"
        " === wanted.join('|')",
        arg=marks,
    )


def hear(server: Server, after: "str | None" = None, wait: str = "0s") -> Any:
    query = {"wait": wait, **({} if after is None else {"after": after})}
    with opener.open(server.url + "/chat/hear?" + urllib.parse.urlencode(query), timeout=20) as answer:
        return json.load(answer)


def test_websockets_and_long_polls_are_in_one_room(gallery: Server, tab: Tab) -> None:
    one, two, polling = tab(gallery.url + "/chat.html"), tab(gallery.url + "/chat.html"), tab(gallery.url + "/chat.html?poll")
    for page, how in ((one, "live"), (two, "live"), (polling, "poll")):
        listening(page, how)
    for page, name in ((one, "Ann"), (two, "<b>Zoë</b>"), (polling, "Poll")):
        call(page, name)
    after = hear(gallery)["after"]
    say(one, "hello <i>all</i>")
    for page in (one, two, polling):
        said(page, ["Ann hello <i>all</i>"])
    say(two, "hi & welcome")
    for page in (one, two, polling):
        said(page, ["Ann hello <i>all</i>", "<b>Zoë</b> hi & welcome"])
    say(polling, "me too 😀")
    for page in (one, two, polling):
        said(page, ["Ann hello <i>all</i>", "<b>Zoë</b> hi & welcome", "Poll me too 😀"])
    # A client without any of our scripts hears the same.
    assert [line["name"] for line in hear(gallery, after)["lines"]] == ["Ann", "<b>Zoë</b>", "Poll"]


def test_a_tab_that_comes_late_hears_what_was_said_once(gallery: Server, tab: Tab) -> None:
    one = tab(gallery.url + "/chat.html")
    listening(one, "live")
    call(one, "Late")
    for number in range(3):
        say(one, f"line {number}")
    wanted = [f"Late line {number}" for number in range(3)]
    two, three = tab(gallery.url + "/chat.html"), tab(gallery.url + "/chat.html?poll")
    for page in (two, three):
        said(page, wanted)
    # From one way of listening to the other and back: nothing is heard twice.
    two.locator("#transport").select_option("poll")
    listening(two, "poll")
    said(two, wanted)
    two.locator("#transport").select_option("live")
    listening(two, "live")
    say(one, "and on")
    for page in (two, three):
        said(page, [*wanted, "Late and on"])
        assert page.locator("#lines li", has_text="Late line 2").count() == 1


def test_who_is_here_is_told(gallery: Server, tab: Tab) -> None:
    one, two, polling = tab(gallery.url + "/chat.html"), tab(gallery.url + "/chat.html"), tab(gallery.url + "/chat.html?poll")
    listening(polling, "poll")
    for page, name in ((one, "One"), (two, "<u>Two</u>")):
        listening(page, "live")
        call(page, name)
    expect(one.locator("#people li")).to_have_count(2)
    expect(one.locator("#people")).to_contain_text("<u>Two</u>")
    expect(one.locator("#people")).to_contain_text("One (you)")
    two.locator("#transport").select_option("poll")
    expect(one.locator("#people li")).to_have_count(1)
    expect(two.locator("#people li")).to_have_count(0)


def test_a_refusal_is_said_and_the_text_stays(gallery: Server, tab: Tab, errors: Errors) -> None:
    for page, how in ((tab(gallery.url + "/chat.html"), "live"), (tab(gallery.url + "/chat.html?poll"), "poll")):
        listening(page, how)
        before = page.locator("#lines li").count()
        page.locator("#name").evaluate("field => (field.value = 'a\\u0007b')")
        page.locator("#text").fill("never said")
        page.locator('[data-action="say"]').click()
        expect(page.locator("#status")).to_have_attribute("data-status", "error")
        expect(page.locator("#status")).to_contain_text("control character")
        expect(page.locator("#text")).to_have_value("never said")
        assert page.locator("#lines li").count() == before
    # The browser logs the refused POST, too.
    errors[:] = [text for text in errors if "Failed to load resource" not in text]


# The response that waits


def parts(page: Page, index: int = 0) -> "List[str]":
    return page.locator("#waits li").nth(index).locator("[data-part] code").all_text_contents()


def test_the_first_part_is_there_before_the_signal(gallery: Server, tab: Tab) -> None:
    one, two = tab(gallery.url + "/wait.html"), tab(gallery.url + "/wait.html")
    for page in (one, two):
        page.locator('[data-action="wait"]').click()
        expect(page.locator("[data-part]")).to_have_count(1)
        assert parts(page) == ["I'm waiting for some signal<br>"]
        expect(page.locator("#waits li")).to_have_attribute("data-wait", "waiting")
    two.locator("#message").fill("<b>hi</b> & all/of?you")
    two.locator('[data-action="send"]').click()
    expect(two.locator("#status")).to_contain_text("Done.")
    for page in (one, two):
        expect(page.locator("#waits li")).to_have_attribute("data-wait", "ended")
        assert "".join(parts(page)) == (
            "I'm waiting for some signal<br>Someone signaled me with this message: &lt;b&gt;hi&lt;/b&gt; &amp; all/of?you"
        )


def test_nobody_sends(gallery: Server, tab: Tab) -> None:
    page = tab(gallery.url + "/wait.html")
    page.locator('[data-action="wait"]').click()
    expect(page.locator("#waits li")).to_have_attribute("data-wait", "ended")
    assert "".join(parts(page)) == "I'm waiting for some signal<br>Your time is up !"


def test_a_message_is_shown_as_text_by_the_browser_itself(gallery: Server, page: Page) -> None:
    page.goto(gallery.url + "/wait", wait_until="commit")
    expect(page.locator("body")).to_contain_text("I'm waiting for some signal")
    with opener.open(gallery.url + "/send/" + urllib.parse.quote("<img src=x onerror=document.title='taken'>"), timeout=10) as answer:
        assert answer.read() == b"Done."
    expect(page.locator("body")).to_contain_text("this message: <img src=x onerror=document.title='taken'>")
    assert page.title() == "" and page.locator("img").count() == 0


# Both


@pytest.mark.parametrize("path", ["/chat.html", "/wait.html"])
def test_the_pages_fit_and_are_told_of(gallery: Server, tab: Tab, path: str) -> None:
    page = tab(gallery.url + path)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (1280, 375):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, (scheme, width)
    page.goto(gallery.url + "/")
    expect(page.locator(f'[data-page="{path[1:]}"]')).to_have_text(re.compile(r"\S"))

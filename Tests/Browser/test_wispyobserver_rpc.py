"""The script `rpc.js` of wispyobserver's pages against the gallery's object `sample` and its channels."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

import pytest
from playwright.sync_api import Browser, Page

from Harness.server import Server
from errors import Errors

FIXTURE = Path(__file__).parent / "fixtures" / "wispyobserver" / "static"


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server("demo", "--set", f"static.folders=static={FIXTURE}", base_path="/test").start()
    try:
        yield running
        running.stop()
    finally:
        running.close()


def run(page: Page, server: Server, body: str) -> Any:
    """Runs a script in the page as its users wrote it, with `rpc` and a function that waits for a condition."""
    if not page.url.startswith(server.url):
        page.goto(server.url + "/static/index.html")
    return page.evaluate("""async (body) => {
      const until = async (condition) => {
        for (let tries = 0; tries < 200; tries += 1) {
          if (await condition()) return;
          await new Promise((resolve) => setTimeout(resolve, 25));
        }
        throw new Error("it did not come");
      };
      return new (Object.getPrototypeOf(async () => {}).constructor)("until", body)(until);
    }""", body)


def test_the_quick_start(page: Page, server: Server) -> None:
    result = run(page, server, """
      var sample = rpc.sample;
      const seen = { a: [], b: [], c: [] };
      const names = await sample.rpcWebsocket.listChannels();
      const first = await sample.a;
      await sample.rpcWebsocket.addChannelHandlers({ a: (v) => seen.a.push(v), b: (v) => seen.b.push(v) }, true);
      await sample.rpcWebsocket.addChannelHandlers({ c: (v) => seen.c.push(v) }, false);
      const sum = await sample.test_sum(4, 5).then((v) => v);
      sample.a = 2;
      const set = await sample.a.then((v) => v);
      sample.b = "other";
      await until(() => seen.a.includes(2) && seen.b.includes("other"));
      return { names, first, sum, set, seen, itself: (await sample) === sample };""")
    assert {"a", "b", "c", "d"} <= set(result["names"])
    assert result["first"] == 1 and result["sum"] == 9 and result["set"] == 2 and result["itself"] is True
    assert result["seen"] == {"a": [1, 2], "b": ["test", "other"], "c": []}


def test_members_of_members(page: Page, server: Server) -> None:
    result = run(page, server, """
      const sample = rpc.sample;
      const before = [await sample.c[1], await sample.d.e];
      sample.c[1] = 30;
      sample.d["a key"] = 6;
      const after = [await sample.c, await sample.d];
      delete sample.d["a key"];
      return { before, after, left: await sample.d, called: await rpc.call("sample.test_sum", [1, 2]), got: await rpc.get("sample.c.0") };""")
    assert result["before"] == [3, 5]
    assert result["after"] == [[2, 30], {"e": 5, "a key": 6}]
    assert result["left"] == {"e": 5} and result["called"] == 3 and result["got"] == 2


def test_what_is_refused(page: Page, server: Server, errors: Errors) -> None:
    result = run(page, server, """
      const code = (promise) => promise.then(() => "none", (error) => error.code);
      const told = new Promise((done) => rpc.addEventListener("error", (event) => {
        event.preventDefault();
        done([event.detail.code, event.detail.message]);
      }, { once: true }));
      rpc.sample.absent = 1;
      return {
        codes: [await code(rpc.sample.absent), await code(rpc.sample._hidden), await code(rpc.absent.a), await code(rpc.sample.test_sum("x", 1)),
          await code(rpc.set("sample.test_sum", 1)), await code(rpc.sample.a.b.c.d.e.f), await code(rpc.sample.constructor()),
          await code(rpc.sample.__proto__)],
        told: await told };""")
    missing = "object_not_found"
    assert result["codes"] == [missing, missing, missing, "invalid_parameters", "not_settable", missing, missing, missing]
    assert result["told"][0] == missing and result["told"][1].startswith("sample.absent was not set: ")


def test_pages_see_each_others_changes(page: Page, server: Server, chromium: Browser) -> None:
    run(page, server, "window.seen = []; await rpc.sample.rpcWebsocket.addChannelHandlers({ a: (v) => seen.push(v) });")
    context = chromium.new_context()
    run(context.new_page(), server, "await rpc.set('sample.a', 77);")
    run(page, server, "await until(() => seen.includes(77));")
    assert run(page, server, "return rpc.sample.a.then((value) => value);") == 77
    context.close()


def test_handlers_are_taken_off(page: Page, server: Server) -> None:
    result = run(page, server, """
      const sample = rpc.sample;
      const kept = [], gone = [];
      const take = (v) => gone.push(v);
      await sample.rpcWebsocket.addChannelHandlers({ a: take }, false);
      await sample.rpcWebsocket.addChannelHandlers({ a: (v) => kept.push(v) }, false);
      await rpc.set("sample.a", 5);
      await until(() => kept.length === 1 && gone.length === 1);
      sample.rpcWebsocket.removeChannelHandlers({ a: take });
      await rpc.set("sample.a", 6);
      await until(() => kept.length === 2);
      return { kept, gone };""")
    assert result == {"kept": [5, 6], "gone": [5]}


def test_a_server_that_starts_again(page: Page, server: Server, errors: Errors) -> None:
    run(page, server, """
      window.seen = [];
      rpc.addEventListener("error", (event) => event.preventDefault());
      await rpc.sample.rpcWebsocket.addChannelHandlers({ a: (v) => seen.push(v) }, true);
      await until(() => seen.length === 1);""")
    server.kill()
    server.start()
    value = run(page, server, """
      rpc.sample.a = 12;
      await until(() => seen.includes(12));
      return rpc.sample.a.then((v) => v);""")
    assert value == 12
    # The browser itself logs the connections that failed meanwhile.
    expected = ("WebSocket connection", "ERR_CONNECTION", "Failed to load")
    errors[:] = [text for text in errors if not any(words in text for words in expected)]

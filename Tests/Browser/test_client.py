"""The client library in a real browser: loops that are left, signals that abort, both transports."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from Harness.server import Server
from test_gallery import streams, streams_empty

TRANSPORTS = ["websocket", "http"]


def run(page: Page, gallery: Server, transport: str, body: str) -> Any:
    """Runs a script in a page of the server, with `tangor` connected over the transport."""
    page.goto(gallery.url + "/healthz")
    return page.evaluate(
        """async ({ transport, body }) => {
          const { connect } = await import("/tangor/tangor.js");
          const tangor = connect({ transport });
          try {
            return await new (Object.getPrototypeOf(async () => {}).constructor)("tangor", body)(tangor);
          } finally {
            tangor.close();
          }
        }""", {"transport": transport, "body": body})


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_finite_stream(page: Page, gallery: Server, transport: str) -> None:
    values = run(page, gallery, transport, """
      const values = [];
      for await (const value of tangor.stream("/prime-factors?n=60")) values.push(value);
      return values;""")
    assert values == [2, 2, 3, 5]
    streams_empty(gallery)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_leaving_the_loop_cancels(page: Page, gallery: Server, transport: str) -> None:
    values = run(page, gallery, transport, """
      const values = [];
      for await (const value of tangor.stream("/primes")) {
        values.push(value);
        if (values.length === 100) break;
      }
      for (let tries = 0; tries < 100; tries += 1) {
        const left = await (await fetch("/stream", { cache: "no-store" })).json();
        if (left.length === 0) return values;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error("the stream outlived its loop");""")
    assert len(values) == 100 and values[:5] == [2, 3, 5, 7, 11] and values[-1] == 541
    assert streams(gallery) == []


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_signal_aborts_a_waiting_loop(page: Page, gallery: Server, transport: str) -> None:
    answer = run(page, gallery, transport, """
      const controller = new AbortController();
      const reason = new Error("enough");
      setTimeout(() => controller.abort(reason), 300);
      let thrown;
      try {
        for await (const value of tangor.stream("/ticks?every=60s", { signal: controller.signal })) throw new Error("a value came");
      } catch (error) {
        thrown = error;
      }
      for (let tries = 0; tries < 100; tries += 1) {
        const left = await (await fetch("/stream", { cache: "no-store" })).json();
        if (left.length === 0) return thrown === reason;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error("the stream outlived its signal");""")
    assert answer is True


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_an_unknown_service_throws(page: Page, gallery: Server, transport: str, errors: "list[str]") -> None:
    code = run(page, gallery, transport, """
      try {
        for await (const value of tangor.stream("/no-such-service")) return value;
      } catch (error) {
        return error.code;
      }""")
    assert code in ("service_not_found", "not_found")
    # The 404 that was asked for.
    errors[:] = [text for text in errors if "404" not in text]


def test_a_page_that_goes_leaves_nothing_running(page: Page, gallery: Server) -> None:
    page.goto(gallery.url + "/healthz")
    page.evaluate("""async () => {
      const { connect } = await import("/tangor/tangor.js");
      const loop = connect().stream("/ticks?every=50ms")[Symbol.asyncIterator]();
      window.loop = loop;
      await loop.next();
    }""")
    assert len(streams(gallery)) == 1
    page.goto("about:blank")
    # Nobody reads any more: the lease (60 s) ends it, or the client's farewell does so at once.
    streams_empty(gallery, 90)

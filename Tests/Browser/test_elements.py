"""The elements, objects and channels in a real browser, against the gallery's `sample` and its channels below `demo/`."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from Harness.server import Server
from errors import Errors

TRANSPORTS = ["websocket", "http"]


def show(page: Page, gallery: Server, markup: str, transport: str = "auto") -> None:
    """Shows markup of the test's own in a page of the server, with the elements and `tangor` at hand."""
    page.goto(gallery.url + "/healthz")
    page.evaluate(
        """async ({ markup, transport }) => {
          document.body.innerHTML = markup;
          const { connect } = await import("/tangor/tangor.js");
          window.tangor = connect({ transport });
          const elements = await import("/tangor/elements.js");
          elements.use(window.tangor);
          // The page was there before the elements were: they start with the connection of the test.
          for (const element of document.querySelectorAll("*")) element.restart?.();
        }""", {"markup": markup, "transport": transport})


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_an_object_behaves_like_one(page: Page, gallery: Server, transport: str) -> None:
    show(page, gallery, "", transport)
    seen = page.evaluate("""async () => {
      const sample = await tangor.object("sample");
      sample.a = 5;
      const five = await sample.a;
      await tangor.set("sample.a", 1);
      const sum = await sample.test_sum(4, 5);
      const named = await sample.test_sum.$with({ a: 1, b: 2 });
      const hidden = await sample._nothing.catch((error) => error.code);
      return [five, await sample.a, sum, named, hidden, "a" in sample, Object.keys(sample).includes("test_sum")];
    }""")
    assert seen == [5, 1, 9, 3, "object_not_found", True, True]


def test_values_inputs_and_calls(page: Page, gallery: Server) -> None:
    show(page, gallery, """
      <tangor-value path="sample.a" digits="1"></tangor-value>
      <tangor-input path="sample.a" label="A" debounce="10"></tangor-input>
      <tangor-call path="sample.test_sum" label="Sum"></tangor-call>
      <tangor-call path="sample.test_sum" arguments="[40, 2]" label="Answer"></tangor-call>""")
    field = page.get_by_label("A", exact=True)
    expect(field).to_have_attribute("type", "number")
    field.fill("7")
    expect(page.locator("tangor-value")).to_have_text("7.0")
    # What is no number is said, and not sent.
    field.fill("7.5")
    expect(page.locator("tangor-input [role=alert]")).not_to_be_empty()
    field.press("Escape")
    expect(field).to_have_value("7")
    expect(page.locator("tangor-input [role=alert]")).to_be_empty()
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("tangor-call").nth(1).locator("output")).to_have_text("42")
    form = page.locator("tangor-call").nth(0)
    form.locator("input").nth(0).fill("4")
    form.locator("input").nth(1).fill("5")
    form.locator("input").nth(1).press("Enter")
    expect(form.locator("output")).to_have_text("9")
    page.evaluate("tangor.set('sample.a', 1)")
    expect(page.locator("tangor-value")).to_have_text("1.0")
    expect(field).to_have_value("1")


def test_an_unknown_member_is_said_in_the_page(page: Page, gallery: Server) -> None:
    show(page, gallery, '<tangor-value path="sample.nothing"></tangor-value><tangor-call path="nothing.at_all"></tangor-call>')
    expect(page.locator("tangor-value")).to_have_attribute("data-state", "error")
    expect(page.locator("tangor-call [role=alert]")).to_contain_text("object_not_found")


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_channels_in_two_tabs(page: Page, gallery: Server, transport: str) -> None:
    markup = """
      <tangor-channel name="demo/two-tabs"></tangor-channel>
      <tangor-channel name="demo/+"><template><b data-field="x"></b> of <i data-field="$channel"></i></template></tangor-channel>
      <tangor-log channel="demo/two-tabs" max="3" field="x"></tangor-log>"""
    show(page, gallery, markup, transport)
    other = page.context.new_page()
    show(other, gallery, "", transport)
    page.evaluate("tangor.channels.subscribe('demo/two-tabs').ready")
    other.evaluate("""async () => {
      for (let x = 1; x <= 5; x += 1) await tangor.channels.publish("demo/two-tabs", { x, evil: "<img src=x onerror=alert(1)>" });
    }""")
    expect(page.locator("tangor-channel").nth(0)).to_contain_text('{"x":5,"evil":"<img')
    expect(page.locator("tangor-channel").nth(1)).to_contain_text("5 of demo/two-tabs")
    expect(page.locator("tangor-log [role=log] > div")).to_have_text(["3", "4", "5"])
    assert page.locator("tangor-channel img").count() == 0
    # Elements that leave the page take their subscriptions with them.
    page.evaluate("document.body.replaceChildren()")
    other.evaluate("tangor.channels.publish('demo/two-tabs', { x: 6 })")
    other.close()


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_missed_messages_come_once_and_in_order(page: Page, gallery: Server, transport: str) -> None:
    show(page, gallery, "", transport)
    seen = page.evaluate("""async () => {
      const name = `demo/${crypto.getRandomValues(new Uint32Array(1))[0]}`;
      const seen = [];
      const mine = tangor.channels.subscribe(name, (value, { lost }) => seen.push([value, lost ?? 0]), { onlost: (loss) => seen.push(loss) });
      await mine.ready;
      await tangor.channels.publish(name, 1);
      // What a page does that goes to the back/forward cache and returns.
      window.dispatchEvent(Object.assign(new Event("pagehide"), { persisted: true }));
      for (const value of [2, 3]) {
        await fetch(`/channel/${name}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: String(value) });
      }
      window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
      await tangor.ready();
      await tangor.channels.publish(name, 4);
      for (let tries = 0; tries < 200 && seen.length < 4; tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
      return seen;
    }""")
    assert seen == [[1, 0], [2, 0], [3, 0], [4, 0]]


def test_a_chart_draws_what_comes(page: Page, gallery: Server, errors: Errors) -> None:
    show(page, gallery, '<tangor-chart channel="demo/chart/+" field="t" window="30s" unit="°C" label="Temperature"></tangor-chart>')
    page.evaluate("""async () => {
      const chart = document.querySelector("tangor-chart");
      await tangor.channels.subscribe("demo/chart/+").ready;
      await Promise.all([...Array(20).keys()].map((n) => tangor.channels.publish(`demo/chart/${n % 2 ? "in" : "out"}`, { t: n })));
    }""")
    legend = page.get_by_role("button", name="demo/chart/")
    expect(legend).to_have_count(2)
    chart = page.get_by_role("img", name="Temperature")
    painted = """() => {
      const canvas = document.querySelector("tangor-chart canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value !== 0);
    }"""
    page.wait_for_function(painted)
    chart.focus()
    chart.press("ArrowLeft")
    expect(page.locator("tangor-chart output")).to_contain_text("demo/chart/in")
    chart.press("Escape")
    expect(page.locator("tangor-chart output")).to_be_empty()
    legend.nth(0).click()
    expect(legend.nth(0)).to_have_attribute("aria-pressed", "false")
    # Thousands of points are one picture; drawing them stays far below a frame.
    slowest = page.evaluate("""async () => {
      const chart = document.querySelector("tangor-chart");
      for (let series = 0; series < 8; series += 1) {
        for (let n = 0; n < 10000; n += 1) chart.push(`s${series}`, Math.sin(n / 100 + series), Date.now() - 30000 + n * 3);
      }
      let slowest = 0;
      for (let n = 0; n < 20; n += 1) {
        await new Promise(requestAnimationFrame);
        const start = performance.now();
        chart.push("s0", 0);
        await new Promise(requestAnimationFrame);
        slowest = Math.max(slowest, performance.now() - start);
      }
      return slowest;
    }""")
    assert slowest < 1000


def test_progress_of_a_stream_and_of_a_channel(page: Page, gallery: Server) -> None:
    show(page, gallery, '<tangor-progress stream="/prime-factors?n=60"></tangor-progress><tangor-progress channel="demo/job"></tangor-progress>')
    bars = page.locator("tangor-progress progress")
    expect(bars.nth(0)).to_have_js_property("value", 1)
    page.evaluate("""async () => {
      await tangor.channels.subscribe("demo/job").ready;
      await tangor.channels.publish("demo/job", { completed: 3, total: 12, message: "copying" });
    }""")
    expect(bars.nth(1)).to_have_js_property("value", 3)
    expect(page.locator("tangor-progress").nth(1)).to_contain_text("25 %, copying")

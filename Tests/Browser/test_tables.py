"""The gallery's tables in Perspective's own viewer, and the three lines that open one from any page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Iterator, List

import pytest
from playwright.sync_api import Browser, Page, expect

from Harness import provisioning
from Harness.server import Server
from errors import Errors
from sales import Order, money, orders, totals

ROWS = 1_000_000
VERSION = "3.8.0"
SITE = Path(__file__).parent / "fixtures" / "perspective"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    try:
        viewer = provisioning.viewer()
    except provisioning.Unavailable as error:
        pytest.skip(str(error))
    running = Server("demo", "--viewer", str(viewer), "--rows", str(ROWS), "--set", f"root={SITE}").start()
    try:
        yield running
        running.stop()
    finally:
        running.close()


@pytest.fixture(scope="module")
def rows() -> List[Order]:
    return orders(ROWS)


@pytest.fixture
def opened(page: Page, server: Server) -> Page:
    page.goto(server.url + "/tables.html")
    for name in ("sales", "ticks"):
        expect(page.locator(f"#{name}")).to_have_attribute("data-shown", re.compile(r"\w"))
    return page


CELLS = """name => {
  const grid = document.querySelector(name).querySelector("perspective-viewer-datagrid");
  const rows = [...(grid?.shadowRoot?.querySelectorAll("regular-table tbody tr") ?? [])];
  return rows.map((row) => [...row.children].map((cell) => cell.textContent.trim()).filter((text) => text !== ""));
}"""


def cells(page: Page, viewer: str) -> "list[list[str]]":
    """What stands in the rows of a viewer's grid, without empty cells."""
    return [list(row) for row in page.evaluate(CELLS, viewer)]


def shows(page: Page, viewer: str, row: "list[str]") -> None:
    """Waits until a grid has a row, at whatever place."""
    try:
        page.wait_for_function(f"([viewer, row]) => ({CELLS})(viewer).some((cells) => cells.join('\\n') === row)", arg=[viewer, "\n".join(row)])
    except Exception:
        raise AssertionError(f"no row {row} among {cells(page, viewer)}") from None


def restore(page: Page, viewer: str, config: "dict[str, object]") -> None:
    page.evaluate("([viewer, config]) => document.querySelector(viewer).restore(config)", [viewer, config])


def preset(page: Page, viewer: str, name: str) -> None:
    page.locator(f'#{viewer}-presets [data-preset="{name}"]').click()
    expect(page.locator(f"#{viewer}")).to_have_attribute("data-shown", name)


def test_a_million_rows_grouped_and_split(opened: Page, rows: List[Order]) -> None:
    expect(opened.locator("#sales-rows")).to_have_text(f"{ROWS:,}")
    expect(opened.locator("p#status")).to_contain_text(f"Viewer {VERSION}, loaded from this server")
    known = totals(rows, lambda row: (row.year, row.region, row.country))
    by_year = {year: totals([row for row in rows if row.year == year], lambda row: (row.region, row.country)) for year in range(2021, 2025)}
    assert {path[0] for path in known if path} == set(by_year)
    paths = by_year[2021].keys()
    assert len(paths) == 16
    for path in paths:
        label = str(path[-1]) if path else "TOTAL"
        shows(opened, "#sales", [label] + [amount for year in sorted(by_year) for amount in by_year[year][path]])


def test_filtered_sorted_and_split_in_another_way(opened: Page, rows: List[Order]) -> None:
    restore(opened, "#sales", {
        "plugin": "Datagrid", "group_by": ["Category"], "split_by": ["Channel"], "columns": ["Sales", "Quantity"],
        "filter": [["Returned", "==", True], ["Country", "in", ["Japan", "Sweden"]]], "sort": [["Sales", "desc"]],
    })
    chosen = [row for row in rows if row.returned and row.country in ("Japan", "Sweden")]
    assert chosen
    expected = []
    for category in (None, "Furniture", "Office", "Technology"):
        line = [category or "TOTAL"]
        for channel in ("Online", "Partner", "Retail"):
            group = [row for row in chosen if row.channel == channel and category in (None, row.category)]
            line += [money(sum(row.sales for row in group)), f"{sum(row.quantity for row in group):,}"]
        expected.append((sum(row.sales for row in chosen if category in (None, row.category)), line))
    expected.sort(key=lambda entry: -entry[0])
    for _, line in expected:
        shows(opened, "#sales", line)
    assert [row[0] for row in cells(opened, "#sales")] == [line[0] for _, line in expected]


def test_a_flat_table_sorted_by_a_column(opened: Page, rows: List[Order]) -> None:
    preset(opened, "sales", "orders")
    best = sorted((row.sales for row in rows), reverse=True)[:10]
    opened.wait_for_function(f"amount => ({CELLS})('#sales')[0]?.includes(amount)", arg=money(best[0]))
    shown = cells(opened, "#sales")[:10]
    assert [row[6] for row in shown] == [money(amount) for amount in best]
    # What stands beside an amount is its own order's.
    for row in shown:
        order = rows[int(row[0].replace(",", "")) - 1]
        assert row[2:8] == [order.country, order.channel, order.product, str(order.quantity), money(order.sales), money(order.profit)]


def test_ticks_move(opened: Page) -> None:
    preset(opened, "ticks", "sectors")
    opened.wait_for_function(f"() => ({CELLS})('#ticks').length === 9")

    def volume() -> int:
        total = next(row for row in cells(opened, "#ticks") if row[0] == "TOTAL")
        assert total[4] == "500"
        return int(total[3].replace(",", ""))

    for _ in range(3):
        before = volume()
        opened.wait_for_function(
            f"before => Number(({CELLS})('#ticks').find((row) => row[0] === 'TOTAL')?.[3].replaceAll(',', '')) > before", arg=before)
    preset(opened, "ticks", "rising")
    opened.wait_for_function(f"() => ({CELLS})('#ticks')[0]?.length === 8")
    changes = [float(row[3].replace(",", "")) for row in cells(opened, "#ticks")]
    assert len(changes) > 10 and changes == sorted(changes, reverse=True)


@pytest.mark.parametrize("viewer, name, plugin, marks", [
    ("sales", "months", "d3fc-yarea", "path.area, path"), ("sales", "profit", "d3fc-xbar", "path"), ("sales", "heatmap", "d3fc-heatmap", "path, rect"),
    ("ticks", "bars", "d3fc-ybar", "path"),
])
def test_charts(opened: Page, viewer: str, name: str, plugin: str, marks: str) -> None:
    preset(opened, viewer, name)
    chart = opened.locator(f"#{viewer} perspective-viewer-{plugin}")
    expect(chart).to_be_visible()
    opened.wait_for_function(
        "([chart, marks]) => (document.querySelector(chart)?.shadowRoot?.querySelectorAll(marks).length ?? 0) > 5",
        arg=[f"#{viewer} perspective-viewer-{plugin}", marks])


def test_the_panel_opens_and_a_column_joins(opened: Page) -> None:
    toggle = opened.locator('#sales-presets [data-action="settings"]')
    toggle.click()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    expect(opened.locator("#sales #group_by")).to_be_visible()
    toggle.click()
    expect(toggle).to_have_attribute("aria-expanded", "false")


def test_it_suits_dark_and_narrow_windows(opened: Page) -> None:
    expect(opened.locator("#sales")).to_have_attribute("theme", "Pro Light")
    opened.emulate_media(color_scheme="dark")
    for name in ("sales", "ticks"):
        expect(opened.locator(f"#{name}")).to_have_attribute("theme", "Pro Dark")
    for width in (1280, 375):
        opened.set_viewport_size({"width": width, "height": 800})
        assert opened.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, width


def test_tables_are_opened_anew_when_the_server_comes_back(page: Page, errors: Errors) -> None:
    try:
        viewer = provisioning.viewer()
    except provisioning.Unavailable as error:
        pytest.skip(str(error))
    first = Server("demo", "--viewer", str(viewer), "--rows", "1000").start()
    second = Server("demo", "--viewer", str(viewer), "--rows", "1001", port=first.port)
    try:
        page.goto(first.url + "/tables.html")
        preset(page, "ticks", "sectors")
        first.kill()
        expect(page.locator("p#status")).to_have_attribute("data-status", "paused")
        second.start()
        expect(page.locator("p#status")).to_have_attribute("data-status", "running")
        expect(page.locator("#sales-rows")).to_have_text("1,001")
        expect(page.locator("#ticks")).to_have_attribute("data-shown", "sectors")
        page.wait_for_function(f"() => ({CELLS})('#ticks').length === 9")
        page.goto("about:blank")
        # The viewers and the browser report the break themselves.
        errors[:] = [text for text in errors if "WebSocket" not in text and "ERR_CONNECTION" not in text]
        second.stop()
    finally:
        first.close()
        second.close()


def test_three_lines_open_a_table_in_a_plain_page(page: Page, server: Server, rows: List[Order]) -> None:
    page.goto(f"http://localhost:{server.port}/three-lines.html#{server.port}")
    shows(page, "perspective-viewer", ["1", "1/1/21", "1/1/21", "2,021", rows[0].region, rows[0].country, rows[0].channel, rows[0].category,
                                       rows[0].product, str(rows[0].quantity), money(rows[0].sales), money(rows[0].profit),
                                       str(rows[0].returned).lower()])


def test_without_the_distribution_the_page_says_how_to_get_it(gallery: Server, chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    asked: List[str] = []
    page.route(re.compile("^https:"), lambda route: (asked.append(route.request.url), route.abort()))
    page.goto(gallery.url + "/tables.html")
    expect(page.locator("p#status")).to_contain_text("'make demo' brings it along")
    assert asked and all(f"/@finos/perspective-viewer@{VERSION}/" in url for url in asked)
    context.close()


def test_a_page_in_a_namespace_makes_tables_of_its_own(page: Page, server: Server) -> None:
    page.goto(f"http://localhost:{server.port}/namespaces.html#{server.port}")
    expect(page.locator("#result")).to_have_text('[["mine"],["a","b"],3,["data_source_one","ticks"]]')

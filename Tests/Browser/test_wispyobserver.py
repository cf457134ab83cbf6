"""A page as wispyobserver's users wrote it, unchanged, with its elements and tooltips in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator, List
from urllib.parse import unquote

import pytest
from playwright.sync_api import Locator, Page, expect

from Harness.server import Server
from errors import Errors

FIXTURE = Path(__file__).parent / "fixtures" / "wispyobserver" / "static"
HOSTILE = '"><img src=x onerror="window.hacked = true"><b class=markup>'


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folders, homepage = f"static.folders=static={FIXTURE}", "static.homepage=static/index.html"
    running = Server("serve", "--set", folders, "--set", homepage, base_path="/test").start()
    try:
        yield running
        running.stop()
    finally:
        running.close()


@pytest.fixture
def quick_start(page: Page, server: Server) -> Page:
    """The page, reached as its users reach it: by the base path."""
    page.goto(server.url)
    assert page.url == server.url + "/static/index.html"
    return page


def add(page: Page, markup: str) -> None:
    """Puts markup at the end of the page, long after its scripts ran."""
    page.evaluate("markup => document.body.insertAdjacentHTML('beforeend', markup)", markup)


def texts(locator: Locator) -> "List[str]":
    return [text.strip() for text in locator.all_inner_texts()]


def test_templates_have_parameters_and_defaults(quick_start: Page) -> None:
    forms = quick_start.locator("template-form")
    assert texts(forms.locator("h5")) == ["test", "test2", "default_name"]
    assert [field.input_value() for field in forms.locator("input[type=number]").all()] == ["7", "5", "17"]
    assert texts(forms.locator("pre")) == ["Inner HTML = TEST", "Inner HTML = ABC", "Inner HTML = DEF"]
    placeholders = [field.get_attribute("placeholder") for field in forms.locator("input[type=text]").all()]
    assert placeholders == [f"enter value for {name}" for name in ("test", "test2", "default_name")]
    assert "$" not in quick_start.locator("body").inner_text()
    expect(quick_start.locator("custom-template").first).to_be_hidden()


def test_children_go_where_the_template_names_them(quick_start: Page) -> None:
    assert texts(quick_start.locator("flexible-el button")) == ["A", "A", "b"]
    cells = quick_start.locator("flexible-el > div > div")
    assert texts(cells) == ["A", "A", "b"]
    assert cells.first.evaluate("cell => getComputedStyle(cell).flexBasis") == "20%"


def test_the_first_place_has_the_child_itself(quick_start: Page) -> None:
    add(quick_start, '<div id="later"></div>')
    quick_start.evaluate("""() => {
      const element = document.createElement("flexible-el");
      element.innerHTML = '<button subID="a" id="own">A</button>';
      element.firstChild.onclick = () => (window.clicks = (window.clicks ?? 0) + 1);
      document.getElementById("later").append(element);
    }""")
    buttons = quick_start.locator("#later button")
    assert [button.get_attribute("id") for button in buttons.all()] == ["own", None]
    buttons.first.click()
    buttons.last.click()
    assert quick_start.evaluate("window.clicks") == 1


def test_hovering_shows_the_tooltip(quick_start: Page) -> None:
    tooltip = quick_start.get_by_role("tooltip")
    expect(tooltip).to_have_count(0)
    for button in quick_start.locator("flexible-el button[tooltip]").all():
        button.hover()
        expect(tooltip).to_be_visible()
        expect(tooltip).to_have_text("this is a button")
        assert button.get_attribute("aria-describedby") == tooltip.get_attribute("id")
        # The pointer may go onto the text without its going away.
        tooltip.hover()
        expect(tooltip).to_be_visible()
        quick_start.mouse.move(0, 0)
        expect(tooltip).to_have_count(0)
        assert button.get_attribute("aria-describedby") is None


def test_the_keyboard_shows_the_tooltip(quick_start: Page) -> None:
    add(quick_start, """
      <button id="before">before</button><button id="late" tooltip="short#more" aria-describedby="other">late</button>
      <template id="more"><p id="inner">A <em>long</em> text.</p></template>""")
    tooltip = quick_start.get_by_role("tooltip")
    quick_start.locator("#before").focus()
    quick_start.keyboard.press("Tab")
    expect(tooltip).to_be_visible()
    assert tooltip.inner_text().split("\n")[0] == "short"
    expect(tooltip.locator("p em")).to_have_text("long")
    expect(tooltip.locator("#inner")).to_have_count(0)
    assert quick_start.locator("#late").get_attribute("aria-describedby") == "other wispy-tooltip"
    quick_start.keyboard.press("Escape")
    expect(tooltip).to_have_count(0)
    assert quick_start.locator("#late").get_attribute("aria-describedby") == "other"
    quick_start.keyboard.press("Shift+Tab")
    quick_start.keyboard.press("Tab")
    expect(tooltip).to_be_visible()
    quick_start.evaluate("document.getElementById('late').setAttribute('tooltip', 'other words')")
    expect(tooltip).to_have_text("other words")
    quick_start.evaluate("document.getElementById('late').remove()")
    expect(tooltip).to_have_count(0)


def test_the_icon_is_the_drawing(quick_start: Page) -> None:
    link = quick_start.locator("head link[rel=icon]")
    expect(link).to_have_count(1)

    def drawing() -> str:
        prefix, _, data = (link.get_attribute("href") or "").partition(",")
        assert prefix == "data:image/svg+xml"
        return unquote(data)

    assert "fill:blue" in drawing() and 'viewBox="0 0 10 10"' in drawing() and "$" not in drawing()
    # A browser takes it for a picture.
    size = """async href => { const image = new Image(); image.src = href; await image.decode(); return image.naturalWidth > 0; }"""
    assert quick_start.evaluate(size, link.get_attribute("href")) is True
    before = link.get_attribute("href")
    quick_start.evaluate("""document.querySelector("svg-favicon").setAttribute("color", 'red" onload="window.hacked = true')""")
    expect(link).not_to_have_attribute("href", before or "")
    assert "fill:red&quot; onload=" in drawing()
    quick_start.evaluate("document.querySelector('svg-favicon').innerHTML = '<linearGradient id=g></linearGradient><script>1</script>'")
    expect(link).not_to_have_attribute("href", before or "")
    quick_start.wait_for_function("decodeURIComponent(document.querySelector('link[rel=icon]').href).includes('linearGradient')")
    assert "script" not in drawing()
    expect(quick_start.locator("svg-favicon")).to_be_hidden()


def test_changed_attributes_show_and_leave_the_rest_alone(quick_start: Page) -> None:
    form = quick_start.locator("template-form").first
    form.locator("input[type=text]").fill("typed")
    quick_start.evaluate("document.querySelector('template-form').setAttribute('name', 'renamed')")
    expect(form.locator("h5")).to_have_text("renamed")
    assert form.locator("input[type=text]").input_value() == "typed"
    assert form.locator("input[type=text]").get_attribute("placeholder") == "enter value for renamed"
    quick_start.evaluate("document.querySelector('template-form').removeAttribute('name')")
    expect(form.locator("h5")).to_have_text("default_name")


def test_scripts_in_the_head(page: Page, server: Server) -> None:
    """The parser brings an element before its children; definitions come after their uses, and within one another's content."""
    body = FIXTURE.joinpath("index.html").read_text(encoding="utf-8")
    scripts = [line for line in body.splitlines() if line.startswith("<script")]
    assert len(scripts) == 6
    markup, _, templates = body.replace("\n".join(scripts), "").partition("<template-form type")
    uses = "<template-form type" + templates.partition("</body>")[0]
    late = '<custom-template type="outer-el" name="o"><flexible-el><template-form subID="b" name="$name">I</template-form></flexible-el>'
    head, _, definitions = markup.partition("<body>")
    whole = head.replace("</head>", "".join(scripts) + "</head>") + "<body>" + uses + "<outer-el></outer-el>" + late + "</custom-template>"
    page.route("**/head.html", lambda route: route.fulfill(body=whole + definitions, content_type="text/html; charset=utf-8"))
    page.goto(server.url + "/static/head.html")
    assert texts(page.locator("body > template-form h5")) == ["test", "test2", "default_name"]
    assert texts(page.locator("body > flexible-el button")) == ["A", "A", "b"]
    assert texts(page.locator("outer-el template-form h5")) == ["o"]
    assert texts(page.locator("outer-el template-form pre")) == ["Inner HTML = I"]
    assert "fill:blue" in unquote(page.locator("head link[rel=icon]").get_attribute("href") or "")


def test_elements_and_templates_that_come_later(quick_start: Page) -> None:
    add(quick_start, """
      <template-form name="late">L</template-form>
      <made-later who="you">x</made-later>
      <custom-template type="made-later" who="me"><template>
        <template-form name="inner $who">$$who <i>$innerHTML</i></template-form>
      </template></custom-template>
      <custom-template type="nested-later"><flexible-el><template-form subID="a" name="n">T</template-form></flexible-el></custom-template>
      <nested-later></nested-later>""")
    expect(quick_start.locator("body > template-form").last.locator("h5")).to_have_text("late")
    made = quick_start.locator("made-later")
    expect(made.locator("h5")).to_have_text("inner you")
    expect(made.locator("pre")).to_have_text("Inner HTML = $who x")
    nested = quick_start.locator("nested-later template-form")
    assert texts(nested.locator("pre")) == ["Inner HTML = T", "Inner HTML = T"], "a copy is made from what the instance held"


def test_attributes_never_become_markup(quick_start: Page, errors: Errors) -> None:
    quick_start.evaluate("""hostile => {
      const add = (markup) => document.body.insertAdjacentHTML("beforeend", markup);
      add(`<custom-template type="risky-el" v=""><template>
        <p>$v</p><a href="$v">a</a><a href="javascript:f('$v')">b</a><button onclick="f('$v')">c</button><iframe srcdoc="$v"></iframe>
        <textarea>$v</textarea><script>window.hacked = "$v"</` + `script>
      </template></custom-template>`);
      for (const value of [hostile, "java\\nscript:window.hacked=true", " javascript:window.hacked=true"]) {
        const element = document.createElement("risky-el");
        element.setAttribute("v", value);
        document.body.append(element);
      }
      const form = document.querySelector("template-form");
      form.setAttribute("name", hostile);
      form.setAttribute("value", hostile);
      document.body.insertAdjacentHTML("beforeend", "<button id=risky>r</button>");
      document.getElementById("risky").setAttribute("tooltip", hostile);
    }""", HOSTILE)
    expect(quick_start.locator("risky-el p").first).to_have_text(HOSTILE)
    expect(quick_start.locator("template-form h5").first).to_have_text(HOSTILE)
    assert quick_start.locator("risky-el textarea").first.input_value() == HOSTILE
    links = quick_start.locator("risky-el a")
    expect(links).to_have_count(6)
    for link in links.all():
        assert "script:" not in (link.get_attribute("href") or "")
    assert quick_start.locator("risky-el [onclick], risky-el [srcdoc]").count() == 0
    quick_start.locator("#risky").hover()
    expect(quick_start.get_by_role("tooltip")).to_have_text(HOSTILE)
    assert quick_start.locator("img, .markup").count() == 0
    assert quick_start.evaluate("window.hacked") in (None, "$v"), "only the author's own script ran"
    refused = [text for text in errors if text.startswith("<risky-el>: the attribute ")]
    assert len(refused) == 3 * 3 + 2
    errors[:] = [text for text in errors if text not in refused]


def test_a_type_that_is_no_name_says_so(quick_start: Page, errors: Errors) -> None:
    add(quick_start, "<custom-template type='plain'>x</custom-template><custom-template type='flexible-el'>y</custom-template>")
    messages = list(errors)
    errors.clear()
    assert len(messages) == 2 and "hyphen" in messages[0] and "already" in messages[1]


def test_elements_by_their_ids(quick_start: Page) -> None:
    add(quick_start, '<input id="name" value="v"><p id="words">w</p><input id="check" type="checkbox">')
    result: Any = quick_start.evaluate("""hostile => {
      const before = [page.name.value, page.words.text, page.absent, "words" in page, "absent" in page];
      page.name.value = "new";
      page.words = hostile;
      page.check = true;
      page.words.attributes.title = "t";
      page.words.attributes.hidden = false;
      const words = page.words.html;
      page.name.on("input", () => (page.words.html = "<b>h</b>"));
      page.name.dispatchEvent(new Event("input"));
      return { before, name: name_value(), words, html: page.words.html, check: page.check.checked,
        attributes: Object.keys(page.words.attributes), title: page.words.attributes.title, same: page.words === page.words };
      function name_value() { return document.getElementById("name").value; }
    }""", HOSTILE)
    assert result["before"] == ["v", "w", None, True, False]
    assert result["name"] == "new" and result["check"] is True and result["same"] is True
    assert "&lt;img" in result["words"] and result["html"] == "<b>h</b>"
    assert result["attributes"] == ["id", "title"] and result["title"] == "t"


def test_plain_requests(quick_start: Page, server: Server, errors: Errors) -> None:
    result: Any = quick_start.evaluate("""async () => {
      const failed = await httpReq.get("../absent", { a: [1, 2], b: undefined }).catch((error) => error);
      const rpc = await httpReq.post("../rpc", { jsonrpc: "2.0", id: 1, method: "rpc.discover" });
      return { text: await httpReq.get("index.html"), id: rpc.id, methods: rpc.result.methods.length,
        failed: [failed.name, failed.status, failed.code, failed.message] };
    }""")
    errors[:] = [text for text in errors if "404" not in text]
    assert "<svg-favicon" in result["text"]
    assert result["id"] == 1 and result["methods"] > 0
    assert result["failed"][:3] == ["HTTPError", 404, "not_found"] and "/test/absent" in result["failed"][3]

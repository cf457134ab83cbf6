import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";

const folder = new URL("../../../Browser/compat/wispyjs/", import.meta.url);

/** What a script gives for tests, in a page that has no more than the script needs to load. */
function load(file) {
  const nothing = () => {};
  const window = { addEventListener: nothing };
  const target = { addEventListener: nothing };
  const document = {
    ...target,
    documentElement: target,
    querySelectorAll: () => [],
    createElement: () => ({ content: { ownerDocument: {} } }),
  };
  class Sheet {
    replaceSync() {}
  }
  class Observer {}
  const customElements = { get: () => undefined, define: nothing };
  const world = { window, document, customElements, HTMLElement: class {}, CSSStyleSheet: Sheet, MutationObserver: Observer, console };
  runInContext(readFileSync(new URL(file, folder), "utf8"), createContext(world));
  return window.wispy;
}

/** A template's text, written shortly: `{name}`, `{#child}`, `{*}` for the content, and the rest as it is. */
function pieces(text, names) {
  const { parseTemplate } = load("customElements/custom-element.js");
  const short = { text: (value) => value, parameter: (value) => `{${value}}`, child: (value) => `{#${value}}`, content: () => "{*}" };
  return Array.from(parseTemplate(text, names), ({ kind, value }) => short[kind](value)).join("");
}

test("a template's texts are parted at what stands for something", () => {
  const names = ["name", "name-of", "value"];
  for (const [text, parted] of [
    ["", ""],
    ["plain", "plain"],
    ["$name", "{name}"],
    ["a$name,b$value.", "a{name},b{value}."],
    ["$name$value", "{name}{value}"],
    ["$Name and $NAME", "{name} and {name}"],
    ["$name-of-x", "{name-of}-x"],
    ["$name-x", "{name}-x"],
    ["$names $name_ $name1", "$names $name_ $name1"],
    ["$other $5 $ $", "$other $5 $ $"],
    ["$$name", "$name"],
    ["$$$name", "${name}"],
    ["$innerHTML!", "{*}!"],
    ["$innerHTMLs", "$innerHTMLs"],
    ["$#a$#b-c.", "{#a}{#b-c}."],
    ["$#", "$#"],
    ["$# a", "$# a"],
  ]) {
    assert.equal(pieces(text, names), parted, text);
  }
});

test("values that look like names are not read again", () => {
  const { substitute } = load("customElements/svg-favicon.js");
  const values = new Map(Object.entries({ color: "$size", size: "$color", "line-color": "red" }));
  assert.equal(substitute("fill:$color;r:$Size", values), "fill:$size;r:$color");
  assert.equal(substitute("$line-color $color-x $colors $other $5", values), "red $size-x $colors $other $5");
});

test("a tooltip's text and the id of its long text", () => {
  const { parseTooltip } = load("tooltip.js");
  for (const [value, text, id] of [
    ["this is a button#def", "this is a button", "def"],
    ["#def", "", "def"],
    ["a#b#c.d-e_1", "a#b", "c.d-e_1"],
    ["über#größe", "über", "größe"],
    [" text ", "text", undefined],
    ["", "", undefined],
    ["Issue #12", "Issue #12", undefined],
    ["number#12", "number#12", undefined],
    ["C# in depth", "C# in depth", undefined],
    ["end #word", "end #word", undefined],
    ["two\nlines#id", "two\nlines", "id"],
    ["#", "#", undefined],
  ]) {
    assert.deepEqual({ ...parseTooltip(value) }, { text, id }, value);
  }
});

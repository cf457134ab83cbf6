import assert from "node:assert/strict";
import { test } from "node:test";
import { follow, refreshStyles } from "../../../Browser/reload.js";

/** A source of events that the test speaks for. */
class Source extends EventTarget {
  /** @type {Source[]} */
  static all = [];
  readyState = 0;
  constructor() {
    super();
    Source.all.push(this);
  }
  say(type, data) {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }
}

function world() {
  Source.all = [];
  const log = [];
  const page = { querySelectorAll: () => [], baseURI: "http://a/" };
  follow({ page, EventSource: Source, url: new URL("http://a/tangor/reload"), reload: () => log.push("reload"), later: (action, ms) => log.push([action, ms]) });
  return { log, source: () => Source.all.at(-1) };
}

test("a page reloads on a change and on another start of the server, and not on the first word", () => {
  const { log, source } = world();
  source().say("ready", { boot: "1" });
  source().say("ready", { boot: "1" });
  assert.deepEqual(log, []);
  source().say("changed", { paths: ["/index.html"] });
  assert.deepEqual(log, ["reload"]);
  source().say("ready", { boot: "2" });
  assert.deepEqual(log, ["reload", "reload"]);
});

test("a refused connection is opened again after a while, and remembers the server's start", () => {
  const { log, source } = world();
  source().say("ready", { boot: "1" });
  source().dispatchEvent(new Event("error"));
  assert.deepEqual(log, [], "the browser itself tries again");
  source().readyState = 2;
  source().dispatchEvent(new Event("error"));
  const [[again, pause]] = log.splice(0);
  assert.equal(pause, 1_000);
  again();
  assert.equal(Source.all.length, 2);
  source().say("ready", { boot: "2" });
  assert.deepEqual(log, ["reload"]);
});

test("style sheets are replaced only when the page links all that changed", () => {
  const placed = [];
  const link = { href: "http://a/app/style.css?x=1", cloneNode: () => new EventTarget(), after: (fresh) => placed.push(fresh), remove: () => placed.push("removed") };
  const page = { querySelectorAll: () => [link], baseURI: "http://a/app/" };
  assert.equal(refreshStyles(page, ["/app/style.css", "/app/other.css"]), false);
  assert.equal(refreshStyles(page, ["/app/style.css", "/app/index.html"]), false);
  assert.deepEqual(placed, []);
  assert.equal(refreshStyles(page, ["/app/style.css"]), true);
  assert.match(placed[0].href, /^http:\/\/a\/app\/style\.css\?x=1&tangor-reload=\d+$/);
  placed[0].dispatchEvent(new Event("load"));
  assert.equal(placed[1], "removed");
});

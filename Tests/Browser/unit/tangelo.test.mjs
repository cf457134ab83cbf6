import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";

const source = readFileSync(new URL("../../../Browser/compat/tangelo.js", import.meta.url), "utf8");

/** A page with the script in it, whose server is a list of `[status, body]`; errors of callbacks end in `thrown`. */
function page(answers, { base = "/", location = "http://host/a/page.html?x=1&x=2&flag&t=a%26b" } = {}) {
  const requests = [];
  const delays = [];
  const thrown = [];
  const warnings = [];
  const turns = [];

  class XMLHttpRequest {
    readyState = 4;
    statusText = "";
    open(method, url) {
      requests.push(`${method} ${url}`);
    }
    setRequestHeader() {}
    getResponseHeader() {
      return null;
    }
    send(fields) {
      if (fields !== undefined) requests.push(String(fields));
      turns.push(() => {
        const [status, body] = answers.shift() ?? [404, { error: "no such stream" }];
        this.status = status;
        this.responseText = typeof body === "string" ? body : JSON.stringify(body);
        if (status === 0) this.onerror();
        else this.onload();
      });
    }
  }
  const window = {
    location: new URL(location),
    setTimeout: (action, delay) => {
      delays.push(delay);
      turns.push(action);
    },
  };
  const elements = { "#view": place() };
  const document = {
    currentScript: { src: `http://host${base}tangor/compat/tangelo.js` },
    querySelector: (selector) => elements[selector] ?? null,
    createElement: (name) => ({ ...place(), name, remove() { this.removed = true; } }),
  };
  const console = { warn: (...words) => warnings.push(words) };
  const load = async (url) => void requests.push(`import ${url}`);
  // A context of its own has no modules to load without flags of node's.
  const script = source.replace("import(", "load(");
  runInContext(script, createContext({ window, document, console, XMLHttpRequest, URL, URLSearchParams, load }));
  const run = (most = 100) => {
    for (let turn = 0; turn < most && turns.length > 0; turn += 1) {
      try {
        turns.shift()();
      } catch (error) {
        thrown.push(error);
      }
    }
  };
  return { tangelo: window.tangelo, requests, delays, thrown, warnings, run, view: elements["#view"] };
}

/** As much of an element as the script uses. */
function place() {
  const attributes = {};
  return {
    attributes, style: {}, children: [],
    setAttribute: (name, value) => (attributes[name] = value),
    replaceChildren(...children) {
      this.children = children;
    },
  };
}

const data = (value) => [200, { finished: false, data: value }];
const end = [200, { finished: true }];

test("streams, start, query and delete ask for what the streaming interface defines", () => {
  const { tangelo, requests, run } = page([[200, ["k"]], [200, { key: "k" }], data(2), end, [200, { key: "k" }]]);
  const heard = [];
  const hear = (...parameters) => heard.push(JSON.parse(JSON.stringify(parameters.map((one) => one ?? null))));
  tangelo.stream.streams(hear);
  tangelo.stream.start("factors?n=60", hear);
  tangelo.stream.query("k", hear);
  tangelo.stream.query("k", hear);
  tangelo.stream.delete("k", hear);
  run();
  assert.deepEqual(requests, ["GET /stream", "GET /a/factors?n=60", "GET /stream/k", "GET /stream/k", "DELETE /stream/k"]);
  assert.deepEqual(heard, [[["k"]], ["k"], [2, false], [null, true], [{ key: "k" }]]);
});

test("failures arrive where pages of the time look for them", () => {
  const problem = { code: "stream_not_found", error: "gone", detail: "gone" };
  const { tangelo, run } = page([[404, problem], [200, { answer: 42 }], [404, problem], [200, { error: "old form" }], [0, ""], [502, "<html>"]]);
  const heard = [];
  const hear = (...parameters) => heard.push(parameters);
  tangelo.stream.streams(hear);
  tangelo.stream.start("/plain", hear);
  tangelo.stream.query("k", hear);
  tangelo.stream.query("k", hear);
  tangelo.stream.delete("k", hear);
  tangelo.stream.delete("k", hear);
  run();
  assert.equal(heard[0][0], undefined);
  assert.deepEqual([heard[0][1].status, heard[0][1].responseJSON.error], [404, "gone"]);
  assert.deepEqual([heard[1][0], heard[1][1].responseJSON.answer], [undefined, 42]);
  assert.deepEqual([heard[2][0], heard[2][1], heard[2][2].status], [undefined, undefined, 404]);
  assert.deepEqual(heard[3], [undefined, undefined, "old form"]);
  assert.deepEqual([heard[4][1].status, heard[4][1].statusText], [0, "error"]);
  assert.deepEqual([heard[5][1].status, heard[5][1].responseText, heard[5][1].responseJSON], [502, "<html>", undefined]);
});

test("run waits 100 ms between queries unless told otherwise, and tells the end once", () => {
  for (const [given, waited] of [[undefined, 100], [0, 0], [7, 7], [Number.NaN, 100], [-1, 100]]) {
    const { tangelo, delays, run } = page([data(1), data(2), end]);
    const heard = [];
    tangelo.stream.run("k", (value, finished) => void heard.push([value, finished]), given);
    run();
    assert.deepEqual(heard, [[1, false], [2, false], [undefined, true]]);
    assert.deepEqual(delays, [waited, waited]);
  }
});

test("a function replaces the callback", () => {
  const { tangelo, run } = page([data(1), data(2), end]);
  const heard = [];
  const second = (value) => void heard.push(["second", value]);
  tangelo.stream.run("k", (value) => (heard.push(["first", value]), second));
  run();
  assert.deepEqual(heard, [["first", 1], ["second", 2], ["second", undefined]]);
});

test("false stops and leaves the stream alive; true goes on", () => {
  const { tangelo, requests, run } = page([data(1), data(2), data(3)]);
  tangelo.stream.run("k", (value) => value < 2);
  run();
  assert.deepEqual(requests, ["GET /stream/k", "GET /stream/k"]);
});

test("a number is the delay from the very next query on", () => {
  const { tangelo, delays, run } = page([data(500), data("ignored"), data(0), end]);
  tangelo.stream.run("k", (value) => value);
  run();
  assert.deepEqual(delays, [500, 500, 0]);
});

test("an object steers by its members, each of its own; arrays and wrong types are passed over", () => {
  const { tangelo, delays, requests, run } = page([data(1), data(2), data(3), data(4), data(5)]);
  const heard = [];
  const last = (value) => (heard.push(["last", value]), { continue: false });
  const answers = [[5], { delay: "soon", continue: 1, callback: 7 }, { delay: 3 }, { callback: last, delay: 9 }];
  tangelo.stream.run("k", (value) => (heard.push(["first", value]), answers.shift()));
  run();
  assert.deepEqual(delays, [100, 100, 3, 9]);
  assert.deepEqual(heard.at(-1), ["last", 5]);
  assert.equal(requests.length, 5);
});

test("an error ends the run with the failure in the callback's second place", () => {
  const { tangelo, warnings, requests, run } = page([data(1), [500, { error: "broken" }]]);
  const heard = [];
  tangelo.stream.run("k", (value, error) => void heard.push([value, error]));
  run();
  assert.equal(heard.length, 2);
  assert.deepEqual([heard[1][0], heard[1][1].status], [undefined, 500]);
  assert.equal(warnings.length, 1);
  assert.equal(requests.length, 2);
});

test("an error in the page's callback shows and is not taken for one of the server's", () => {
  const { tangelo, thrown, requests, run } = page([data(1), data(2)]);
  let calls = 0;
  tangelo.stream.run("k", () => {
    calls += 1;
    throw new Error("the page's own");
  });
  run();
  assert.deepEqual([calls, thrown.length, requests.length], [1, 1, 1]);
});

test("under a base path, paths of the site are found there", () => {
  const { tangelo, requests, run } = page([], { base: "/app/", location: "http://host/app/sub/page.html" });
  for (const path of ["/primes", "/app/primes", "primes"]) tangelo.stream.start(path, () => {});
  tangelo.stream.streams(() => {});
  run();
  assert.deepEqual(requests, ["GET /app/primes", "GET /app/primes", "GET /app/sub/primes", "GET /app/stream"]);
  assert.equal(tangelo.pluginUrl("config", "a"), "/app/plugin/config/a");
});

test("the core's small functions", () => {
  const { tangelo } = page([]);
  assert.match(tangelo.version(), /^\d+\.\d+\.\d+$/);
  assert.equal(tangelo.absoluteUrl("/x"), "/x");
  assert.equal(tangelo.absoluteUrl("~u/x"), "~u/x");
  assert.equal(tangelo.absoluteUrl("x"), "/a/x");
  assert.deepEqual({ ...tangelo.queryArguments() }, { x: "2", flag: "", t: "a&b" });
  assert.deepEqual([tangelo.isObject({}), tangelo.isObject([]), tangelo.isObject(null)], [true, false, false]);
  assert.deepEqual([tangelo.isNumber(1), tangelo.isNumber("1"), tangelo.isFunction(() => {}), tangelo.isBoolean(false)], [true, false, true, true]);
  assert.throws(() => tangelo.stream.start("/x"), { name: "TypeError" });
});

test("programs are listed, reported and ended", () => {
  const report = { status: "complete", process: "running", port: 4711, stdout: ["a\n"], stderr: [] };
  const gone = { status: "failed", reason: "gone" };
  const { tangelo, requests, thrown, warnings, run } = page([[200, ["k"]], [200, report], [200, { error: "no vtkpython" }], [404, gone], [404, gone], [404, gone]]);
  const heard = [];
  const hear = (...parameters) => heard.push(parameters);
  tangelo.vtkweb.processes(hear);
  tangelo.vtkweb.info("k", hear);
  tangelo.plugin.vtkweb.processes(hear);
  tangelo.vtkweb.info("k/2", hear);
  tangelo.vtkweb.terminate("k", hear);
  tangelo.vtkweb.terminate("k");
  run();
  assert.deepEqual(requests, ["GET /vtkweb", "GET /vtkweb/k", "GET /vtkweb", "GET /vtkweb/k%2F2", "DELETE /vtkweb/k", "DELETE /vtkweb/k"]);
  assert.deepEqual(JSON.parse(JSON.stringify(heard.slice(0, 2))), [[["k"]], [report]]);
  assert.deepEqual([thrown.length, thrown[0].message, warnings.length], [1, "no vtkpython", 1]);
  assert.deepEqual([heard[2][0], heard[2][1].status, heard[2][1].responseJSON.reason], [undefined, 404, "gone"]);
  assert.deepEqual([heard[3][0], heard[3][1], heard[3][2].status], ["k", undefined, 404]);
});

test("a program is launched into its viewport, and leaves it at its end", async () => {
  const { tangelo, requests, run, view } = page([[200, { status: "complete", key: "k", url: "ws://host/k/ws" }], [200, { status: "complete", key: "k" }]], {
    base: "/app/", location: "http://host/app/sub/page.html",
  });
  const launched = new Promise((callback) => tangelo.vtkweb.launch({ url: "cone.py", argstring: "--resolution 6", timeout: 20, viewport: "#view", callback }));
  run();
  assert.equal(await launched, "k");
  assert.deepEqual(requests, ["POST /app/vtkweb/sub/cone.py", "args=--resolution+6&timeout=20", "import /app/tangor/elements.js"]);
  const [shown] = view.children;
  assert.deepEqual([shown.name, shown.attributes.key, shown.style.blockSize], ["tangor-program", "k", "100%"]);
  const heard = [];
  tangelo.vtkweb.terminate("k", (...parameters) => heard.push(parameters));
  run();
  assert.deepEqual([heard[0][0], heard[0][1] === view, heard[0][2], shown.removed], ["k", true, undefined, true]);
});

test("a launch that fails says why, and one without a place for it throws", () => {
  const { tangelo, run } = page([[502, { status: "failed", reason: "It ended with status 1.", code: "program_failed" }], [0, ""]]);
  const heard = [];
  for (let count = 0; count < 2; count += 1) tangelo.vtkweb.launch({ url: "/cone.py", viewport: "#view", callback: (...parameters) => heard.push(parameters) });
  run();
  assert.deepEqual([heard[0][0], heard[0][1].code, heard[0][1].message, heard[0][1].jqxhr.status], [undefined, "program_failed", "It ended with status 1.", 502]);
  assert.deepEqual([heard[1][0], heard[1][1].code, heard[1][1].message], [undefined, "connection_lost", "error"]);
  for (const spec of [undefined, {}, { url: "/a.py" }, { url: "/a.py", viewport: "#absent" }, { viewport: "#view" }]) {
    assert.throws(() => tangelo.vtkweb.launch(spec), { name: "Error" });
  }
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";

const source = readFileSync(new URL("../../../Browser/compat/wispyjs/rpc.js", import.meta.url), "utf8");

/**
 * A page with the script in it. Its client notes what is asked of it and answers from `answers`, or fails where the answer
 * is an error; `arrive` lets the client be loaded, or fail to be.
 */
function page({ script = "http://host/base/wispyjs/rpc.js", answers = {} } = {}) {
  const asked = [];
  const loaded = [];
  const printed = [];
  let arrive;
  const client = new EventTarget();
  const ask = (method) => (path, ...rest) => {
    asked.push([method, path, ...rest]);
    const answer = answers[path ?? method];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  Object.assign(client, { get: ask("get"), set: ask("set"), delete: ask("delete"), callObject: ask("call"), objects: ask("list") });
  const subscriptions = [];
  client.channels = {
    list: ask("channels"),
    subscribe: (names, take, options) => {
      const subscription = { names, take, ...options, isOver: false, ready: answers[names[0]] ?? Promise.resolve() };
      subscriptions.push(subscription);
      return Object.assign(subscription, { unsubscribe: () => (subscription.isOver = true) });
    },
  };
  const connect = (options) => {
    asked.push(["connect", String(options.url)]);
    return client;
  };
  const load = (url) => {
    loaded.push(url);
    return new Promise((done, fail) => {
      arrive = (error) => (error === undefined ? done({ connect }) : fail(error));
    });
  };
  const window = {};
  const scope = {
    window, load, URL, EventTarget, CustomEvent, structuredClone, console: { error: (error) => printed.push(error) },
    document: { currentScript: { src: script }, baseURI: "http://host/" },
  };
  assert.equal(source.split("import(").length, 2, "the script loads one module");
  runInContext(source.replace("import(", "load("), createContext(scope));
  return { rpc: window.rpc, asked, loaded, printed, client, subscriptions, arrive: (error) => arrive(error) };
}

/** Lets everything that is due happen. */
const settle = () => new Promise((done) => setImmediate(done));

test("naming an object or a member asks for nothing", async () => {
  const { rpc, loaded } = page();
  const sample = rpc.sample;
  assert.equal(sample.then, undefined);
  // What resolves is the proxy itself; only its name says so, because anything else would be a request.
  assert.equal(`${await sample}`, "[rpc sample]");
  void sample.inner.b;
  await settle();
  assert.deepEqual(loaded, []);
});

test("members are read, set, called and deleted by their paths, in order", async () => {
  const { rpc, asked, loaded, arrive } = page({ answers: { "sample.a": 7, "sample.test_sum": 9 } });
  const sample = rpc.sample;
  const list = [1];
  sample.list = list;
  list.push(2);
  const read = sample.a.then((value) => value + 1);
  const sum = sample.test_sum(4, 5);
  delete sample.inner.b;
  sample.map["any key"] = 1;
  sample.list[0] = undefined;
  assert.deepEqual(loaded, ["http://host/base/tangor/tangor.js"]);
  arrive();
  assert.equal(await read, 8);
  assert.equal(await sum, 9);
  assert.deepEqual(JSON.parse(JSON.stringify(asked)), [
    ["connect", "http://host/base/"],
    ["set", "sample.list", [1]],
    ["get", "sample.a"],
    ["call", "sample.test_sum", [4, 5]],
    ["delete", "sample.inner.b"],
    ["set", 'sample.map["any key"]', 1],
    ["set", "sample.list.0", null],
  ]);
});

test("the server's base is found whatever the scripts' path", async () => {
  for (const [script, base] of [
    ["http://host/wispyjs/rpc.js", "http://host/"],
    ["http://host/a/b/js/rpc.js?v=1", "http://host/a/b/"],
    ["http://host/a/tangor/compat/wispyjs/rpc.js", "http://host/a/"],
  ]) {
    const { rpc, loaded, arrive, asked } = page({ script });
    rpc.list();
    arrive();
    await settle();
    assert.deepEqual([loaded, asked[0]], [[`${base}tangor/tangor.js`], ["connect", base]]);
  }
});

test("awaited failures reject, and others are told", async () => {
  const refusal = Object.assign(new Error("It is read-only."), { code: "not_settable" });
  const { rpc, arrive, printed, client } = page({ answers: { "sample.a": refusal, "sample.b": refusal } });
  const heard = [];
  const hear = (event) => heard.push(event.detail) > 0 && event.preventDefault();
  await Promise.all([assert.rejects(rpc.set("sample.a", 1), refusal), Promise.resolve().then(() => arrive())]);
  await assert.rejects(Promise.resolve(rpc.sample.a), refusal);
  assert.deepEqual([heard, printed], [[], []]);
  rpc.sample.b = 1;
  await settle();
  assert.equal(printed.length, 1);
  assert.match(printed[0].message, /^sample\.b was not set: It is read-only\.$/);
  assert.equal(printed[0].code, "not_settable");
  rpc.addEventListener("error", hear);
  delete rpc.sample.b;
  client.dispatchEvent(new CustomEvent("error", { detail: refusal }));
  await settle();
  assert.match(heard.map(({ message }) => message).sort().join(), /^It is read-only.,sample\.b was not deleted/);
  assert.equal(printed.length, 1);
});

test("a client that could not be loaded is loaded again", async () => {
  const { rpc, loaded, arrive } = page({ answers: { "sample.a": 3 } });
  const first = rpc.get("sample.a");
  arrive(new TypeError("offline"));
  await assert.rejects(first, { message: "offline" });
  const second = rpc.get("sample.a");
  arrive();
  assert.equal(await second, 3);
  assert.equal(loaded.length, 2);
});

test("what the language asks for reaches no server", async () => {
  const { rpc, loaded } = page();
  assert.equal(JSON.stringify({ sample: rpc.sample, a: rpc.sample.a }), "{}");
  assert.equal(Object.prototype.toString.call(rpc.sample), "[object Function]");
  assert.equal(String(rpc.sample.a), "[rpc sample.a]");
  assert.throws(() => {
    "use strict";
    rpc.sample = 1;
  }, TypeError);
  assert.equal(await rpc, rpc);
  await settle();
  assert.deepEqual(loaded, []);
});

test("handlers follow channels until they are taken off", async () => {
  const { rpc, arrive, subscriptions, asked } = page({ answers: { "x/#": ["x/1"] } });
  const channels = rpc.sample.rpcWebsocket;
  const heard = [];
  const hear = (value, channel) => heard.push([channel, value]);
  const other = () => heard.push("other");
  const added = channels.addChannelHandlers({ a: hear, "x/+": hear }, true);
  const names = channels.listChannels("x/#");
  arrive();
  await added;
  assert.deepEqual(await names, ["x/1"]);
  await rpc.other.rpcWebsocket.addChannelHandlers({ a: other });
  const state = () => subscriptions.map(({ names, latest, isOver }) => [...names, latest, isOver]);
  assert.deepEqual(state(), [["a", true, false], ["x/+", true, false], ["a", false, false]]);
  subscriptions[1].take(3, { channel: "x/1" });
  assert.deepEqual(heard, [["x/1", 3]]);
  // The same function again is one handler.
  await channels.addChannelHandlers({ a: hear }, true);
  assert.deepEqual(state().map((row) => row.at(-1)), [true, false, false, false]);
  channels.removeChannelHandlers({ a: other, absent: other });
  assert.deepEqual(state().map((row) => row.at(-1)), [true, false, true, false]);
  channels.removeChannelHandlers(["a", "x/+"]);
  assert.deepEqual(state().map((row) => row.at(-1)), [true, true, true, true]);
  assert.equal(asked.filter(([what]) => what === "connect").length, 1);
});

test("a channel that is refused rejects, and a handler has to be a function", async () => {
  const refusal = new Error("no");
  const { rpc, arrive, subscriptions } = page({ answers: { secret: Promise.reject(refusal) } });
  const added = rpc.sample.rpcWebsocket.addChannelHandlers({ secret: () => {} });
  arrive();
  await assert.rejects(added, refusal);
  await assert.rejects(rpc.rpcWebsocket.addChannelHandlers({ a: () => {}, b: "f" }), { name: "TypeError", message: /'b' is no function/ });
  assert.equal(subscriptions.length, 1);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { below, objectOf, partsOf } from "../../../Browser/paths.js";
import { TangorStream, connect } from "../../../Browser/tangor.js";
import { WriteOrder } from "../../../Browser/write-order.js";
import { FakeSocket, json, scripted, settle, world } from "./world.mjs";

const url = "http://server/app/";
const number = { type: "number" };
const description = {
  path: "sample",
  name: "sample",
  kind: "object",
  type: "Sample",
  members: [
    { name: "a", kind: "property", type: "Int", schema: number, settable: true, deletable: true },
    { name: "then", kind: "property", type: "Int", schema: number, settable: true, deletable: false },
    { name: "toString", kind: "method", type: "String", parameters: [] },
    { name: "test_sum", kind: "method", type: "Int", parameters: [] },
    { name: "count", kind: "method", type: "Int", parameters: [], stream: true },
    { name: "inner", kind: "object", type: "Inner", members: [{ name: "depth", kind: "property", type: "Int", schema: number }] },
  ],
};

/** A page with an open connection and the object `sample`. */
async function opened(options = {}) {
  const surroundings = world();
  const tangor = connect({ url, environment: surroundings.environment, ...options });
  const errors = [];
  tangor.addEventListener("error", (event) => errors.push(event.detail));
  FakeSocket.last.open();
  const opening = tangor.object("sample");
  FakeSocket.last.answer("object.describe", description);
  return { ...surroundings, tangor, errors, sample: await opening };
}

function refuse(socket, method, code) {
  const { id } = socket.requests(method).at(-1);
  socket.say({ jsonrpc: "2.0", id, error: { code: -32050, message: code, data: { code, detail: "No.", retry: false } } });
}

test("paths are written and read back, whatever the key", () => {
  for (const [key, path] of [
    ["a", "s.a"],
    ["0", "s.0"],
    ["größe", "s.größe"],
    ["any key", 's["any key"]'],
    ["a.b", 's["a.b"]'],
    ['quo"te', 's["quo\\"te"]'],
    ["", 's[""]'],
    ["$x", 's["$x"]'],
  ]) {
    assert.equal(below("s", key), path);
    assert.deepEqual(partsOf(path), ["s", key]);
    assert.equal(objectOf(path), "s");
  }
  assert.deepEqual(partsOf('s.list[0]["k"].x'), ["s", "list", "0", "k", "x"]);
  for (const bad of ["", ".", "s.", ".s", "s..a", "s[", "s[x]", 's["a]', "s[0]a"]) assert.equal(partsOf(bad), undefined, bad);
});

test("a member is asked for when it is awaited, once for each await", async () => {
  const { sample } = await opened();
  const a = sample.a;
  assert.equal(FakeSocket.last.requests("object.get").length, 0);
  const first = a.then((value) => value + 1);
  assert.deepEqual(FakeSocket.last.requests("object.get")[0].params, { path: "sample.a" });
  FakeSocket.last.answer("object.get", 1);
  assert.equal(await first, 2);
  const again = (async () => await a)();
  await settle();
  FakeSocket.last.answer("object.get", 5);
  assert.equal(await again, 5);
});

test("an object is no promise, and neither language nor tools make requests by looking at it", async () => {
  const { sample } = await opened();
  assert.equal(await sample, sample);
  const before = FakeSocket.last.sent.length;
  JSON.stringify(sample);
  JSON.stringify({ a: sample.a });
  assert.equal(`${sample.inner}`, "[tangor sample.inner]");
  assert.equal(Object.prototype.toString.call(sample), "[object TangorObject]");
  assert.equal(sample.hasOwnProperty("a"), true);
  assert.equal(sample.constructor, Object);
  assert.throws(() => Object.defineProperty(sample, "x", { value: 1 }), TypeError);
  await settle();
  assert.equal(FakeSocket.last.sent.length, before);
  // A described member of such a name is the server's.
  sample.toString();
  await settle();
  assert.equal(FakeSocket.last.requests("object.call").at(-1).params.path, "sample.toString");
});

test("the description answers in, Object.keys and nothing more: the server is the guard", async () => {
  const { sample } = await opened();
  assert.deepEqual(Object.keys(sample), description.members.map((member) => member.name));
  assert.deepEqual(["a" in sample, "b" in sample, "depth" in sample.inner], [true, false, true]);
  const hidden = assert.rejects(sample._hidden.then(), { name: "TangorError", code: "object_not_found" });
  assert.equal(FakeSocket.last.requests("object.get").at(-1).params.path, "sample._hidden");
  refuse(FakeSocket.last, "object.get", "object_not_found");
  await hidden;
});

test("nested paths, elements and keys", async () => {
  const { sample } = await opened();
  for (const [node, path] of [
    [sample.inner.depth, "sample.inner.depth"],
    [sample.list[0], "sample.list.0"],
    [sample.map["any key"].x, 'sample.map["any key"].x'],
    [sample.inner.name, "sample.inner.name"],
    [sample.map.apply.length, "sample.map.apply.length"],
  ]) {
    assert.equal(node.$path, path);
    const value = node.then((given) => given);
    assert.equal(FakeSocket.last.requests("object.get").at(-1).params.path, path);
    FakeSocket.last.answer("object.get", path);
    assert.equal(await value, path);
  }
  const inner = await sample.inner;
  assert.deepEqual([inner.$path, Object.keys(inner), await inner], ["sample.inner", ["depth"], inner]);
});

test("calls by position and by name; binary arguments travel as base64", async () => {
  const { tangor, sample } = await opened();
  const parameters = () => FakeSocket.last.requests("object.call").at(-1).params;
  const sum = sample.test_sum(4, 5);
  await settle();
  assert.deepEqual(parameters(), { path: "sample.test_sum", arguments: [4, 5] });
  FakeSocket.last.answer("object.call", 9);
  assert.equal(await sum, 9);
  sample.test_sum.$with({ a: 4, b: new Uint8Array([1, 2, 255]) });
  await settle();
  assert.deepEqual(parameters(), { path: "sample.test_sum", arguments: { a: 4, b: "AQL/" } });
  sample.inner.total();
  await settle();
  assert.deepEqual(parameters(), { path: "sample.inner.total", arguments: [] });
  sample.test_sum(4, undefined);
  await settle();
  assert.deepEqual(parameters(), { path: "sample.test_sum", arguments: [4] });
  await assert.rejects(sample.test_sum(() => {}), { code: "invalid_parameters" });
  await assert.rejects(sample.test_sum(sample.a), { code: "invalid_parameters" });
  const stop = new AbortController();
  const aborted = assert.rejects(tangor.callObject("sample.test_sum", [1], { signal: stop.signal }), { name: "AbortError" });
  await settle();
  stop.abort();
  await aborted;
  assert.equal(FakeSocket.last.requests("rpc.cancel").length, 1);
});

test("what comes after an assignment sees it; failures of assignments are events", async () => {
  const { sample, tangor, errors } = await opened();
  const methods = () => FakeSocket.last.sent.slice(1).map((message) => message.method);
  const list = [1];
  sample.a = list;
  list.push(2);
  sample.a = 3;
  const value = sample.a.then((given) => given);
  const other = tangor.get("other.a");
  await settle();
  // Only the first write is out: the second waits for it, the read for both; another object waits for nothing.
  assert.deepEqual(methods(), ["object.set", "object.get"]);
  assert.deepEqual(FakeSocket.last.requests("object.set")[0].params, { path: "sample.a", value: [1] });
  FakeSocket.last.answer("object.get", "other");
  assert.equal(await other, "other");
  FakeSocket.last.answer("object.set", null);
  await settle();
  assert.equal(FakeSocket.last.requests("object.set")[1].params.value, 3);
  refuse(FakeSocket.last, "object.set", "not_settable");
  await settle();
  assert.deepEqual(errors.map((error) => [error.code, error.message]), [["not_settable", "sample.a was not set: No."]]);
  FakeSocket.last.answer("object.get", 1);
  assert.equal(await value, 1);
  const awaited = assert.rejects(tangor.set("sample.a", 4), { code: "not_settable" });
  refuse(FakeSocket.last, "object.set", "not_settable");
  await awaited;
  assert.equal(errors.length, 1);
});

test("delete sample.a", async () => {
  const { sample, errors } = await opened();
  assert.equal(delete sample.a, true);
  assert.deepEqual(FakeSocket.last.requests("object.delete")[0].params, { path: "sample.a" });
  refuse(FakeSocket.last, "object.delete", "not_deletable");
  await settle();
  assert.equal(errors[0].code, "not_deletable");
  assert.throws(() => {
    "use strict";
    sample.$path = 1;
  }, TypeError);
});

test("a call over a sequence is a stream, followed from its beginning and cancelled with its loop", async () => {
  const { sample } = await opened();
  const key = "0".repeat(32);
  const seen = [];
  const loop = (async () => {
    for await (const value of sample.count(3)) {
      seen.push(value);
      if (seen.length === 2) break;
    }
  })();
  await settle();
  FakeSocket.last.answer("object.call", { key });
  await settle();
  const { params } = FakeSocket.last.requests("stream.subscribe")[0];
  assert.deepEqual([params.key, params.after], [key, 0]);
  FakeSocket.last.answer("stream.subscribe", {});
  for (const index of [1, 2, 3]) FakeSocket.last.notify("stream.value", { key, index, data: index * 10 });
  await loop;
  assert.deepEqual(seen, [10, 20]);
  assert.deepEqual(FakeSocket.last.requests("stream.cancel")[0].params, { key });
  const stream = sample.count(3);
  await settle();
  FakeSocket.last.answer("object.call", { key: "1".repeat(32) });
  assert.ok((await stream) instanceof TangorStream);
  const plain = (async () => {
    for await (const value of sample.test_sum(1)) return value;
  })();
  const refused = assert.rejects(plain, { code: "not_a_stream" });
  await settle();
  FakeSocket.last.answer("object.call", 4);
  await refused;
});

test("descriptions are fetched once, and again after a reconnection; proxies stay", async () => {
  const { tangor, sample, clock } = await opened();
  assert.equal(await tangor.object("sample"), sample);
  assert.equal(FakeSocket.last.requests("object.describe").length, 1);
  FakeSocket.last.drop();
  await clock.advance(1_000);
  FakeSocket.last.open();
  assert.equal(FakeSocket.last.requests("object.describe").length, 1);
  FakeSocket.last.answer("object.describe", { ...description, members: description.members.slice(0, 1) });
  await settle();
  assert.deepEqual(Object.keys(sample), ["a"]);
  const missing = assert.rejects(tangor.object("nothing"), { code: "object_not_found" });
  refuse(FakeSocket.last, "object.describe", "object_not_found");
  await missing;
});

test("over HTTP the order holds as well", async () => {
  const order = [];
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const { fetch } = scripted(async (_, init) => {
    const { id, method } = JSON.parse(init.body);
    if (method === "object.set") await held;
    order.push(method);
    return json({ jsonrpc: "2.0", id, result: 1 });
  });
  const surroundings = world({ fetch });
  const tangor = connect({ url, environment: surroundings.environment, transport: "http" });
  await tangor.ready();
  const set = tangor.set("sample.a", 1);
  const get = tangor.get("sample.a");
  await settle();
  release();
  await Promise.all([set, get]);
  assert.deepEqual(order, ["rpc.ping", "object.set", "object.get"]);
});

test("writes that wait are bounded", async () => {
  const order = new WriteOrder(2);
  const never = () => new Promise(() => {});
  order.write("a", never);
  order.write("a", never);
  await assert.rejects(order.write("a", never), { code: "queue_full", retry: true });
});

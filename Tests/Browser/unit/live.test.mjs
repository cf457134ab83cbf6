import assert from "node:assert/strict";
import { test } from "node:test";
import { TangorError, connect } from "../../../Browser/tangor.js";
import { FakeSocket, json, scripted, settle, world } from "./world.mjs";

const url = "http://server/app/";

function connected(options = {}, parts = {}) {
  const surroundings = world(parts);
  const tangor = connect({ url, environment: surroundings.environment, ...options });
  const states = [];
  const errors = [];
  tangor.addEventListener("statechange", (event) => states.push(event.detail));
  tangor.addEventListener("error", (event) => errors.push(event.detail));
  return { ...surroundings, tangor, states, errors };
}

test("calls wait for the connection and are answered by id", async () => {
  const { tangor } = connected();
  const first = tangor.call("a", { x: 1 });
  const second = tangor.call("b");
  assert.equal(FakeSocket.last.url, "ws://server/app/live");
  assert.deepEqual(FakeSocket.last.sent, []);
  FakeSocket.last.open();
  const [a, b] = FakeSocket.last.sent;
  assert.deepEqual(a, { jsonrpc: "2.0", id: a.id, method: "a", params: { x: 1 } });
  FakeSocket.last.say([{ jsonrpc: "2.0", id: b.id, result: "B" }, { jsonrpc: "2.0", id: a.id, result: "A" }]);
  assert.deepEqual(await Promise.all([first, second]), ["A", "B"]);
});

test("a broken connection rejects what was under way, sends again what may be, and comes back", async () => {
  const { tangor, clock, states } = connected();
  FakeSocket.last.open();
  const once = assert.rejects(tangor.call("once"), { name: "TangorError", code: "connection_lost", retry: true });
  const safe = tangor.call("safe", {}, { idempotent: true });
  FakeSocket.last.drop();
  await once;
  assert.equal(tangor.state, "waiting");
  const late = tangor.call("late");
  const before = FakeSocket.all.length;
  await clock.advance(states.at(-1).retryIn);
  assert.equal(FakeSocket.all.length, before + 1);
  FakeSocket.last.open();
  assert.deepEqual(FakeSocket.last.sent.map((message) => message.method), ["safe", "late"]);
  FakeSocket.last.answer("safe", 1);
  FakeSocket.last.answer("late", 2);
  assert.deepEqual([await safe, await late], [1, 2]);
});

test("the wait grows while the server is away and starts anew after a stable time", async () => {
  const { clock, states } = connected({ transport: "websocket", backoff: { base: 100, cap: 1_000, floor: 0 } }, { random: () => 0.999_999 });
  const waits = () => states.filter((change) => change.state === "waiting").map((change) => change.retryIn);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    FakeSocket.last.drop();
    await clock.advance(waits().at(-1));
  }
  assert.deepEqual(waits(), [100, 200, 400, 800, 1_000]);
  // Open for a moment only: the server may be failing over and over.
  FakeSocket.last.open();
  await clock.advance(100);
  FakeSocket.last.drop();
  assert.equal(waits().at(-1), 1_000);
  await clock.advance(1_000);
  FakeSocket.last.open();
  await clock.advance(5_000);
  FakeSocket.last.drop();
  assert.equal(waits().at(-1), 100);
});

test("close codes from 4500 end it for good, those below do not", async () => {
  const { tangor, clock, errors } = connected();
  FakeSocket.last.open();
  FakeSocket.last.drop(4408, "no pong");
  assert.equal(tangor.state, "waiting");
  await clock.advance(1_000);
  FakeSocket.last.open();
  const call = assert.rejects(tangor.call("a"), { code: "connection_refused", retry: false });
  const count = FakeSocket.all.length;
  FakeSocket.last.drop(4500, "never");
  await call;
  assert.equal(tangor.state, "closed");
  assert.equal(errors.at(-1).code, "connection_refused");
  await clock.advance(600_000);
  assert.equal(FakeSocket.all.length, count);
  await assert.rejects(tangor.call("b"), { code: "connection_refused" });
});

test("close() ends everything and nothing follows", async () => {
  const { tangor, clock } = connected();
  FakeSocket.last.open();
  const call = assert.rejects(tangor.call("a"), { code: "connection_closed", retry: false });
  const socket = FakeSocket.last;
  tangor.close();
  await call;
  assert.equal(socket.closed.code, 1000);
  assert.equal(clock.timers.size, 0);
  await assert.rejects(tangor.ready(), { code: "connection_closed" });
  assert.equal(tangor.notify("x"), false);
});

test("the network's return and a tab's showing cut the wait short", () => {
  const { tangor, page, document } = connected();
  FakeSocket.last.open();
  for (const wake of [() => page.dispatchEvent(new Event("online")), () => document.dispatchEvent(new Event("visibilitychange"))]) {
    const count = FakeSocket.all.length;
    FakeSocket.last.drop();
    assert.equal(tangor.state, "waiting");
    wake();
    assert.equal(FakeSocket.all.length, count + 1);
    FakeSocket.last.open();
    assert.equal(tangor.state, "open");
  }
});

test("a page that goes closes its socket; one that sleeps comes back", () => {
  const { tangor, page } = connected();
  FakeSocket.last.open();
  const first = FakeSocket.last;
  page.dispatchEvent(Object.assign(new Event("pagehide"), { persisted: true }));
  assert.deepEqual([tangor.state, first.closed.code], ["waiting", 1000]);
  page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  FakeSocket.last.open();
  assert.equal(tangor.state, "open");
  page.dispatchEvent(Object.assign(new Event("pagehide"), { persisted: false }));
  assert.deepEqual([tangor.state, FakeSocket.last.closed.code], ["closed", 1000]);
});

test("an aborted or overdue call is cancelled on the server", async () => {
  const { tangor, clock } = connected();
  FakeSocket.last.open();
  const stop = new AbortController();
  const aborted = assert.rejects(tangor.call("slow", {}, { signal: stop.signal }), { name: "AbortError" });
  const overdue = assert.rejects(tangor.call("slower", {}, { timeout: 500 }), { code: "timeout", retry: true });
  stop.abort();
  await clock.advance(500);
  await Promise.all([aborted, overdue]);
  const ids = ["slow", "slower"].map((method) => FakeSocket.last.requests(method)[0].id);
  assert.deepEqual(FakeSocket.last.requests("rpc.cancel").map((message) => message.params.id), ids);
  await assert.rejects(tangor.call("late", {}, { signal: AbortSignal.abort() }), { name: "AbortError" });
});

test("notifications reach their handlers; one that throws does not harm the others", () => {
  const { tangor, reported } = connected();
  const heard = [];
  tangor.on("news", () => {
    throw new Error("mine");
  });
  const stop = tangor.on("news", (parameters) => heard.push(parameters.n));
  FakeSocket.last.open();
  FakeSocket.last.notify("news", { n: 1 });
  stop();
  FakeSocket.last.notify("news", { n: 2 });
  assert.deepEqual(heard, [1]);
  assert.equal(reported.length, 2);
});

test("what is no JSON-RPC is an error event, not a broken page", () => {
  const { tangor, errors } = connected();
  FakeSocket.last.open();
  FakeSocket.last.say("{nonsense");
  assert.equal(errors.at(-1).code, "protocol_error");
  FakeSocket.last.say({ jsonrpc: "2.0", id: 9, method: "alert" });
  assert.equal(FakeSocket.last.sent.at(-1).error.code, -32601);
  assert.equal(tangor.state, "open");
});

test("where WebSockets do not get through, calls go over HTTP", async () => {
  const { fetch, requests } = scripted((_, init) => {
    const { id, method } = JSON.parse(init.body);
    if (method === "bad") return json({ jsonrpc: "2.0", id, error: { code: -32601, message: "no such method" } });
    if (method === "busy") return json({ code: "too_many_requests", detail: "Later.", retry: true }, 429, { "Retry-After": "2" });
    return json({ jsonrpc: "2.0", id, result: method });
  });
  const { tangor } = connected({}, { fetch });
  const waiting = tangor.call("early");
  FakeSocket.last.drop();
  assert.equal(await waiting, "early");
  assert.deepEqual([tangor.state, tangor.transport], ["open", "http"]);
  await assert.rejects(tangor.call("bad"), { code: "method_not_found" });
  await assert.rejects(tangor.call("busy"), { code: "too_many_requests", status: 429, retryAfter: 2 });
  assert.ok(requests.every(({ url, method }) => url.href === "http://server/app/rpc" && method === "POST"));
});

test("a server that was reached by WebSocket before is not given up for HTTP at once", async () => {
  const { fetch, requests } = scripted((_, init) => json({ jsonrpc: "2.0", id: JSON.parse(init.body).id, result: {} }));
  const { tangor, clock, states } = connected({}, { fetch });
  FakeSocket.last.open();
  FakeSocket.last.drop();
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    assert.equal(requests.length, 0);
    await clock.advance(states.at(-1).retryIn);
    assert.equal(tangor.state, "connecting");
    FakeSocket.last.drop();
  }
  await settle();
  assert.equal(tangor.transport, "http");
});

test("over HTTP a lost request fails alone and the connection is sought anew", async () => {
  let down = false;
  const { fetch } = scripted((_, init) => {
    if (down) throw new TypeError("fetch failed");
    return json({ jsonrpc: "2.0", id: JSON.parse(init.body).id, result: 1 });
  });
  const { tangor, clock } = connected({ transport: "http" }, { fetch });
  await tangor.ready();
  down = true;
  await assert.rejects(tangor.call("a"), (error) => error instanceof TangorError && error.code === "connection_lost");
  assert.equal(tangor.state, "waiting");
  const again = tangor.call("b");
  down = false;
  await clock.advance(1_000);
  assert.equal(await again, 1);
});

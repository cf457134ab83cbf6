import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../../Browser/tangor.js";
import { FakeSocket, json, scripted, settle, world } from "./world.mjs";

const url = "http://server/app/";

/** A page with an open connection. */
function opened(options = {}) {
  const surroundings = world();
  const tangor = connect({ url, environment: surroundings.environment, ...options });
  FakeSocket.last.open();
  return { ...surroundings, tangor };
}

test("a wait gives the value, and one for several names says which came", async () => {
  const { tangor } = opened();
  const one = tangor.signals.wait("a", { timeout: 5_000 });
  assert.deepEqual(FakeSocket.last.requests("signal.wait")[0].params, { name: "a", timeout: 5 });
  FakeSocket.last.answer("signal.wait", { name: "a", value: { x: 1 } });
  assert.deepEqual(await one, { x: 1 });
  const several = tangor.signals.wait(["a", "b"], { timeout: "1m" });
  assert.deepEqual(FakeSocket.last.requests("signal.wait")[1].params, { names: ["a", "b"], timeout: "1m" });
  FakeSocket.last.answer("signal.wait", { name: "b", value: null });
  assert.deepEqual(await several, { name: "b", value: null });
});

test("a signal goes with its value, null by default, and what was asked", async () => {
  const { tangor } = opened();
  const sent = tangor.signals.send("a");
  assert.deepEqual(FakeSocket.last.requests("signal.send")[0].params, { name: "a", value: null });
  FakeSocket.last.answer("signal.send", { woken: 2, kept: false });
  assert.deepEqual(await sent, { woken: 2, kept: false });
  tangor.signals.send("a", [1], { to: "first", sticky: 1_500 }).catch(() => {});
  assert.deepEqual(FakeSocket.last.requests("signal.send")[1].params, { name: "a", value: [1], to: "first", sticky: 1.5 });
  tangor.signals.send("a", 0, { sticky: true }).catch(() => {});
  assert.deepEqual(FakeSocket.last.requests("signal.send")[2].params, { name: "a", value: 0, sticky: true });
});

test("a timeout is the server's error, and the page's own limit of calls does not end a wait", async () => {
  const { tangor, clock } = opened({ timeout: 1_000 });
  const wait = tangor.signals.wait("a");
  const failed = assert.rejects(wait, { name: "TangorError", code: "signal_timeout", retry: true });
  await clock.advance(20_000);
  const { id } = FakeSocket.last.requests("signal.wait")[0];
  const data = { code: "signal_timeout", detail: "It did not come.", retry: true };
  FakeSocket.last.say({ jsonrpc: "2.0", id, error: { code: -32080, message: "No signal came", data } });
  await failed;
});

test("ending a wait tells the server", async () => {
  const { tangor } = opened();
  const stop = new AbortController();
  const wait = tangor.signals.wait("a", { signal: stop.signal });
  const { id } = FakeSocket.last.requests("signal.wait")[0];
  stop.abort();
  await assert.rejects(wait, { name: "AbortError" });
  assert.deepEqual(FakeSocket.last.requests("rpc.cancel")[0].params, { id });
});

test("a wait begins anew after a broken connection, a signal is not sent twice", async () => {
  const { tangor, clock } = opened();
  const wait = tangor.signals.wait("a");
  const lost = assert.rejects(tangor.signals.send("b", 1), { code: "connection_lost" });
  FakeSocket.last.drop();
  await lost;
  await clock.advance(1_000);
  FakeSocket.last.open();
  await settle();
  assert.equal(FakeSocket.last.requests("signal.send").length, 0);
  FakeSocket.last.answer("signal.wait", { name: "a", value: 7 });
  assert.equal(await wait, 7);
});

test("without WebSockets both go over HTTP, a wait holding up nothing", async () => {
  let arrive;
  const { fetch, requests } = scripted(async (_, init) => {
    const request = JSON.parse(init.body);
    if (request.method === "signal.wait") await new Promise((done) => (arrive = done));
    const result = request.method === "signal.wait" ? { name: "a", value: 1 } : { woken: 1, kept: false };
    return json({ jsonrpc: "2.0", id: request.id, result });
  });
  const { environment } = world({ fetch, sockets: false });
  const tangor = connect({ url, environment, transport: "http" });
  const wait = tangor.signals.wait("a");
  assert.deepEqual(await tangor.signals.send("a", 1), { woken: 1, kept: false });
  arrive();
  assert.equal(await wait, 1);
  assert.ok(requests.every(({ url: { pathname } }) => pathname === "/app/rpc"));
});

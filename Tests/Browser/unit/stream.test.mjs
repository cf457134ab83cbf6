import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, poll, stream } from "../../../Browser/tangor.js";
import { FakeSocket, json, lines, scripted, settle, world } from "./world.mjs";

const url = "http://server/";
const key = "0123456789abcdef0123456789abcdef";

async function opened(options = {}, parts = {}) {
  const surroundings = world(parts);
  const tangor = connect({ url, environment: surroundings.environment });
  FakeSocket.last.open();
  const values = tangor.stream("/numbers?n=9", options);
  const first = values.next();
  first.catch(() => {});
  await settle();
  FakeSocket.last.answer("stream.open", { key });
  await settle();
  return { ...surroundings, tangor, values, first };
}

const value = (index) => FakeSocket.last.notify("stream.value", { key, index, data: index * 10 });

test("a loop receives all values in order and ends", async () => {
  const { values, first } = await opened();
  assert.deepEqual(FakeSocket.last.requests("stream.open")[0].params, { service: "/numbers?n=9" });
  assert.deepEqual(FakeSocket.last.requests("stream.subscribe")[0].params, { key, credit: 32, after: 0 });
  // The first value overtakes the answer.
  value(1);
  FakeSocket.last.answer("stream.subscribe", {});
  value(2);
  FakeSocket.last.notify("stream.finished", { key, index: 2 });
  const seen = [(await first).value];
  for await (const one of values) seen.push(one);
  assert.deepEqual(seen, [10, 20]);
  assert.equal(await values.key, key);
  assert.deepEqual(FakeSocket.last.requests("stream.cancel"), []);
});

test("nothing is asked of the server before someone wants a value", async () => {
  const { environment } = world();
  const tangor = connect({ url, environment });
  FakeSocket.last.open();
  tangor.stream("/numbers").cancel();
  await settle();
  assert.deepEqual(FakeSocket.last.sent, []);
});

test("credit is granted as the loop consumes, and not while it does not", async () => {
  const { values, first } = await opened({ credit: 4 });
  FakeSocket.last.answer("stream.subscribe", {});
  for (let index = 1; index <= 4; index += 1) value(index);
  await first;
  await settle();
  assert.deepEqual(FakeSocket.last.requests("stream.credit"), []);
  await values.next();
  await settle();
  assert.deepEqual(FakeSocket.last.requests("stream.credit").map(({ params }) => params), [{ key, credit: 2 }]);
});

test("a server that sends beyond its credit is stopped", async () => {
  const { values, first } = await opened({ credit: 2 });
  FakeSocket.last.answer("stream.subscribe", {});
  await settle();
  value(1);
  await first;
  for (let index = 2; index <= 5; index += 1) value(index);
  assert.equal((await values.next()).value, 20);
  await assert.rejects(async () => {
    for (;;) if ((await values.next()).done) break;
  }, { code: "protocol_error" });
  await settle();
  assert.equal(FakeSocket.last.requests("stream.cancel").length, 1);
});

test("after a break it goes on behind the last value: nothing lost, nothing twice", async () => {
  const { values, first, clock } = await opened({ credit: 8 });
  FakeSocket.last.answer("stream.subscribe", {});
  value(1);
  value(2);
  value(3);
  await first;
  FakeSocket.last.drop();
  await settle();
  await clock.advance(1_000);
  FakeSocket.last.open();
  await settle();
  // Values 2 and 3 still wait in the page, so the new subscription has credit for six.
  assert.deepEqual(FakeSocket.last.requests("stream.subscribe")[0].params, { key, credit: 6, after: 3 });
  FakeSocket.last.answer("stream.subscribe", {});
  value(3);
  value(4);
  FakeSocket.last.notify("stream.finished", { key, index: 4 });
  const seen = [];
  for await (const one of values) seen.push(one);
  assert.deepEqual(seen, [20, 30, 40]);
});

test("with a full buffer it subscribes anew only when there is room", async () => {
  const { values, first, clock } = await opened({ credit: 2 });
  FakeSocket.last.answer("stream.subscribe", {});
  await settle();
  value(1);
  await first;
  value(2);
  await settle();
  FakeSocket.last.answer("stream.credit", {});
  value(3);
  FakeSocket.last.drop();
  await settle();
  await clock.advance(1_000);
  FakeSocket.last.open();
  await settle();
  assert.deepEqual(FakeSocket.last.requests("stream.subscribe"), []);
  await values.next();
  await settle();
  assert.deepEqual(FakeSocket.last.requests("stream.subscribe")[0].params, { key, credit: 1, after: 3 });
});

test("without resume a break ends the loop", async () => {
  const { first } = await opened({ resume: false });
  FakeSocket.last.drop();
  await assert.rejects(first, { code: "connection_lost", retry: true });
});

test("a stream that expired meanwhile ends the loop with its error", async () => {
  const { first, clock } = await opened();
  FakeSocket.last.drop();
  await settle();
  await clock.advance(1_000);
  FakeSocket.last.open();
  await settle();
  const { id } = FakeSocket.last.requests("stream.subscribe")[0];
  FakeSocket.last.say({ jsonrpc: "2.0", id, error: { code: -32040, message: "Stream not found", data: { code: "stream_not_found", retry: false } } });
  await assert.rejects(first, { code: "stream_not_found" });
});

test("a failure comes after the values before it, once", async () => {
  const { values, first } = await opened();
  FakeSocket.last.answer("stream.subscribe", {});
  value(1);
  value(2);
  FakeSocket.last.notify("stream.failed", { key, error: { code: -32041, message: "Stream failed", data: { code: "stream_failed", detail: "out of ink" } } });
  await settle();
  assert.equal((await first).value, 10);
  assert.equal((await values.next()).value, 20);
  await assert.rejects(values.next(), { code: "stream_failed", message: "out of ink" });
  assert.equal((await values.next()).done, true);
});

test("leaving the loop cancels on the server", async () => {
  const { values, first } = await opened();
  FakeSocket.last.answer("stream.subscribe", {});
  value(1);
  value(2);
  await first;
  for await (const one of values) {
    assert.equal(one, 20);
    break;
  }
  assert.deepEqual(FakeSocket.last.requests("stream.cancel").map(({ params }) => params), [{ key }]);
  assert.equal((await values.next()).done, true);
});

test("an abort cancels on the server and is thrown in the loop", async () => {
  const stop = new AbortController();
  const { values, first } = await opened({ signal: stop.signal });
  FakeSocket.last.answer("stream.subscribe", {});
  value(1);
  await first;
  const next = assert.rejects(values.next(), { name: "AbortError" });
  stop.abort();
  await next;
  assert.equal(FakeSocket.last.requests("stream.cancel").length, 1);
});

test("a stream that is left while the connection is away is ended by HTTP", async () => {
  const { fetch, requests } = scripted(() => json({ key }));
  const { values, first } = await opened({}, { fetch });
  FakeSocket.last.answer("stream.subscribe", {});
  value(1);
  await first;
  FakeSocket.last.drop();
  values.cancel();
  await settle();
  assert.deepEqual(requests.map((request) => `${request.method} ${request.url.pathname}`), [`DELETE /stream/${key}`]);
});

test("closing the connection cancels its streams", async () => {
  const { tangor, first } = await opened();
  FakeSocket.last.answer("stream.subscribe", {});
  tangor.close();
  await assert.rejects(first, { code: "connection_closed" });
  assert.equal(FakeSocket.last.requests("stream.cancel").length, 1);
});

test("progress is told in its place, and followed by its newest report", async () => {
  const told = [];
  const { values, first } = await opened({ onprogress: (progress) => told.push(progress.completed) });
  FakeSocket.last.answer("stream.subscribe", {});
  const report = (completed) => FakeSocket.last.notify("stream.progress", { key, completed, total: 9 });
  report(1);
  assert.deepEqual(told, [1]);
  value(1);
  value(2);
  report(2);
  report(3);
  await first;
  assert.deepEqual(told, [1]);
  await values.next();
  await settle();
  assert.deepEqual(told, [1, 3]);
  assert.equal(values.progress.latest.total, 9);
  FakeSocket.last.notify("stream.finished", { key, index: 2 });
  assert.equal((await values.next()).done, true);
  for await (const progress of values.progress) assert.equal(progress.completed, 3);
});

test("over HTTP a response that is cut short is taken up again behind the last value", async () => {
  const { fetch, requests } = scripted((asked, init) => {
    if (asked.pathname === "/numbers") return json({ key });
    assert.equal(init.headers.Accept, "application/x-ndjson");
    if (asked.search === "?after=0") return lines({ index: 1, data: "a" }, { progress: { completed: 1 } }, { index: 2, data: "b" });
    if (asked.search === "?after=2") return lines({ index: 2, data: "b" }, { index: 3, data: "c" }, { finished: true });
    throw new Error(asked.href);
  });
  const { environment } = world({ fetch });
  const seen = [];
  for await (const one of stream("/numbers", { url, environment, credit: 2 })) seen.push(one);
  assert.deepEqual(seen, ["a", "b", "c"]);
  assert.equal(requests.filter((request) => request.method === "DELETE").length, 0);
});

test("over HTTP errors in the response end the loop, and leaving it deletes the stream", async () => {
  const { fetch, requests } = scripted((asked) => {
    if (asked.pathname === "/plain") return json({ answer: 42 });
    if (asked.pathname === "/gone") return json({ code: "service_not_found", detail: "Nothing there." }, 404);
    if (asked.pathname.startsWith("/stream/")) {
      return lines({ index: 1, data: 1 }, { index: 2, data: 2 }, { error: { code: "stream_failed", detail: "broken", status: 500 } });
    }
    return json({ key });
  });
  const { environment } = world({ fetch });
  const open = (path) => stream(path, { url, environment });
  await assert.rejects(open("/plain").next(), { code: "not_a_stream" });
  await assert.rejects(open("/gone").next(), { code: "service_not_found", status: 404 });
  await assert.rejects(async () => {
    for await (const one of open("/fails")) assert.ok(one <= 2);
  }, { code: "stream_failed", message: "broken" });
  for await (const one of open("/left")) {
    assert.equal(one, 1);
    break;
  }
  await settle();
  assert.equal(requests.filter((request) => request.method === "DELETE").length, 1);
});

test("a stream that never gets further gives up", async () => {
  const { fetch, requests } = scripted((asked) => {
    if (asked.pathname === "/numbers") return json({ key });
    throw new TypeError("fetch failed");
  });
  const { environment, clock } = world({ fetch });
  const next = assert.rejects(stream("/numbers", { url, environment }).next(), { code: "connection_lost" });
  await settle();
  await clock.advance(600_000);
  await next;
  assert.equal(requests.length, 12);
});

test("polling makes one key, yields until done, and tries again where it may", async () => {
  let failures = 1;
  const { fetch, requests } = scripted((asked, _, count) => {
    if (count === 2 && failures-- > 0) return json({ code: "too_many_requests", retry: true }, 429, { "Retry-After": "1" });
    return count > 4 ? json({ state: "done", content: null }) : json({ state: "ready", content: count });
  });
  const { environment, clock } = world({ fetch });
  const seen = [];
  const loop = (async () => {
    for await (const one of poll("/countdown?from=3", { url, environment })) seen.push(one);
  })();
  await settle();
  assert.deepEqual(seen, [1]);
  await clock.advance(1_000);
  await loop;
  assert.deepEqual(seen, [1, 3, 4]);
  const keys = new Set(requests.map((request) => request.url.searchParams.get("key")));
  assert.equal(keys.size, 1);
  assert.match([...keys][0], /^[0-9a-f-]{32,36}$/);
});

test("polling something else says so", async () => {
  const { fetch } = scripted(() => json({ key }));
  const { environment } = world({ fetch });
  await assert.rejects(poll("/primes", { url, environment }).next(), { code: "protocol_error" });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode } from "../../../Browser/msgpack.js";
import { Pieces, cut } from "../../../Browser/wslink-pieces.js";
import { Wslink } from "../../../Browser/wslink.js";
import { settle } from "./world.mjs";

/** The page's end of a socket to a program that is the test. */
class Socket {
  static last;
  sent = [];
  #pieces = new Pieces(1 << 30);

  constructor(url) {
    this.url = url;
    Socket.last = this;
  }
  send(piece) {
    this.sent.push(piece.length);
    const whole = this.#pieces.add(piece);
    if (whole !== undefined) this.requests.push(decode(whole));
  }
  requests = [];
  close() {
    this.isClosed = true;
  }

  say(message, limit = 1 << 22) {
    for (const piece of cut(encode(message), limit)) this.onmessage({ data: piece.buffer });
  }
  get request() {
    return this.requests.at(-1);
  }
  answer(result, request = this.request) {
    this.say({ wslink: "1.0", id: request.id, result });
  }
}

async function opened(options = {}) {
  const reported = [];
  const client = new Wslink("ws://host/key/ws", { secret: "s", environment: { WebSocket: Socket, report: (error) => reported.push(error) }, ...options });
  const socket = Socket.last;
  socket.onopen();
  assert.deepEqual(socket.request, { wslink: "1.0", id: "system:c0:0", method: "wslink.hello", args: [{ secret: "s" }], kwargs: {} });
  socket.answer({ clientID: "c7", maxMsgSize: 1_000 });
  await client.ready;
  return { client, socket, reported };
}

test("calls wait for the greeting, and get their own answers", async () => {
  const client = new Wslink("ws://host/ws", { environment: { WebSocket: Socket } });
  const socket = Socket.last;
  const early = client.call("a", [1], { named: { b: 2 } });
  await settle();
  assert.equal(socket.requests.length, 0);
  socket.onopen();
  assert.deepEqual(socket.request.args, [{ secret: "wslink-secret" }]);
  socket.answer({ clientID: "c7", maxMsgSize: 4_194_304 });
  await settle();
  const first = socket.request;
  assert.deepEqual(first, { wslink: "1.0", id: "rpc:c7:1", method: "a", args: [1], kwargs: { b: 2 } });
  const other = client.call("c");
  await settle();
  socket.answer("second");
  socket.answer(new Uint8Array([1, 2]), first);
  assert.deepEqual([await early, await other], [new Uint8Array([1, 2]), "second"]);
});

test("errors of the program have names", async () => {
  const { client, socket } = await opened();
  for (const [error, code, message] of [
    [{ code: -32601, message: "Unregistered method called", data: "a" }, "method_not_found", "Unregistered method called"],
    [{ code: -32001, message: "Exception raised", data: { exception: "ValueError('x')" } }, "program_error", "Exception raised: ValueError('x')"],
    [{ code: -32000, message: "Unauthorized" }, "forbidden", "Unauthorized"],
  ]) {
    const call = client.call("a");
    await settle();
    socket.say({ wslink: "1.0", id: socket.request.id, error });
    await assert.rejects(call, { code, message });
  }
});

test("a wrong secret ends the connection", async () => {
  const client = new Wslink("ws://host/ws", { environment: { WebSocket: Socket } });
  const socket = Socket.last;
  socket.onopen();
  socket.say({ wslink: "1.0", id: "system:c0:0", error: { code: -32000, message: "Authentication failed" } });
  await assert.rejects(client.ready, { code: "forbidden" });
  await assert.rejects(client.call("a"), { code: "forbidden" });
  assert.deepEqual([client.closed, socket.isClosed], [true, true]);
});

test("long calls go in pieces, answers and publications come in pieces", async () => {
  const { client, socket, reported } = await opened();
  const seen = [];
  const stop = client.subscribe("a:b", (value) => seen.push(value));
  client.subscribe("a:b", () => {
    throw new Error("the page's own");
  });
  client.subscribe("a", () => assert.fail("another topic"));
  const call = client.call("a", ["x".repeat(5_000)]);
  await settle();
  assert.ok(socket.sent.length > 5 && socket.sent.every((length) => length <= 1_000));
  assert.equal(socket.request.args[0].length, 5_000);
  const [one, two] = [{ id: "publish:a:b:3", result: new Uint8Array(5_000).fill(1) }, { id: socket.request.id, result: "y".repeat(5_000) }].map((message) => [...cut(encode(message), 700)]);
  for (let index = 0; index < one.length; index += 1) {
    for (const piece of [one[index], two[index]]) if (piece) socket.onmessage({ data: piece.buffer });
  }
  assert.equal((await call).length, 5_000);
  assert.deepEqual([seen.length, seen[0].length, reported.length], [1, 5_000, 1]);
  stop();
  socket.say({ id: "publish:a:b:4", result: 1 });
  assert.deepEqual([seen.length, reported.length], [1, 2]);
});

test("the end of the program is told apart from a lost connection", async () => {
  for (const [code, reason, name, retry] of [
    [4504, "program ended", "program_ended", false], [4511, "program crashed with status 3", "program_failed", false],
    [1006, "", "connection_lost", true], [1001, "", "connection_lost", true], [1014, "", "connection_lost", true],
  ]) {
    const { client, socket } = await opened();
    const ends = [];
    client.addEventListener("close", ({ detail }) => ends.push(detail));
    const call = client.call("a");
    await settle();
    socket.onclose({ code, reason });
    await assert.rejects(call, { code: name, retry, message: reason || `The connection to the program ended (${code}).` });
    assert.deepEqual([ends.length, ends[0].data.code], [1, code]);
    client.close();
    assert.equal(ends.length, 1);
  }
});

test("signals end a call, or the connection", async () => {
  const stop = new AbortController();
  const { client, socket } = await opened({ signal: stop.signal });
  const one = new AbortController();
  const call = client.call("a", [], { signal: one.signal });
  const other = client.call("b");
  await settle();
  one.abort(new Error("enough"));
  await assert.rejects(call, /enough/);
  socket.answer(1, socket.requests.at(-2));
  stop.abort(new Error("gone"));
  await assert.rejects(other, /gone/);
  await assert.rejects(client.call("c"), /gone/);
  assert.equal(socket.isClosed, true);
  const late = new Wslink("ws://host/ws", { signal: stop.signal, environment: { WebSocket: Socket } });
  await assert.rejects(late.ready, /gone/);
});

test("what is no message of wslink's ends the connection", async () => {
  for (const data of [new Uint8Array(3), new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0xc1]), new Uint8Array([1, 0, 0, 0, 9, 0, 0, 0, 10, 0, 0, 0, 1])]) {
    const { client, socket } = await opened();
    socket.onmessage({ data: data.buffer });
    await assert.rejects(client.call("a"), { code: "protocol_error" });
    assert.equal(socket.isClosed, true);
  }
  const { client, socket } = await opened();
  socket.onmessage({ data: "text" });
  socket.say({ id: "rpc:c7:99", result: "of nobody" });
  assert.equal(client.closed, false);
});

test("pieces are bounded, and fit one behind the other", () => {
  const head = (number, offset, total, size) => {
    const piece = new Uint8Array(12 + size);
    new Uint32Array(piece.buffer, 0, 3).set([number, offset, total]);
    return piece;
  };
  const pieces = new Pieces(100);
  assert.equal(pieces.add(head(1, 0, 0, 0)).length, 0);
  assert.equal(pieces.add(head(1, 0, 60, 30)), undefined);
  assert.throws(() => pieces.add(head(2, 0, 60, 30)), RangeError);
  assert.throws(() => pieces.add(head(1, 0, 60, 30)), RangeError);
  assert.throws(() => pieces.add(head(1, 30, 61, 30)), RangeError);
  assert.throws(() => pieces.add(head(1, 30, 60, 31)), RangeError);
  assert.throws(() => pieces.add(head(1, 30, 60, 0)), RangeError);
  assert.equal(pieces.add(head(1, 30, 60, 30)).length, 60);
  assert.equal(pieces.add(head(2, 0, 90, 30)), undefined);
  const many = new Pieces(1 << 30);
  for (let number = 0; number < 64; number += 1) many.add(head(number, 0, 2, 1));
  assert.throws(() => many.add(head(64, 0, 2, 1)), RangeError);
  assert.throws(() => new Pieces(10).add(head(1, 0, 4_294_967_295, 1)), RangeError);
});

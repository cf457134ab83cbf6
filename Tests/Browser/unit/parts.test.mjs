import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../../../Browser/backoff.js";
import { CallTable, decode } from "../../../Browser/calls.js";
import { baseURL, resolve } from "../../../Browser/environment.js";
import { TangorError } from "../../../Browser/errors.js";
import { LineDecoder } from "../../../Browser/lines.js";
import { ReceiveWindow } from "../../../Browser/window.js";

test("back-off doubles its ceiling up to the cap and spreads over all of it", () => {
  const most = new Backoff({ base: 100, cap: 1_000, floor: 0 }, () => 0.999_999);
  assert.deepEqual(Array.from({ length: 6 }, () => most.next()), [100, 200, 400, 800, 1_000, 1_000]);
  const least = new Backoff({ base: 100, cap: 1_000, floor: 10 }, () => 0);
  assert.deepEqual(Array.from({ length: 3 }, () => least.next()), [10, 10, 10]);
  most.reset();
  assert.equal(most.next(), 100);
});

test("back-off stays finite after thousands of attempts", () => {
  const backoff = new Backoff({ cap: 30_000 }, () => 0.5);
  for (let attempt = 0; attempt < 5_000; attempt += 1) assert.ok(backoff.next() <= 30_000);
});

test("a window never lets more be buffered and under way than its capacity", () => {
  for (const capacity of [1, 2, 3, 7, 32]) {
    const window = new ReceiveWindow(capacity, 0);
    let credit = window.begin();
    let index = 0;
    // A sender that uses all credit at once, and a reader that takes in changing portions.
    for (let round = 1; round < 200; round += 1) {
      while (credit > 0) {
        credit -= 1;
        assert.equal(window.receive(++index, index), "kept");
        assert.ok(window.buffered + window.outstanding <= capacity);
      }
      for (let taken = 0; taken < (round % capacity) + 1; taken += 1) window.take();
      credit += window.grant();
      assert.ok(window.buffered + window.outstanding <= capacity);
    }
    assert.ok(index > capacity, "the window was refilled");
  }
});

test("a window grants in halves, not value by value", () => {
  const window = new ReceiveWindow(8, 0);
  window.begin();
  for (let index = 1; index <= 8; index += 1) window.receive(index, index);
  const grants = [];
  for (let taken = 0; taken < 8; taken += 1) {
    window.take();
    grants.push(window.grant());
  }
  assert.deepEqual(grants, [0, 0, 0, 4, 0, 0, 0, 4]);
});

test("a window passes over repeats and names a sender without credit", () => {
  const window = new ReceiveWindow(2, 0);
  window.begin();
  assert.equal(window.receive(1, "a"), "kept");
  assert.equal(window.receive(1, "a"), "repeated");
  assert.equal(window.receive(2, "b"), "overrun");
  assert.equal(window.last, 1);
});

test("a window keeps progress in its place and only the latest between two values", () => {
  const window = new ReceiveWindow(8, 0);
  window.begin();
  window.receive(1, "a");
  window.report({ completed: 1 });
  window.report({ completed: 2 });
  window.receive(2, "b");
  const seen = [window.take(), window.take(), window.take(), window.take()];
  assert.deepEqual(seen.map((entry) => entry?.kind === "value" ? entry.data : entry?.progress), ["a", { completed: 2 }, "b", undefined]);
});

test("a window refuses a credit out of range", () => {
  for (const credit of [0, -1, 1.5, 10_001, Number.NaN]) assert.throws(() => new ReceiveWindow(credit, 0), RangeError);
});

test("lines come out the same wherever the body is cut", () => {
  const body = new TextEncoder().encode('{"a":"ü€😀"}\n\r\n{"b":1}\r\nlast');
  for (let first = 0; first <= body.length; first += 1) {
    for (let second = first; second <= body.length; second += 1) {
      const decoder = new LineDecoder();
      const found = [body.slice(0, first), body.slice(first, second), body.slice(second)].flatMap((piece) => decoder.push(piece));
      assert.deepEqual([...found, ...decoder.finish()], ['{"a":"ü€😀"}', '{"b":1}', "last"]);
    }
  }
});

test("an endless line is refused", () => {
  const decoder = new LineDecoder(100);
  assert.throws(() => {
    for (let piece = 0; piece < 10; piece += 1) decoder.push(new Uint8Array(50).fill(97));
  }, RangeError);
});

test("calls that wait are bounded; those that are repeatable wait again, but not for ever", async () => {
  const table = new CallTable({ maxQueued: 2, maxSends: 3 });
  const safe = table.add("a", {}, true);
  const once = table.add("b", {}, false);
  assert.throws(() => table.add("c", {}, false), { code: "queue_full", retry: true });
  assert.equal(table.takeQueued().length, 2);
  assert.deepEqual(table.interrupt(), [once.call]);
  for (const sends of [2, 3]) {
    assert.deepEqual(table.takeQueued(), [safe.call]);
    assert.equal(safe.call.sent, sends);
    assert.deepEqual(table.interrupt(), sends === 3 ? [safe.call] : []);
  }
  assert.equal(table.calls.size, 0);
});

test("parameters that are no JSON are refused before anything waits", () => {
  const table = new CallTable();
  const cycle = {};
  cycle.self = cycle;
  assert.throws(() => table.add("a", cycle, false), { code: "invalid_parameters" });
  assert.equal(table.queued, 0);
});

test("messages are told apart, batches included", () => {
  const kinds = decode('[{"id":1,"result":null},{"id":2,"error":{"code":-32601}},{"method":"m"},{"method":"m","id":3},7]').map((m) => m.kind);
  assert.deepEqual(kinds, ["result", "error", "notification", "request", "malformed"]);
  assert.deepEqual(decode("{"), [{ kind: "malformed" }]);
});

test("problems and JSON-RPC errors become one kind of error", () => {
  const headers = new Headers({ "Retry-After": "3", "X-Request-Id": "r1" });
  const problem = TangorError.fromProblem({ code: "too_many_requests", detail: "Slow down.", retry: true }, 429, headers);
  assert.ok(problem instanceof Error);
  const { code, message, status, retry, retryAfter, requestId } = problem;
  assert.deepEqual([code, message, status, retry, retryAfter, requestId], ["too_many_requests", "Slow down.", 429, true, 3, "r1"]);

  const page = TangorError.fromProblem(undefined, 502, new Headers());
  assert.deepEqual([page.code, page.retry], ["bad_gateway", true]);

  const rpc = TangorError.fromRPC({ code: -32040, message: "Stream not found", data: { code: "stream_not_found", detail: "Gone.", retry: false } });
  assert.deepEqual([rpc.code, rpc.message, rpc.retry], ["stream_not_found", "Gone.", false]);
  assert.equal(TangorError.fromRPC({ code: -32601, message: "no" }).code, "method_not_found");
});

test("addresses stand below the base, whatever it is", () => {
  assert.equal(baseURL(undefined, "https://host/a/b/tangor/tangor.js").href, "https://host/a/b/");
  const base = baseURL("http://host/app", "");
  assert.equal(base.href, "http://host/app/");
  assert.equal(resolve(base, "/primes?from=2").href, "http://host/app/primes?from=2");
  assert.equal(resolve(base, "//evil/x").href, "http://host/app/evil/x");
  assert.equal(resolve(base, "https://other/x").href, "https://other/x");
  assert.throws(() => baseURL(undefined, "file:///x/tangor/tangor.js"), /connect\(\{ url/);
});

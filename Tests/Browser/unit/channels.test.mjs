import assert from "node:assert/strict";
import { test } from "node:test";
import { checkName, isPattern, matches } from "../../../Browser/channels/names.js";
import { MessageQueue } from "../../../Browser/channels/queue.js";
import { EventDecoder } from "../../../Browser/event-decoder.js";
import { connect } from "../../../Browser/tangor.js";
import { FakeSocket, settle, world } from "./world.mjs";

const url = "http://server/app/";
const epoch = "00000001";

function opened(parts = {}) {
  const surroundings = world(parts);
  const tangor = connect({ url, environment: surroundings.environment });
  const errors = [];
  tangor.addEventListener("error", (event) => errors.push(event.detail));
  FakeSocket.last.open();
  return { ...surroundings, tangor, errors };
}

const say = (channel, offset, more = {}) =>
  FakeSocket.last.notify("channel.message", { channel, epoch, offset, data: `${channel}${offset}`, ...more });

/** The server's answer: `state(offset, {latest, recovered})` for each channel. */
const state = (offset, more = {}) => ({ epoch, offset, ...more });
const retained = (channel, offset) => ({ latest: { offset, data: `${channel}${offset}` } });
const answer = (channels) => FakeSocket.last.answer("channel.subscribe", { channels, client: "me" });
const asked = () => FakeSocket.last.requests("channel.subscribe").map((request) => request.params);

/** Drops the connection and opens the next one. */
async function reconnect(clock) {
  const before = FakeSocket.all.length;
  FakeSocket.last.drop();
  while (FakeSocket.all.length === before) await clock.advance(1_000);
  FakeSocket.last.open();
  await settle();
}

test("wildcards match as in MQTT", () => {
  for (const [pattern, channel, expected] of [
    ["a", "a", true],
    ["a", "b", false],
    ["a", "a/b", false],
    ["+", "a", true],
    ["+", "a/b", false],
    ["+/b", "a/b", true],
    ["a/+", "a", false],
    ["a/+", "a/", true],
    ["+/+", "/a", true],
    ["/+", "/a", true],
    ["+", "/a", false],
    ["a/+/c", "a/b/c", true],
    ["a/+/c", "a/b/d", false],
    ["a/+/c", "a/b/c/d", false],
    ["#", "a/b/c", true],
    ["#", "", true],
    ["a/#", "a", true],
    ["a/#", "a/b/c", true],
    ["a/#", "ab", false],
    ["a/#", "b/a", false],
    ["+/#", "a", true],
    ["a//c", "a//c", true],
    ["a/+/c", "a//c", true],
    ["#", "$tangor/x", false],
    ["+/x", "$tangor/x", false],
    ["$tangor/#", "$tangor/x", true],
    ["$tangor/+", "$tangor/x", true],
    ["a/+", "a/$x", true],
  ]) {
    assert.equal(matches(pattern, channel), expected, `${pattern} and ${channel}`);
  }
  assert.deepEqual(["a", "a+", "a/+", "#", "a/#"].map(isPattern), [false, false, true, true, true]);
  for (const bad of ["", "a+", "a/#/b", "#a", "x".repeat(257), "/".repeat(32), 5]) {
    assert.throws(() => checkName(bad), { code: "invalid_parameters" });
  }
  for (const good of ["a", "+", "#", "a//b", "/".repeat(31)]) checkName(good);
});

test("handlers get the retained value, then each message, by name and by pattern", async () => {
  const { tangor, reported } = opened();
  const seen = [];
  const handler = (name) => (value, message) => seen.push([name, value, message.offset, message.isLatest === true]);
  const subscription = tangor.channels.subscribe({ a: handler("a"), "s/+": handler("s") });
  tangor.channels.subscribe("a", () => {
    throw new Error("mine");
  });
  await settle();
  assert.deepEqual(asked(), [{ channels: ["a", "s/+"] }]);
  answer({ a: state(4, retained("a", 4)), "s/1": state(2, retained("s/1", 2)) });
  // In the same turn as the answer, as a runtime may deliver them.
  say("a", 5);
  await subscription.ready;
  say("s/1", 3);
  say("s/2", 1);
  say("other", 1);
  assert.deepEqual(seen, [["a", "a4", 4, true], ["s", "s/12", 2, true], ["a", "a5", 5, false], ["s", "s/13", 3, false], ["s", "s/21", 1, false]]);
  assert.equal(reported.length, 2);
  assert.deepEqual(subscription.positions, { a: { epoch, offset: 5 }, "s/1": { epoch, offset: 3 }, "s/2": { epoch, offset: 1 } });
});

test("subscriptions to one name share one on the server, until the last goes", async () => {
  const { tangor } = opened();
  const first = [];
  const second = [];
  const one = tangor.channels.subscribe("a", (value) => first.push(value));
  await settle();
  answer({ a: state(1, retained("a", 1)) });
  say("a", 2);
  const two = tangor.channels.subscribe(["a"], (value, message) => second.push([value, message.isLatest === true]));
  const three = tangor.channels.subscribe("a", () => assert.fail("no retained value was wanted"), { latest: false });
  await Promise.all([two.ready, three.ready]);
  three.unsubscribe();
  assert.equal(asked().length, 1);
  say("a", 3);
  assert.deepEqual(first, ["a1", "a2", "a3"]);
  assert.deepEqual(second, [["a2", true], ["a3", false]]);
  one.unsubscribe();
  await settle();
  assert.equal(FakeSocket.last.requests("channel.unsubscribe").length, 0);
  two.unsubscribe();
  two.unsubscribe();
  await settle();
  assert.deepEqual(FakeSocket.last.requests("channel.unsubscribe").map(({ params }) => params), [{ channels: ["a"] }]);
  say("a", 4);
  // Wanted again before the server has answered: asked for anew, and what is still under way is not given out.
  const late = [];
  tangor.channels.subscribe("a", (value) => late.push(value));
  await settle();
  assert.equal(asked().length, 1);
  say("a", 5);
  FakeSocket.last.answer("channel.unsubscribe", {});
  await settle();
  assert.equal(asked().length, 2);
  answer({ a: state(6, retained("a", 6)) });
  say("a", 7);
  assert.deepEqual([late, first.length, second.length], [["a6", "a7"], 3, 2]);
});

test("a pattern over a followed channel repeats and skips nothing", async () => {
  const { tangor } = opened();
  const exact = [];
  const wild = [];
  tangor.channels.subscribe("s/1", (_, { offset }) => exact.push(offset));
  await settle();
  answer({ "s/1": state(1, retained("s/1", 1)) });
  tangor.channels.subscribe("s/+", (_, { offset }) => wild.push(offset));
  await settle();
  // The server is at 4 already; the messages before that are under way.
  answer({ "s/1": state(4, retained("s/1", 4)) });
  for (const offset of [2, 3, 4, 4, 5]) say("s/1", offset);
  assert.deepEqual(exact, [1, 2, 3, 4, 5]);
  assert.deepEqual(wild, [1, 2, 3, 4, 5]);
});

test("after a broken connection each message comes once and in order, whatever is repeated", async () => {
  const { tangor, clock } = opened();
  const seen = [];
  const losses = [];
  const take = (value, message) => seen.push([value, message.recovered, message.isLatest]);
  tangor.channels.subscribe(["a", "s/#"], take, { onlost: (loss) => losses.push(loss) });
  await settle();
  answer({ a: state(0), "s/1": state(7, retained("s/1", 7)) });
  say("a", 1);
  say("a", 1);
  await reconnect(clock);
  assert.deepEqual(asked(), [{ channels: ["a", "s/#"], from: { a: { epoch, offset: 1 }, "s/1": { epoch, offset: 7 } } }]);
  answer({ a: state(3, { recovered: true }), "s/1": state(7, { recovered: true }), "s/2": state(2, retained("s/2", 2)) });
  for (const offset of [1, 2, 3, 2, 4]) say("a", offset);
  // s/2 was made meanwhile: its first messages are in its history, and newer ones wait for them.
  say("s/2", 3);
  const [history] = FakeSocket.last.requests("channel.history");
  assert.deepEqual(history.params, { channel: "s/2", after: { epoch, offset: 0 } });
  FakeSocket.last.answer("channel.history", { epoch, offset: 3, recovered: true, messages: [1, 2, 3].map((offset) => ({ offset, data: `s/2${offset}` })) });
  await settle();
  say("s/2", 4);
  assert.deepEqual(
    seen.slice(1).map(([value, recovered]) => [value, recovered === true]),
    [["a1", false], ["a2", true], ["a3", true], ["a4", false], ["s/21", true], ["s/22", true], ["s/23", true], ["s/24", false]],
  );
  assert.deepEqual(losses, []);
});

test("breaks at random moments, with duplicates, lose and repeat nothing", async () => {
  let seed = 7;
  const random = (limit) => (seed = (seed * 48_271) % 2_147_483_647) % limit;
  const { tangor, clock } = opened();
  const seen = [];
  const joined = [];
  tangor.channels.subscribe("a", (_, { offset }) => seen.push(offset));
  await settle();
  answer({ a: state(0) });
  let published = 0;
  let given = 0;
  for (let round = 0; round < 300; round += 1) {
    const action = random(10);
    if (action < 5) {
      published += 1;
    } else if (action < 8) {
      // Some of what is published, now and then from further back.
      for (let offset = Math.max(1, given - random(3)); offset <= published - random(2); offset += 1) {
        if (offset <= given + 1) say("a", offset);
        given = Math.max(given, offset);
      }
    } else if (action === 8) {
      await reconnect(clock);
      const from = asked()[0].from.a;
      assert.equal(from.offset, given);
      answer({ a: state(published, { recovered: true }) });
    } else if (joined.length < 5) {
      const mine = [];
      joined.push(mine);
      tangor.channels.subscribe("a", (_, { offset }) => mine.push(offset));
      await settle();
    }
  }
  for (let offset = given + 1; offset <= published; offset += 1) say("a", offset);
  const all = Array.from({ length: published }, (_, index) => index + 1);
  assert.deepEqual(seen, all);
  assert.ok(published > 100 && joined.length === 5);
  for (const mine of joined) assert.deepEqual(mine, all.slice(-mine.length));
});

test("what cannot be recovered is said plainly", async () => {
  const { tangor, clock } = opened();
  const seen = [];
  const losses = [];
  const subscription = tangor.channels.subscribe(["a", "b", "s/+"], (value, { lost, recovered }) => seen.push([value, lost, recovered]), {
    onlost: ({ channel, count, recovered }) => losses.push([channel, count, recovered]),
  });
  const events = [];
  subscription.addEventListener("lost", (event) => events.push(event.detail.channel));
  await settle();
  answer({ a: state(5), b: state(5), "s/1": state(3) });
  // A gap that the server announces, then one that it does not.
  FakeSocket.last.notify("channel.lost", { channel: "a", epoch, offset: 8, count: 3 });
  say("a", 9);
  say("a", 12);
  assert.deepEqual(seen, [["a9", 3, undefined], ["a12", 2, undefined]]);
  assert.deepEqual(losses.splice(0), [["a", 3, undefined], ["a", 2, undefined]]);
  await reconnect(clock);
  // The history of a is too short; b was made anew; s/1 is gone.
  answer({ a: state(20, { recovered: false, ...retained("a", 20) }), b: { epoch: "00000002", offset: 1, recovered: false, latest: { offset: 1, data: "new" } } });
  assert.deepEqual(losses, [["a", 7, false], ["b", undefined, false], ["s/1", undefined, false]]);
  assert.deepEqual(seen.slice(2), [["a20", 7, false], ["new", undefined, false]]);
  say("a", 20);
  say("a", 21);
  assert.deepEqual(seen.at(-1), ["a21", undefined, undefined]);
  assert.deepEqual(events, ["a", "a", "a", "b", "s/1"]);
});

test("gaps are what the policy latest asks for", async () => {
  const { tangor } = opened();
  const seen = [];
  tangor.channels.subscribe("a", (value, { lost }) => seen.push([value, lost]), { policy: "latest", onlost: () => assert.fail("told of a loss") });
  await settle();
  assert.deepEqual(asked(), [{ channels: ["a"], policy: "latest" }]);
  answer({ a: state(1) });
  say("a", 9);
  assert.deepEqual(seen, [["a9", 7]]);
  // Another subscription that may lose less raises the policy for both.
  tangor.channels.subscribe("a", () => {}, { policy: "all" });
  await settle();
  assert.deepEqual(asked()[1], { channels: ["a"], from: { a: { epoch, offset: 9 } }, policy: "all" });
});

test("positions of an earlier page are gone on from, also where another subscription is ahead", async () => {
  const { tangor } = opened();
  const one = [];
  tangor.channels.subscribe("a", (_, { offset }) => one.push(offset), { from: { a: { epoch, offset: 3 } } });
  await settle();
  assert.deepEqual(asked()[0].from, { a: { epoch, offset: 3 } });
  answer({ a: state(5, { recovered: true }) });
  for (const offset of [4, 5]) say("a", offset);
  const two = [];
  const three = [];
  tangor.channels.subscribe("a", (_, { offset }) => two.push(offset), { from: { a: { epoch, offset: 2 } } });
  tangor.channels.subscribe("a", (_, { offset }) => three.push(offset), { from: { a: { epoch, offset: 7 } } });
  await settle();
  say("a", 6);
  assert.deepEqual(FakeSocket.last.requests("channel.history")[0].params, { channel: "a", after: { epoch, offset: 2 } });
  FakeSocket.last.answer("channel.history", { epoch, offset: 6, recovered: true, messages: [3, 4].map((offset) => ({ offset, data: offset })) });
  await settle();
  assert.deepEqual(FakeSocket.last.requests("channel.history")[1].params.after, { epoch, offset: 4 });
  FakeSocket.last.answer("channel.history", { epoch, offset: 6, recovered: true, messages: [5, 6].map((offset) => ({ offset, data: offset })) });
  await settle();
  for (const offset of [7, 8]) say("a", offset);
  assert.deepEqual([one, two, three], [[4, 5, 6, 7, 8], [3, 4, 5, 6, 7, 8], [8]]);
});

test("a refused name fails its own subscription alone", async () => {
  const { tangor, errors } = opened();
  const good = tangor.channels.subscribe("good", () => {});
  const bad = tangor.channels.subscribe(["bad", "fine"]);
  const heard = [];
  bad.addEventListener("error", (event) => heard.push(event.detail.code));
  const refuse = () => {
    const { id } = FakeSocket.last.requests("channel.subscribe").at(-1);
    FakeSocket.last.say({ jsonrpc: "2.0", id, error: { code: -32003, message: "no", data: { code: "forbidden", detail: "Not for you.", retry: false } } });
  };
  await settle();
  assert.deepEqual(asked().at(-1).channels, ["good", "bad", "fine"]);
  refuse();
  await settle();
  assert.deepEqual(asked().at(-1).channels, ["good"]);
  answer({ good: state(0) });
  await good.ready;
  await settle();
  assert.deepEqual(asked().at(-1).channels, ["bad", "fine"]);
  refuse();
  await assert.rejects(bad.ready, { code: "forbidden" });
  await assert.rejects(async () => {
    for await (const message of bad) assert.fail(message);
  }, { code: "forbidden" });
  assert.deepEqual([heard, errors.map(({ code }) => code)], [["forbidden"], ["forbidden"]]);
  await settle();
  assert.equal(asked().length, 3);
});

test("a refusal that may pass is tried again", async () => {
  const { tangor, clock } = opened();
  const subscription = tangor.channels.subscribe("a", () => {});
  await settle();
  const { id } = FakeSocket.last.requests("channel.subscribe").at(-1);
  FakeSocket.last.say({ jsonrpc: "2.0", id, error: { code: -32029, message: "busy", data: { code: "too_many_requests", retry: true, retryAfter: 2 } } });
  await settle();
  await clock.advance(1_999);
  assert.equal(asked().length, 1);
  await clock.advance(1);
  assert.equal(asked().length, 2);
  answer({ a: state(0) });
  await subscription.ready;
});

test("a subscription is looped over; its buffer is bounded; leaving the loop ends it", async () => {
  const { tangor } = opened();
  const subscription = tangor.channels.subscribe("a", undefined, { buffer: 3 });
  await settle();
  answer({ a: state(0) });
  for (let offset = 1; offset <= 10; offset += 1) say("a", offset);
  const seen = [];
  for await (const { data, lost } of subscription) {
    seen.push([data, lost]);
    if (seen.length === 3) break;
  }
  assert.deepEqual(seen, [["a8", 7], ["a9", undefined], ["a10", undefined]]);
  await settle();
  assert.equal(FakeSocket.last.requests("channel.unsubscribe").length, 1);
  const stop = new AbortController();
  const aborted = tangor.channels.subscribe("b", undefined, { signal: stop.signal });
  const loop = assert.rejects(async () => {
    for await (const message of aborted) assert.fail(message);
  }, { name: "AbortError" });
  stop.abort();
  await loop;
  const newest = new MessageQueue(10, true);
  for (const [channel, offset] of [["a", 1], ["b", 1], ["a", 2]]) newest.push({ channel, epoch, offset, data: offset });
  assert.deepEqual([newest.shift().channel, newest.shift().offset, newest.shift()], ["b", 2, undefined]);
});

test("publishing, history and the rest; binary both ways", async () => {
  const { tangor } = opened();
  const { channels } = tangor;
  const published = channels.publish("a", { x: 1 });
  await settle();
  assert.deepEqual(FakeSocket.last.requests("channel.publish").at(-1).params, { channel: "a", data: { x: 1 } });
  FakeSocket.last.answer("channel.publish", { channel: "a", epoch, offset: 1 });
  assert.equal((await published).offset, 1);
  assert.equal(channels.send("a", new Uint8Array([0, 255]).buffer), true);
  assert.deepEqual(FakeSocket.last.requests("channel.publish").at(-1).params, { channel: "a", data: "AP8=", encoding: "base64" });
  const history = channels.history("a", { after: { epoch, offset: 0 }, limit: 5 });
  assert.deepEqual(FakeSocket.last.requests("channel.history").at(-1).params, { channel: "a", after: { epoch, offset: 0 }, limit: 5 });
  FakeSocket.last.say({ jsonrpc: "2.0", id: -1, result: 0 });
  await settle();
  FakeSocket.last.answer("channel.history", { epoch, offset: 1, recovered: true, messages: [{ offset: 1, data: "AP8=", encoding: "base64" }] });
  assert.deepEqual((await history).messages, [{ channel: "a", epoch, offset: 1, data: new Uint8Array([0, 255]) }]);
  const list = channels.list("s/#");
  FakeSocket.last.answer("channel.list", ["s/1"]);
  assert.deepEqual(await list, ["s/1"]);
  await assert.rejects(channels.publish("s/+", 1), { code: "invalid_parameters" });
  let bytes;
  channels.subscribe("raw", (value) => (bytes = value));
  await settle();
  answer({ raw: state(0) });
  say("raw", 1, { data: "AQI=", encoding: "base64" });
  assert.deepEqual(bytes, new Uint8Array([1, 2]));
});

test("presence is a set that joins and leaves keep right, over a broken connection too", async () => {
  const { tangor, clock } = opened();
  const there = new Set();
  const subscribe = (set) => {
    const subscription = tangor.channels.subscribe("room", () => {}, { presence: true, info: { name: "me" } });
    subscription.addEventListener("joined", ({ detail }) => set.add(detail.client.id));
    subscription.addEventListener("left", ({ detail }) => set.delete(detail.client.id));
    return subscription;
  };
  subscribe(there);
  await settle();
  assert.deepEqual(asked()[0], { channels: ["room"], presence: true, info: { name: "me" } });
  const list = (...ids) => FakeSocket.last.answer("channel.presence", { clients: ids.map((id) => ({ id })) });
  answer({ room: state(0) });
  list("me", "x", "y");
  await settle();
  FakeSocket.last.notify("channel.joined", { channel: "room", client: { id: "z" } });
  FakeSocket.last.notify("channel.left", { channel: "room", client: { id: "x" } });
  assert.deepEqual([...there], ["y", "z"]);
  await reconnect(clock);
  FakeSocket.last.answer("channel.subscribe", { channels: { room: state(0, { recovered: true }) }, client: "me2" });
  list("me2", "z", "w");
  await settle();
  assert.deepEqual([...there].sort(), ["w", "z"]);
  const late = new Set();
  await subscribe(late).ready;
  assert.deepEqual([...late].sort(), ["w", "z"]);
});

test("subscriptions made before the connection opens, and the end of the connection", async () => {
  const surroundings = world();
  const tangor = connect({ url, environment: surroundings.environment });
  const subscription = tangor.channels.subscribe("a", () => {});
  FakeSocket.last.open();
  await settle();
  answer({ a: state(0) });
  await subscription.ready;
  const waiting = tangor.channels.subscribe("b");
  tangor.close();
  await assert.rejects(waiting.ready, { code: "connection_closed" });
  await assert.rejects(tangor.channels.subscribe("c").ready, { code: "connection_closed" });
  assert.equal(surroundings.clock.timers.size, 0);
});

test("server-sent events are cut wherever the network cuts them", () => {
  const body = new TextEncoder().encode(': hello\r\n\r\nevent: message\r\ndata: {"a":"ü"}\r\n\r\n:\n\ndata:1\ndata: 2\n\nevent: x\n\ndata: rest');
  for (let cut = 0; cut <= body.length; cut += 1) {
    const decoder = new EventDecoder();
    const events = [body.slice(0, cut), body.slice(cut)].flatMap((piece) => decoder.push(piece));
    assert.deepEqual(events, [{ event: "message", data: '{"a":"ü"}' }, { event: "message", data: "1\n2" }]);
  }
});

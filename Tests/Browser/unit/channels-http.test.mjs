import assert from "node:assert/strict";
import { test } from "node:test";
import { eventsAddress } from "../../../Browser/channels/events.js";
import { connect } from "../../../Browser/tangor.js";
import { json, settle, world } from "./world.mjs";

const url = "http://server/app/";
const epoch = "00000001";
const state = (offset, more = {}) => ({ epoch, offset, ...more });

/** A page over plain HTTP whose event responses the test writes, and whose calls it answers. */
async function opened(calls = {}) {
  const responses = [];
  const posted = [];
  const fetch = async (input, init = {}) => {
    const address = new URL(input);
    if (address.pathname === "/app/rpc") {
      const { id, method, params } = JSON.parse(init.body);
      posted.push({ method, params });
      return json({ jsonrpc: "2.0", id, result: calls[method]?.(params) ?? {} });
    }
    if (address.pathname !== "/app/channel") return calls[address.pathname]?.() ?? json({ code: "not_found" }, 404);
    if (calls.refuse?.(address)) return json({ code: "forbidden", detail: "Not for you.", retry: false }, 403);
    const response = { address, signal: init.signal, accept: init.headers.Accept };
    response.body = new ReadableStream({
      start(controller) {
        response.say = (event, data) => controller.enqueue(new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
        response.end = () => controller.close();
        init.signal.addEventListener("abort", () => {
          response.aborted = true;
          try {
            controller.error(init.signal.reason);
          } catch {
            // It had ended by itself.
          }
        });
      },
    });
    responses.push(response);
    return new Response(response.body, { headers: { "Content-Type": "text/event-stream" } });
  };
  const surroundings = world({ fetch });
  const tangor = connect({ url, environment: surroundings.environment, transport: "http" });
  const errors = [];
  tangor.addEventListener("error", (event) => errors.push(event.detail));
  await tangor.ready();
  return { ...surroundings, tangor, errors, responses, posted, last: () => responses.at(-1) };
}

const names = ({ address }) => address.searchParams.getAll("subscribe");
const from = ({ address }) => JSON.parse(address.searchParams.get("from") ?? "null");
const message = (channel, offset) => ["message", { channel, epoch, offset, data: `${channel}${offset}` }];

test("over HTTP one response of events carries all subscriptions", async () => {
  const { tangor, responses, last } = await opened();
  const seen = [];
  const one = tangor.channels.subscribe(["a", "s/+"], (value) => seen.push(value), { policy: "all" });
  const two = tangor.channels.subscribe("b", (value) => seen.push(value));
  await settle();
  assert.equal(responses.length, 1);
  assert.deepEqual([names(last()), from(last()), last().address.searchParams.get("policy"), last().accept], [["a", "s/+", "b"], null, "all", "text/event-stream"]);
  last().say("subscribed", { channels: { a: state(1, { latest: { offset: 1, data: "a1" } }), b: state(0) } });
  await Promise.all([one.ready, two.ready]);
  last().say(...message("a", 2));
  last().say(...message("s/9", 1));
  await settle();
  assert.deepEqual(seen, ["a1", "a2", "s/91"]);
});

test("another name opens the response anew from where it stands; a name that is there already does not", async () => {
  const { tangor, responses, last } = await opened();
  const seen = [];
  tangor.channels.subscribe("a", (_, { offset }) => seen.push(offset));
  await settle();
  last().say("subscribed", { channels: { a: state(5, { latest: { offset: 5, data: 5 } }) } });
  last().say(...message("a", 6));
  await settle();
  const same = [];
  await tangor.channels.subscribe("a", (_, { offset }) => same.push(offset)).ready;
  assert.deepEqual([responses.length, same], [1, [6]]);
  const other = tangor.channels.subscribe("b", () => {});
  await settle();
  assert.equal(responses.length, 2);
  assert.equal(responses[0].aborted, true);
  assert.deepEqual([names(last()), from(last())], [["a", "b"], { a: { epoch, offset: 6 } }]);
  last().say("subscribed", { channels: { a: state(8, { recovered: true }), b: state(0) } });
  for (const offset of [7, 8, 9]) last().say(...message("a", offset));
  await other.ready;
  await settle();
  assert.deepEqual([seen, same], [[5, 6, 7, 8, 9], [6, 7, 8, 9]]);
  other.unsubscribe();
  await settle();
  assert.deepEqual(names(last()), ["a"]);
});

test("a response that breaks, ends or falls silent is opened again with growing pauses", async () => {
  const { tangor, clock, responses, last, errors } = await opened();
  const seen = [];
  const subscription = tangor.channels.subscribe("a", (_, { offset, recovered }) => seen.push([offset, recovered === true]));
  await settle();
  last().say("subscribed", { channels: { a: state(0) } });
  last().say(...message("a", 1));
  await settle();
  last().end();
  await settle();
  assert.equal(responses.length, 1);
  await clock.advance(1_000);
  assert.equal(responses.length, 2);
  last().say("subscribed", { channels: { a: state(2, { recovered: true }) } });
  last().say(...message("a", 2));
  await settle();
  await clock.advance(44_000);
  assert.equal(responses.length, 2);
  await clock.advance(2_000);
  assert.deepEqual([responses.length, responses[1].aborted, from(last())], [3, true, { a: { epoch, offset: 2 } }]);
  assert.deepEqual(seen, [[1, false], [2, true]]);
  subscription.unsubscribe();
  await settle();
  assert.equal(last().aborted, true);
  await clock.advance(600_000);
  assert.equal(responses.length, 3);
  assert.deepEqual(errors, []);
  assert.equal(clock.timers.size, 0);
});

test("a refused name fails its own subscription alone", async () => {
  const { tangor, last, errors } = await opened({ refuse: ({ searchParams }) => searchParams.getAll("subscribe").includes("bad") });
  const subscriptions = ["x", "bad", "y"].map((name) => tangor.channels.subscribe(name, () => {}));
  await settle();
  for (const more of [["x"], ["x", "y"]]) {
    assert.deepEqual(names(last()), more);
    last().say("subscribed", { channels: Object.fromEntries(more.map((name) => [name, state(0)])) });
    await settle();
  }
  await assert.rejects(subscriptions[1].ready, { code: "forbidden" });
  await Promise.all([subscriptions[0].ready, subscriptions[2].ready]);
  assert.deepEqual(errors.map(({ code }) => code), ["forbidden"]);
});

test("positions that find no room in the address are made up for from the history", async () => {
  const many = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`sensors/${index}`, { epoch, offset: index }]));
  const { path, from: sent } = eventsAddress({ names: ["sensors/+"], manner: { presence: false } }, many);
  assert.ok(path.length <= 6_000, `${path.length}`);
  const count = Object.keys(sent).length;
  assert.ok(count > 50 && count < 400);
  assert.deepEqual(JSON.parse(new URL(path, url).searchParams.get("from")), sent);

  const { tangor, clock, last, posted } = await opened({
    "channel.history": ({ after }) => ({ epoch, offset: 400, recovered: true, messages: [{ offset: after.offset + 1, data: "missed" }] }),
  });
  const seen = new Map();
  tangor.channels.subscribe("sensors/+", (_, { channel, offset }) => seen.set(channel, [...(seen.get(channel) ?? []), offset]));
  await settle();
  const positions = Object.entries(many);
  last().say("subscribed", { channels: Object.fromEntries(positions.map(([name, { offset }]) => [name, state(offset)])) });
  await settle();
  last().end();
  await settle();
  await clock.advance(1_000);
  const carried = from(last());
  const states = positions.map(([name, { offset }]) => [name, state(offset + 1, name in carried ? { recovered: true } : { latest: { offset: offset + 1, data: "x" } })]);
  last().say("subscribed", { channels: Object.fromEntries(states) });
  for (const name of Object.keys(carried)) last().say("message", { channel: name, epoch, offset: many[name].offset + 1, data: "missed" });
  await settle();
  await settle();
  assert.equal(posted.filter(({ method }) => method === "channel.history").length, 400 - Object.keys(carried).length);
  for (const [name, { offset }] of positions) assert.deepEqual(seen.get(name), [offset + 1], name);
});

test("the latest message over HTTP, and none", async () => {
  const { tangor } = await opened({ "/app/channel/a%2Bb/c/latest": () => json({ channel: "a", epoch, offset: 3, data: 1.5 }) });
  await assert.rejects(tangor.channels.latest("a+b/c"), { code: "invalid_parameters" });
  await assert.rejects(tangor.channels.latest("a/../b"), { code: "invalid_parameters" });
  const second = await opened({
    "/app/channel/a%20b/c/latest": () => json({ channel: "a b/c", epoch, offset: 3, data: 1.5 }),
    "/app/channel/none/latest": () => json({ code: "channel_not_found" }, 404),
  });
  assert.deepEqual(await second.tangor.channels.latest("a b/c"), { channel: "a b/c", epoch, offset: 3, data: 1.5 });
  assert.equal(await second.tangor.channels.latest("none"), undefined);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldKind, readField, writeField } from "../../../Browser/elements/fields.js";
import { InputSync } from "../../../Browser/elements/input-sync.js";
import { layout } from "../../../Browser/elements/plot.js";
import { PointRing } from "../../../Browser/elements/ring.js";
import { SeriesSet, numberIn, reduce, timeIn } from "../../../Browser/elements/series.js";
import { axisRange, niceStep, tickText, ticks, timeTicks } from "../../../Browser/elements/ticks.js";
import { dig, digitsOf, millisecondsOf, textOf } from "../../../Browser/elements/values.js";

const points = (ring) => Array.from({ length: ring.length }, (_, index) => [ring.x(index), ring.y(index)]);

test("a ring keeps the newest points, whatever its limit", () => {
  for (const limit of [1, 2, 63, 64, 65, 200]) {
    const ring = new PointRing(limit);
    const all = [];
    for (let index = 0; index < 500; index += 1) {
      ring.push(index, -index);
      all.push([index, -index]);
      assert.deepEqual(points(ring), all.slice(-limit));
    }
  }
  assert.throws(() => new PointRing(0), RangeError);
});

test("a ring finds places and forgets what lies left of one, but for the point that the line comes from", () => {
  const ring = new PointRing(100);
  for (let index = 0; index < 150; index += 1) ring.push(index * 10, index);
  assert.deepEqual([ring.indexFrom(0), ring.indexFrom(500), ring.indexFrom(501), ring.indexFrom(9_999)], [0, 0, 1, 100]);
  assert.deepEqual([ring.x(ring.nearest(704)), ring.x(ring.nearest(706)), ring.x(ring.nearest(-1)), ring.x(ring.nearest(1e9))], [700, 710, 500, 1_490]);
  ring.forget(1_455);
  assert.deepEqual(points(ring).map(([x]) => x), [1_450, 1_460, 1_470, 1_480, 1_490]);
  for (let index = 0; index < 300; index += 1) ring.push(1_500 + index, 0);
  assert.equal(ring.length, 100);
  ring.forget(1e9);
  assert.equal(ring.length, 1);
  assert.equal(new PointRing(3).nearest(1), -1);
});

test("ticks are round, inside the range and evenly apart", () => {
  for (const [low, high, count, expected] of [
    [0, 10, 5, [0, 2, 4, 6, 8, 10]],
    [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [-1, 1, 4, [-1, -0.5, 0, 0.5, 1]],
    [0.1, 0.3, 2, [0.1, 0.2, 0.3]],
    [13, 87, 4, [20, 40, 60, 80]],
    [1_234_567, 1_234_569, 2, [1_234_567, 1_234_568, 1_234_569]],
    [5, 5, 3, [5]],
    [7, 3, 3, []],
    [0, Infinity, 3, []],
    [Number.NaN, 1, 3, []],
  ]) {
    assert.deepEqual(ticks(low, high, count), expected, `${low} to ${high}`);
  }
  for (let exponent = -12; exponent <= 12; exponent += 1) {
    const [low, high] = [-3.7 * 10 ** exponent, 8.1 * 10 ** exponent];
    const marks = ticks(low, high, 6);
    assert.ok(marks.length >= 3 && marks.length <= 8, `${marks}`);
    assert.ok(marks.every((mark) => mark >= low && mark <= high && !Object.is(mark, -0)));
  }
  assert.deepEqual([0.1, 0.11, 0.3, 0.7, 1, 3, 60].map(niceStep), [0.1, 0.2, 0.5, 1, 1, 5, 100]);
  assert.deepEqual([tickText(0.2, 0.1), tickText(1, 0.25), tickText(300, 100), tickText(2e9, 1e9), tickText(0, 0.01)], ["0.2", "1.0", "300", "2e9", "0.00"]);
});

test("axes of time name how long ago it was", () => {
  assert.deepEqual(timeTicks(60, 4).map(({ text }) => text), ["now", "−15 s", "−30 s", "−45 s", "−1 min"]);
  assert.deepEqual(timeTicks(600, 3).map(({ text }) => text), ["now", "−5 min", "−10 min"]);
  assert.deepEqual(timeTicks(7_200, 2).map(({ text }) => text), ["now", "−1 h", "−2 h"]);
  assert.deepEqual(timeTicks(1, 2).map(({ ago }) => ago), [0, 0.5, 1]);
  assert.deepEqual(timeTicks(0, 2), []);
});

test("the range of an axis is never empty", () => {
  for (const [low, high, fixed] of [[0, 10], [5, 5], [0, 0], [-3, -3], [Infinity, -Infinity], [1e300, 1e300], [0, 10, { min: 20 }], [0, 1, { min: 2, max: 2 }]]) {
    const [bottom, top] = axisRange(low, high, fixed);
    assert.ok(bottom < top, `${bottom} to ${top}`);
  }
  assert.deepEqual(axisRange(0, 10, { min: 0, max: 100 }), [0, 100]);
  const place = layout({ width: 400, height: 200, left: 0, right: 100, range: [0, 10] }, 30);
  assert.deepEqual([place.x(0), place.x(100), place.y(10), place.share(place.x(25))], [38, 390, 8, 0.25]);
});

test("lines are bounded in number, take numbers alone, and never run backwards", () => {
  const set = new SeriesSet({ points: 3, series: 2 });
  assert.deepEqual([set.push("a", 1, 5), set.push("b", 1, -2), set.push("c", 1, 1), set.push("a", 2, Number.NaN)], [true, true, false, false]);
  for (const x of [5, 3, 6, 7]) set.push("a", x, x);
  assert.deepEqual([set.all.map(({ name }) => name), set.refused], [["a", "b"], 1]);
  assert.deepEqual(points(set.all[0].points), [[5, 3], [6, 6], [7, 7]]);
  assert.deepEqual(set.range(0), { low: -2, high: 7 });
  set.all[1].isShown = false;
  // The point left of the edge counts: the line enters from there.
  assert.deepEqual(set.range(6.5), { low: 6, high: 7 });
  assert.deepEqual([numberIn(3, null), numberIn({ a: { b: 4 } }, "a.b"), numberIn(true, null), numberIn("x", null), numberIn({}, "toString")], [3, 4, 1, NaN, NaN]);
  assert.deepEqual([timeIn(1, null, 7), timeIn({ t: 1_700_000_000 }, "t", 7), timeIn({ t: "2024-01-01T00:00:00Z" }, "t", 7), timeIn({ t: "?" }, "t", 7)], [7, 1.7e12, 1_704_067_200_000, 7]);
});

test("a reduced line keeps the first, lowest, highest and last point of each column, in order", () => {
  let seed = 3;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const ring = new PointRing(10_000);
  for (let index = 0; index < 10_000; index += 1) ring.push(index, random());
  const kept = [];
  reduce(ring, 0, (x) => x / 100, (x, y) => kept.push([x, y]));
  assert.ok(kept.length <= 400 && kept.length > 250, `${kept.length}`);
  for (let index = 1; index < kept.length; index += 1) assert.ok(kept[index][0] > kept[index - 1][0]);
  for (let column = 0; column < 100; column += 1) {
    const all = points(ring).slice(column * 100, column * 100 + 100).map(([, y]) => y);
    const mine = kept.filter(([x]) => Math.floor(x / 100) === column).map(([, y]) => y);
    assert.deepEqual([Math.min(...mine), Math.max(...mine), mine[0], mine.at(-1)], [Math.min(...all), Math.max(...all), all[0], all.at(-1)]);
  }
});

test("fields fit the schema", () => {
  for (const [schema, type, kind] of [
    [{ type: "boolean" }, null, "checkbox"],
    [{ type: "integer" }, null, "number"],
    [{ type: ["number", "null"] }, null, "number"],
    [{ anyOf: [{ type: "string" }, { type: "null" }] }, null, "text"],
    [{ enum: ["a", "b"], type: "string" }, null, "select"],
    [{ type: ["boolean", "null"] }, null, "json"],
    [{ type: "object" }, null, "json"],
    [{}, null, "json"],
    [undefined, null, "json"],
    [{ type: "string" }, "color", "color"],
    [{ type: "string" }, "textarea", "area"],
  ]) {
    assert.equal(fieldKind(schema, type).kind, kind, JSON.stringify(schema));
  }
  const read = (text, schema, type) => readField(text, fieldKind(schema, type));
  assert.deepEqual([read("5", { type: "integer" }), read("1e3", { type: "number" }), read(" ", { type: ["number", "null"] }), read("a", { type: "string" })], [5, 1_000, null, "a"]);
  assert.deepEqual([read("[1]", {}), read("1", { enum: ["x", "y"] }), read("", { type: "string" })], [[1], "y", ""]);
  for (const [text, schema] of [["1.5", { type: "integer" }], ["", { type: "number" }], ["x", { type: "number" }], ["1e999", { type: "number" }], ["{", {}]]) {
    assert.throws(() => read(text, schema), TypeError);
  }
  for (const [value, schema] of [[5, { type: "integer" }], ["x", { enum: ["w", "x"] }], [{ a: [1] }, {}], ["t", { type: "string" }], [null, { type: ["string", "null"] }]]) {
    const field = fieldKind(schema);
    assert.deepEqual(readField(writeField(value, field), field), value);
  }
});

test("a field is not taken out of the user's hands", () => {
  const sync = new InputSync();
  assert.deepEqual(sync.remote(1), { value: 1 });
  sync.busy(true);
  assert.equal(sync.remote(2), undefined);
  assert.deepEqual(sync.busy(false), { value: 2 });
  assert.equal(sync.busy(true), undefined);
  sync.edited();
  assert.equal(sync.remote(3), undefined);
  assert.equal(sync.send(), true);
  assert.equal(sync.send(), false);
  // Typed on while the first change is under way; an echo of it must not undo that.
  sync.edited();
  assert.equal(sync.remote("first"), undefined);
  assert.deepEqual(sync.answered(true), { show: undefined, sendAgain: true });
  assert.equal(sync.busy(false), undefined);
  assert.equal(sync.send(), true);
  assert.equal(sync.remote("second"), undefined);
  assert.deepEqual(sync.answered(true), { show: { value: "second" }, sendAgain: false });
  // Refused: the text stays to be mended, until the user gives it up.
  sync.edited();
  sync.send();
  assert.deepEqual(sync.answered(false), { show: undefined, sendAgain: false });
  assert.equal(sync.remote(9), undefined);
  assert.deepEqual(sync.revert(9), { value: 9 });
  assert.deepEqual(sync.remote(10), { value: 10 });
});

test("values become text, never more than a page can bear", () => {
  for (const [value, options, text] of [
    [1.5, {}, "1.5"],
    [1.005, { digits: 1 }, "1.0"],
    [null, {}, "–"],
    [undefined, {}, "–"],
    [{ a: 1 }, {}, '{"a":1}'],
    ["<b>", {}, "<b>"],
    [true, {}, "true"],
    [1_536, { format: "bytes" }, "1.5 KiB"],
    [12, { format: "bytes" }, "12 B"],
    [new Uint8Array(3), {}, "3 bytes"],
    [[1], { format: "json" }, "[\n  1\n]"],
  ]) {
    assert.equal(textOf(value, options), text);
  }
  assert.equal(textOf("x".repeat(20_000)).length, 10_001);
  assert.deepEqual([dig({ a: { b: 1 } }, "a.b"), dig(5, ""), dig({}, "constructor"), dig(null, "a")], [1, 5, undefined, undefined]);
  assert.deepEqual([digitsOf("2"), digitsOf(""), digitsOf("-1"), digitsOf("x"), digitsOf(null)], [2, undefined, undefined, undefined, undefined]);
  assert.deepEqual(["250", "250ms", "2s", "1.5 s", "5min", "1h", "x", "", null].map(millisecondsOf), [250, 250, 2_000, 1_500, 300_000, 3_600_000, undefined, undefined, undefined]);
});

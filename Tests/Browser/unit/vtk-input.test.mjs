import assert from "node:assert/strict";
import { test } from "node:test";
import { InteractionQueue, interaction, keyed, pointIn, spin } from "../../../Browser/elements/vtk-input.js";

test("points are counted from the picture's lower left, whatever stands around it", () => {
  const close = (actual, x, y) => assert.ok(Math.abs(actual.x - x) < 1e-9 && Math.abs(actual.y - y) < 1e-9, JSON.stringify(actual));
  const box = { x: 10, y: 20, width: 400, height: 200 };
  close(pointIn(box, { width: 800, height: 400 }, { x: 10, y: 20 }), 0, 1);
  close(pointIn(box, { width: 800, height: 400 }, { x: 410, y: 220 }), 1, 0);
  // A square in the middle: 100 pixels are free on both sides.
  close(pointIn(box, { width: 50, height: 50 }, { x: 160, y: 170 }), 0.25, 0.25);
  close(pointIn(box, { width: 50, height: 50 }, { x: 20, y: 0 }), 0, 1);
  close(pointIn({ x: 0, y: 0, width: 100, height: 300 }, { width: 100, height: 100 }, { x: 50, y: 125 }), 0.5, 0.75);
  // Before there is a picture, or a box.
  for (const [place, picture] of [[box, { width: 0, height: 0 }], [{ x: 0, y: 0, width: 0, height: 0 }, { width: 5, height: 5 }]]) {
    const { x, y } = pointIn(place, picture, { x: 1, y: 1 });
    assert.ok(x >= 0 && x <= 1 && y >= 0 && y <= 1, `${x} ${y}`);
  }
});

test("buttons and modifiers are told apart", () => {
  assert.deepEqual(interaction("down", { x: 0, y: 1 }, { buttons: 6, shiftKey: true }), {
    action: "down", buttonLeft: false, buttonMiddle: true, buttonRight: true, shiftKey: true, ctrlKey: false, altKey: false, metaKey: false, x: 0, y: 1,
  });
});

test("keys turn, zoom and reset; others are the page's", () => {
  const { drag } = keyed({ key: "ArrowUp", shiftKey: true });
  assert.deepEqual(drag.map(({ action, buttonLeft, shiftKey }) => [action, buttonLeft, shiftKey]), [["down", true, true], ["move", true, true], ["up", false, true]]);
  assert.ok(drag[1].y > drag[0].y && drag[1].x === drag[0].x);
  assert.deepEqual([keyed({ key: "+" }), keyed({ key: "-" }), keyed({ key: "Home" }), keyed({ key: "r" })], [{ wheel: -1 }, { wheel: 1 }, { reset: true }, { reset: true }]);
  for (const event of [{ key: "Tab" }, { key: "toString" }, { key: "ArrowLeft", altKey: true }, { key: "r", ctrlKey: true }]) assert.equal(keyed(event), undefined);
});

test("wheels of all kinds turn by at most one", () => {
  assert.deepEqual([{ deltaY: 50 }, { deltaY: -1_000 }, { deltaY: 3, deltaMode: 1 }, { deltaY: 1, deltaMode: 2 }, { deltaY: Number.NaN }].map(spin), [0.5, -1, 0.48, 1, 0]);
});

test("moves that wait become one, and nothing else does", () => {
  const queue = new InteractionQueue();
  const at = (action, x) => interaction(action, { x, y: 0 }, {});
  for (const item of [at("down", 0), at("move", 1), at("move", 2), at("up", 3), at("down", 4), at("move", 5), at("move", 6)]) queue.add(item);
  const taken = [];
  for (let item = queue.take(); item !== undefined; item = queue.take()) taken.push([item.action, item.x]);
  assert.deepEqual(taken, [["down", 0], ["move", 2], ["up", 3], ["down", 4], ["move", 6]]);
  queue.add(at("move", 1));
  queue.clear();
  assert.equal(queue.take(), undefined);
});

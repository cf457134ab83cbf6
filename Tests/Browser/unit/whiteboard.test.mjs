import assert from "node:assert/strict";
import { test } from "node:test";
import { Board } from "../../../Browser/gallery/whiteboard/board.js";
import { LiveLines, readCursor, readPerson, readPiece } from "../../../Browser/gallery/whiteboard/live-lines.js";

const limits = { boardWidth: 1_600, boardHeight: 1_000, strokePoints: 2_000 };

function stroke(id, client = "me") {
  return { id, client, colour: "#b84c00", width: 4, points: [1, 2, 3, 4] };
}

function added(offset, id, more = {}, epoch = "e1") {
  return { epoch, offset, data: { added: stroke(id), ...more } };
}

const ids = (board) => board.strokes.map(({ id }) => id);

test("changes that came before the snapshot are applied once, whichever of them it has already", () => {
  for (let reach = 0; reach <= 6; reach += 1) {
    const board = new Board();
    const messages = [1, 2, 3, 4, 5, 6].map((offset) => added(offset, `s${offset}`));
    for (const message of messages.slice(0, 4)) assert.equal(board.apply(message), "held");
    if (reach <= 4) {
      board.load({ epoch: "e1", offset: reach, limits, strokes: messages.slice(0, reach).map(({ data }) => data.added) });
      for (const message of messages.slice(4)) assert.equal(board.apply(message), "applied");
    } else {
      // The snapshot is newer than what came by the channel so far.
      board.load({ epoch: "e1", offset: reach, limits, strokes: messages.slice(0, reach).map(({ data }) => data.added) });
      assert.deepEqual(messages.slice(4).map((message) => board.apply(message)), messages.slice(4).map(({ offset }) => (offset <= reach ? "old" : "applied")));
    }
    assert.deepEqual(ids(board), ["s1", "s2", "s3", "s4", "s5", "s6"]);
    assert.equal(board.needsSnapshot, false);
  }
});

test("every kind of change does what it says", () => {
  const board = new Board();
  board.load({ epoch: "e1", offset: 1, limits, strokes: [stroke("a"), stroke("b")] });
  board.apply(added(2, "c"));
  board.apply(added(3, "d", { dropped: 2 }));
  assert.deepEqual(ids(board), ["c", "d"]);
  board.apply({ epoch: "e1", offset: 4, data: { removed: "c" } });
  assert.deepEqual(ids(board), ["d"]);
  board.apply({ epoch: "e1", offset: 5, data: { cleared: true } });
  assert.deepEqual(ids(board), []);
});

test("a gap or another life of the channel asks for a snapshot, and nothing is lost meanwhile", () => {
  for (const next of [added(4, "late"), added(1, "late", {}, "e2")]) {
    const board = new Board();
    board.load({ epoch: "e1", offset: 1, limits, strokes: [stroke("a")] });
    assert.equal(board.apply(next), "held");
    assert.ok(board.needsSnapshot);
    board.load({ epoch: next.epoch, offset: next.offset - 1, limits, strokes: [] });
    assert.deepEqual(ids(board), ["late"]);
  }
});

test("what is held is bounded, and a loss of it shows", () => {
  const board = new Board();
  for (let offset = 1; offset <= 5_000; offset += 1) board.apply(added(offset, `s${offset}`));
  board.load({ epoch: "e1", offset: 10, limits, strokes: [] });
  assert.ok(board.needsSnapshot);
});

test("lines under way grow, end and expire", () => {
  const lines = new LiveLines(1_000);
  assert.ok(lines.extend(stroke("a"), 0));
  assert.ok(lines.extend({ ...stroke("a"), points: [5, 6] }, 900));
  assert.deepEqual(lines.strokes[0].points, [1, 2, 3, 4, 5, 6]);
  assert.equal(lines.extend(stroke("a", "another"), 900), false, "nobody draws on a line of somebody else");
  lines.extend(stroke("b", "other"), 900);
  assert.equal(lines.expire(1_500), false);
  assert.ok(lines.end("a"));
  assert.equal(lines.end("a"), false);
  assert.ok(lines.expire(2_000));
  assert.deepEqual(lines.strokes, []);
  lines.extend(stroke("c", "gone"), 0);
  lines.endAll("gone");
  assert.deepEqual(lines.strokes, []);
});

test("what other pages send cannot flood this one", () => {
  const lines = new LiveLines();
  for (let index = 0; index < 1_000; index += 1) lines.extend(stroke(`s${index}`), 0);
  assert.equal(lines.strokes.length, 64);
  const long = { ...stroke("s0"), points: Array.from({ length: 1_000 }, () => 1) };
  for (let index = 0; index < 100; index += 1) lines.extend(long, 0);
  assert.ok(lines.strokes[0].points.length <= 8_000);
});

test("what other pages send is looked at before it is used", () => {
  const good = stroke("a");
  assert.deepEqual(readPiece(good), good);
  const wrong = [
    null, 5, "x", [], {}, { ...good, id: "<b>" }, { ...good, client: "" }, { ...good, colour: "url(x)" }, { ...good, width: NaN },
    { ...good, width: 500 }, { ...good, points: [] }, { ...good, points: [1] }, { ...good, points: [1, "2"] }, { ...good, points: [1, 1e9] },
    { ...good, points: { length: 2 } }, { ...good, points: [null, 1] },
  ];
  for (const message of wrong) assert.equal(readPiece(message), undefined, JSON.stringify(message));
  assert.deepEqual(readCursor({ client: "a", x: 1, y: 2, more: 1 }), { client: "a", x: 1, y: 2 });
  assert.deepEqual(readCursor({ client: "a", gone: true }), { client: "a", gone: true });
  for (const message of [null, {}, { client: "a" }, { client: "a", x: "1", y: 2 }, { client: "a", x: 1, y: -1e6 }]) {
    assert.equal(readCursor(message), undefined);
  }
  assert.deepEqual(readPerson({ id: "a", name: `  ${"n".repeat(99)}`, colour: "#aabbcc" }), { id: "a", name: "n".repeat(30), colour: "#aabbcc" });
  for (const info of [undefined, { id: "a", name: " ", colour: "#aabbcc" }, { id: "a", name: "b", colour: "red" }]) assert.equal(readPerson(info), undefined);
});

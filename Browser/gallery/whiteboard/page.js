import { Status } from "../elements.js";
import { use } from "../live-elements.js";
import { openPage, part } from "../page.js";
import { Board } from "./board.js";
import { BoardCanvas } from "./canvas.js";
import { LiveLines } from "./live-lines.js";
import { holdPen } from "./pen.js";
import { People, someName } from "./people.js";
import { source } from "./source.js";
import { chooseColours } from "./swatches.js";

const width = 1_600;
const height = 1_000;
/** Milliseconds between two messages of what is being drawn, or of where the pointer is. */
const pace = 40;

const tangor = openPage("whiteboard", source);
// One connection for the page and its elements.
use(tangor);
const canvas = /** @type {HTMLCanvasElement} */ (part("canvas"));
const view = new BoardCanvas(canvas, width, height);
const board = new Board();
const lines = new LiveLines();
const people = new People(part("people"), part("cursors"), { width, height });
const status = new Status(part("status"));
const nameField = /** @type {HTMLInputElement} */ (part("name"));
const widthField = /** @type {HTMLInputElement} */ (part("width"));

const self = {
  // Of letters and digits: the server takes nothing else.
  id: Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join(""),
  name: sessionStorage.getItem("whiteboard.name") ?? someName(),
  colour: "#b84c00",
};

// MARK: What there is to see

function show() {
  view.show(board.strokes, lines.strokes);
  canvas.dataset.strokes = String(board.strokes.length);
  canvas.dataset.live = String(lines.strokes.length);
}

let isLoading = false;
async function load() {
  if (isLoading) return;
  isLoading = true;
  try {
    while (board.needsSnapshot) {
      board.load(await tangor.callObject("whiteboard.snapshot", [], { idempotent: true }));
      for (const { id } of board.strokes) lines.end(id);
      show();
    }
    status.say("idle", "");
  } catch (error) {
    status.fail(error);
  } finally {
    isLoading = false;
  }
}

// First the changes, then the snapshot they belong behind: none can fall between the two.
const changes = tangor.channels.subscribe("whiteboard/board", (_, message) => {
  if (board.apply(message) === "applied" && message.data.added !== undefined) lines.end(message.data.added.id);
  if (board.needsSnapshot && isFollowing) load();
  show();
});
let isFollowing = false;
changes.ready.then(
  () => {
    isFollowing = true;
    load();
  },
  (error) => status.fail(error),
);

// MARK: Others

/** @type {import("../../tangor").ChannelSubscription | undefined} */
let presence;
function announce() {
  // Who is known to be here stays known: only what is new is told.
  presence?.unsubscribe();
  presence = tangor.channels.subscribe("whiteboard/strokes", follow, { latest: false, presence: true, info: { ...self } });
  presence.addEventListener("joined", ({ detail: { client } }) => {
    people.came(client.id, client.info);
    people.show(self);
  });
  presence.addEventListener("left", ({ detail: { client } }) => {
    const gone = people.went(client.id);
    if (gone !== undefined) lines.endAll(gone);
    people.show(self);
    show();
  });
  people.show(self);
}

/** @param {any} piece of a line that is being drawn; what this page sends comes back to it as to all */
function follow(piece) {
  if (piece?.client !== self.id && lines.extend(piece, performance.now())) show();
}

tangor.channels.subscribe("whiteboard/cursors", (cursor) => people.point(cursor, self.id, performance.now()), {
  latest: false,
  policy: "latest",
});
setInterval(() => {
  people.expire(performance.now());
  if (lines.expire(performance.now())) show();
}, 2_000);

// MARK: Drawing

/** @type {{id: string, width: number, colour: string, points: number[], sent: number} | undefined} */
let drawn;
let count = 0;
let spoke = 0;
let pointed = 0;

function speak() {
  if (drawn === undefined || drawn.sent === drawn.points.length) return;
  const { id, colour, points } = drawn;
  tangor.channels.send("whiteboard/strokes", { client: self.id, id, colour, width: drawn.width, points: points.slice(drawn.sent) });
  drawn.sent = points.length;
  spoke = performance.now();
}

/** @param {import("./pen.js").Point} point */
function begin(point) {
  count += 1;
  drawn = { id: `${self.id}-${count}`, width: Number(widthField.value), colour: self.colour, points: [], sent: 0 };
  extend(point);
}

/** @param {import("./pen.js").Point} point */
function extend({ x, y }) {
  if (drawn === undefined) return;
  const { points } = drawn;
  if (points.at(-2) === x && points.at(-1) === y) return;
  points.push(x, y);
  lines.extend({ client: self.id, id: drawn.id, colour: drawn.colour, width: drawn.width, points: [x, y] }, performance.now());
  if (performance.now() - spoke >= pace) speak();
  show();
  // A very long line goes on as another.
  if (points.length / 2 >= (board.limits?.strokePoints ?? 1_000)) {
    end();
    begin({ x, y });
  }
}

async function end() {
  if (drawn === undefined) return;
  speak();
  const { id, colour, points } = drawn;
  const stroke = { id, client: self.id, colour, width: drawn.width, points };
  drawn = undefined;
  try {
    // The board knows a stroke again that comes twice, so it may be sent again after a broken connection.
    await tangor.callObject("whiteboard.add", [stroke], { idempotent: true });
  } catch (error) {
    lines.end(id);
    show();
    status.fail(error);
  }
}

holdPen(view, {
  begin,
  move: extend,
  end,
  hover(point) {
    if (point !== undefined && performance.now() - pointed < pace) return;
    pointed = performance.now();
    tangor.channels.send("whiteboard/cursors", point === undefined ? { client: self.id, gone: true } : { client: self.id, ...point });
  },
});

// MARK: Tools

/** @param {string} method @param {unknown[]} values @param {string} nothing */
async function change(method, values, nothing) {
  try {
    const isDone = await tangor.callObject(`whiteboard.${method}`, values);
    status.say("idle", isDone ? "" : nothing);
  } catch (error) {
    status.fail(error);
  }
}

const undo = () => change("undo", [self.id], "There is no stroke of yours left.");
part("undo").addEventListener("click", undo);
part("clear").addEventListener("click", () => change("clear", [], "The board is empty."));
document.addEventListener("keydown", (event) => {
  const isField = event.target instanceof HTMLInputElement && event.target.type === "text";
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && !isField) {
    event.preventDefault();
    undo();
  }
});
part("tools").addEventListener("submit", (event) => event.preventDefault());
chooseColours(part("colours"), (colour) => {
  self.colour = colour;
  announce();
});
nameField.value = self.name;
nameField.addEventListener("change", () => {
  self.name = nameField.value.trim().slice(0, 30) || someName();
  nameField.value = self.name;
  sessionStorage.setItem("whiteboard.name", self.name);
  announce();
});

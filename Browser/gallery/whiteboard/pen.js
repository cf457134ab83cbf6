/**
 * @typedef {import("./canvas.js").BoardCanvas} BoardCanvas
 * @typedef {{x: number, y: number}} Point
 * @typedef {{begin: (point: Point) => void, move: (point: Point) => void, end: () => void, hover: (point: Point | undefined) => void}} Pen
 */

/**
 * Turns pointers and keys into a pen. One pointer draws at a time; a second finger is left to the browser's gestures.
 *
 * @param {BoardCanvas} board
 * @param {Pen} pen
 */
export function holdPen(board, pen) {
  const { canvas } = board;
  /** @type {number | undefined} */
  let pointer;
  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== undefined || event.button !== 0) return;
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    pen.begin(board.locate(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId === pointer) {
      // What the screen was too slow to ask for: a fast line stays round.
      const events = event.getCoalescedEvents?.() ?? [];
      for (const each of events.length > 0 ? events : [event]) pen.move(board.locate(each));
    }
    if (pointer === undefined || event.pointerId === pointer) pen.hover(board.locate(event));
  });
  const lift = (/** @type {PointerEvent} */ event) => {
    if (event.pointerId !== pointer) return;
    pointer = undefined;
    pen.end();
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("pointerleave", () => {
    if (pointer === undefined) pen.hover(undefined);
  });
  drawByKeys(board, pen);
}

/** @type {Readonly<Record<string, readonly [number, number]>>} */
const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @param {BoardCanvas} board
 * @param {Pen} pen
 */
function drawByKeys(board, pen) {
  const { canvas } = board;
  const place = { x: board.width / 2, y: board.height / 2 };
  let isDown = false;
  const lift = () => {
    if (isDown) pen.end();
    isDown = false;
  };
  canvas.addEventListener("keydown", (event) => {
    const direction = directions[event.key];
    if (direction !== undefined) {
      const step = event.shiftKey ? 50 : 10;
      place.x = Math.min(Math.max(place.x + direction[0] * step, 0), board.width);
      place.y = Math.min(Math.max(place.y + direction[1] * step, 0), board.height);
      if (isDown) pen.move({ ...place });
      pen.hover({ ...place });
    } else if (event.key === " " || event.key === "Enter") {
      if (isDown) {
        lift();
      } else {
        isDown = true;
        pen.begin({ ...place });
      }
    } else {
      return;
    }
    event.preventDefault();
  });
  canvas.addEventListener("blur", () => {
    lift();
    pen.hover(undefined);
  });
}

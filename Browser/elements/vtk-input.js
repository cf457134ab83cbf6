/**
 * @typedef {{x: number, y: number}} Point
 * @typedef {{width: number, height: number}} Size
 * @typedef {{action: "down" | "move" | "up", buttonLeft: boolean, buttonMiddle: boolean, buttonRight: boolean,
 *   shiftKey: boolean, ctrlKey: boolean, altKey: boolean, metaKey: boolean, x: number, y: number}} Interaction as VTK's
 *   programs are told of the mouse
 */

/**
 * Where a point of the page lies in a picture that is shown whole within a box of another shape.
 *
 * @param {Point & Size} box
 * @param {Size} picture
 * @param {Point} point in the page
 * @returns {Point} from 0 to 1, from the lower left, as VTK counts
 */
export function pointIn(box, picture, point) {
  const scale = Math.min(box.width / picture.width, box.height / picture.height) || 1;
  const [width, height] = [picture.width * scale, picture.height * scale];
  const inside = (/** @type {number} */ value) => Math.min(Math.max(value, 0), 1) || 0;
  return {
    x: inside((point.x - box.x - (box.width - width) / 2) / width),
    y: inside(1 - (point.y - box.y - (box.height - height) / 2) / height),
  };
}

/**
 * What a program is told of a pointer.
 *
 * @param {Interaction["action"]} action
 * @param {Point} point
 * @param {{buttons?: number, shiftKey?: boolean, ctrlKey?: boolean, altKey?: boolean, metaKey?: boolean}} event
 * @returns {Interaction}
 */
export function interaction(action, { x, y }, event) {
  const { buttons = 0, shiftKey = false, ctrlKey = false, altKey = false, metaKey = false } = event;
  return {
    action, buttonLeft: (buttons & 1) !== 0, buttonMiddle: (buttons & 4) !== 0, buttonRight: (buttons & 2) !== 0,
    shiftKey, ctrlKey, altKey, metaKey, x, y,
  };
}

/** @type {Readonly<Record<string, Point>>} */
const turns = Object.freeze({
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: 1 },
  ArrowDown: { x: 0, y: -1 },
});

/**
 * What a key does: a drag from the middle, a step of the wheel, or the camera's first place.
 *
 * @param {{key: string, shiftKey?: boolean, ctrlKey?: boolean, altKey?: boolean, metaKey?: boolean}} event
 * @returns {{drag: Interaction[]} | {wheel: number} | {reset: true} | undefined} undefined for keys that mean nothing here
 */
export function keyed(event) {
  const { key } = event;
  if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
  if (key === "+" || key === "=") return { wheel: -1 };
  if (key === "-") return { wheel: 1 };
  if (key === "Home" || key === "r") return { reset: true };
  if (!Object.hasOwn(turns, key)) return undefined;
  const middle = { x: 0.5, y: 0.5 };
  const end = { x: 0.5 + 0.04 * turns[key].x, y: 0.5 + 0.04 * turns[key].y };
  const { shiftKey } = event;
  const held = { buttons: 1, shiftKey };
  return { drag: [interaction("down", middle, held), interaction("move", end, held), interaction("up", end, { shiftKey })] };
}

/**
 * How far a wheel turned, as VTK's programs count it.
 *
 * @param {{deltaY: number, deltaMode?: number}} event
 * @returns {number} from -1, nearer, to 1
 */
export function spin({ deltaY, deltaMode = 0 }) {
  const pixels = deltaMode === 1 ? deltaY * 16 : deltaMode === 2 ? deltaY * 400 : deltaY;
  return Math.min(Math.max(pixels / 100, -1), 1) || 0;
}

/** What waits to be told to a program. Of moves that wait in a row, the last one counts; all else keeps its place. */
export class InteractionQueue {
  /** @type {Interaction[]} */ #waiting = [];

  /** @param {Interaction} next */
  add(next) {
    if (next.action === "move" && this.#waiting.at(-1)?.action === "move") this.#waiting.pop();
    this.#waiting.push(next);
  }

  /** @returns {Interaction | undefined} */
  take() {
    return this.#waiting.shift();
  }

  clear() {
    this.#waiting = [];
  }
}

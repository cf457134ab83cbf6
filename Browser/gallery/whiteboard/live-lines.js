/** @typedef {import("./board.js").Stroke} Stroke */

/** Lines under way that are shown at a time, and points of one: pages send them to one another, and the server looks into none. */
const maxLines = 64;
const maxPoints = 4_000;

/**
 * The lines that are being drawn at this moment, by this page and by others; the board has them once they are complete.
 */
export class LiveLines {
  /** @type {Map<string, {stroke: Stroke, at: number}>} */ #lines = new Map();

  /** @param {number} [patience] milliseconds after which a line that nobody draws on is given up */
  constructor(patience = 15_000) {
    this.patience = patience;
  }

  /** @returns {Stroke[]} */
  get strokes() {
    return [...this.#lines.values()].map(({ stroke }) => stroke);
  }

  /**
   * Adds what was drawn since.
   *
   * @param {unknown} message from another page: anything may stand in it
   * @param {number} now milliseconds
   * @returns {boolean} whether there is something to see
   */
  extend(message, now) {
    const piece = readPiece(message);
    if (piece === undefined) return false;
    const known = this.#lines.get(piece.id);
    if (known !== undefined && known.stroke.client !== piece.client) return false;
    if (known === undefined) {
      if (this.#lines.size >= maxLines) return false;
      this.#lines.set(piece.id, { stroke: piece, at: now });
    } else {
      if (known.stroke.points.length + piece.points.length > maxPoints * 2) return false;
      known.stroke.points.push(...piece.points);
      known.at = now;
    }
    return true;
  }

  /**
   * A line is complete, or was given up.
   *
   * @param {string} id
   * @returns {boolean} whether it was there
   */
  end(id) {
    return this.#lines.delete(id);
  }

  /** @param {string} client one that went away */
  endAll(client) {
    for (const [id, { stroke }] of this.#lines) if (stroke.client === client) this.#lines.delete(id);
  }

  /**
   * Gives up what nobody draws on.
   *
   * @param {number} now milliseconds
   * @returns {boolean} whether anything went
   */
  expire(now) {
    const before = this.#lines.size;
    for (const [id, { at }] of this.#lines) if (now - at > this.patience) this.#lines.delete(id);
    return this.#lines.size < before;
  }
}

/**
 * @param {any} message
 * @returns {Stroke | undefined} undefined when it is none
 */
export function readPiece(message) {
  const { id, client, colour, width, points } = message ?? {};
  if (!isName(id) || !isName(client) || !isColour(colour)) return undefined;
  if (!(width >= 1 && width <= 64) || !Array.isArray(points)) return undefined;
  if (points.length === 0 || points.length % 2 !== 0 || points.length > maxPoints * 2) return undefined;
  return points.every(isCoordinate) ? { id, client, colour, width, points: [...points] } : undefined;
}

/**
 * @param {any} message
 * @returns {{client: string, x: number, y: number} | {client: string, gone: true} | undefined} undefined when it is no cursor
 */
export function readCursor(message) {
  const { client, x, y, gone } = message ?? {};
  if (!isName(client)) return undefined;
  if (gone === true) return { client, gone };
  return isCoordinate(x) && isCoordinate(y) ? { client, x, y } : undefined;
}

/**
 * Who somebody says to be.
 *
 * @param {any} info
 * @returns {{id: string, name: string, colour: string} | undefined}
 */
export function readPerson(info) {
  const { id, name, colour } = info ?? {};
  if (!isName(id) || typeof name !== "string" || name.trim() === "" || !isColour(colour)) return undefined;
  return { id, name: name.trim().slice(0, 30), colour };
}

/** @param {unknown} value @returns {value is string} */
function isName(value) {
  return typeof value === "string" && /^[A-Za-z0-9-]{1,40}$/.test(value);
}

/** @param {unknown} value @returns {value is string} */
function isColour(value) {
  return typeof value === "string" && /^#[0-9a-f]{6}$/i.test(value);
}

/** @param {unknown} value @returns {value is number} */
function isCoordinate(value) {
  return typeof value === "number" && value >= -100 && value <= 10_000;
}

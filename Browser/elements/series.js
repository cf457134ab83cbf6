import { PointRing } from "./ring.js";
import { dig } from "./values.js";

/**
 * @typedef {{name: string, points: PointRing, index: number, isShown: boolean}} Series
 */

/** The lines of a chart, one for each channel that sent a number; bounded in number and length. */
export class SeriesSet {
  /** @type {Map<string, Series>} */ #series = new Map();

  /** @param {{points: number, series?: number}} limits points of each line; lines, 32 when absent */
  constructor(limits) {
    this.points = limits.points;
    this.limit = limits.series ?? 32;
    /** Lines that found no room. */
    this.refused = 0;
  }

  /**
   * @param {string} name
   * @param {number} x
   * @param {number} y
   * @returns {boolean} false when it is not kept
   */
  push(name, x, y) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return false;
    let series = this.#series.get(name);
    if (series === undefined) {
      if (this.#series.size >= this.limit) {
        this.refused += 1;
        return false;
      }
      series = { name, points: new PointRing(this.points), index: this.#series.size, isShown: true };
      this.#series.set(name, series);
    }
    const { points } = series;
    // Clocks of several senders may differ; a line never runs backwards.
    const last = points.length > 0 ? points.x(points.length - 1) : x;
    points.push(Math.max(x, last), y);
    return true;
  }

  /** @returns {Series[]} in the order of their first point */
  get all() {
    return [...this.#series.values()];
  }

  /** @returns {Series[]} */
  get shown() {
    return this.all.filter(({ isShown }) => isShown);
  }

  /** @param {number} x */
  forget(x) {
    for (const { points } of this.#series.values()) points.forget(x);
  }

  /**
   * The lowest and highest value at or to the right of a place.
   *
   * @param {number} x
   * @returns {{low: number, high: number}} low is above high when there is no point
   */
  range(x) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const { points } of this.shown) {
      for (let index = Math.max(points.indexFrom(x) - 1, 0); index < points.length; index += 1) {
        const y = points.y(index);
        if (y < low) low = y;
        if (y > high) high = y;
      }
    }
    return { low, high };
  }
}

/**
 * A line reduced to what its pixels can show: in each column the first, lowest, highest and last value.
 *
 * @param {PointRing} points
 * @param {number} from index of the first point
 * @param {(x: number) => number} column pixel column of a place, growing with it
 * @param {(x: number, y: number) => void} emit
 */
export function reduce(points, from, column, emit) {
  let index = from;
  while (index < points.length) {
    const here = Math.floor(column(points.x(index)));
    const first = index;
    let lowest = index;
    let highest = index;
    while (index + 1 < points.length && Math.floor(column(points.x(index + 1))) === here) {
      index += 1;
      if (points.y(index) < points.y(lowest)) lowest = index;
      if (points.y(index) > points.y(highest)) highest = index;
    }
    let last = -1;
    for (const chosen of [first, Math.min(lowest, highest), Math.max(lowest, highest), index]) {
      if (chosen > last) emit(points.x(chosen), points.y(chosen));
      last = Math.max(last, chosen);
    }
    index += 1;
  }
}

/**
 * The number that a message holds.
 *
 * @param {unknown} value
 * @param {string | null} field path to it in an object
 * @returns {number} NaN when there is none
 */
export function numberIn(value, field) {
  const found = field ? dig(value, field) : value;
  if (typeof found === "boolean") return found ? 1 : 0;
  return typeof found === "number" ? found : Number.NaN;
}

/**
 * The time that a message names, in milliseconds: a date as text, or seconds or milliseconds since 1970.
 *
 * @param {unknown} value
 * @param {string | null} field
 * @param {number} now used where it names none
 * @returns {number}
 */
export function timeIn(value, field, now) {
  const found = field ? dig(value, field) : undefined;
  if (typeof found === "string") {
    const time = Date.parse(found);
    return Number.isNaN(time) ? now : time;
  }
  if (typeof found !== "number" || !Number.isFinite(found)) return now;
  return found < 1e11 ? found * 1_000 : found;
}

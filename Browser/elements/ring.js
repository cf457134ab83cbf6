/** Points (x, y) in the order of their coming: bounded, the oldest fall out. Memory grows with what is there. */
export class PointRing {
  #x = new Float64Array(64);
  #y = new Float64Array(64);
  #start = 0;
  length = 0;

  /** @param {number} limit points */
  constructor(limit) {
    if (!Number.isInteger(limit) || limit < 1) throw new RangeError(`A ring keeps a whole number of points from 1, not ${limit}.`);
    this.limit = limit;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  push(x, y) {
    if (this.length === this.limit) this.#drop(1);
    else if (this.length === this.#x.length) this.#resize(Math.min(this.#x.length * 2, Math.max(this.limit, 64)));
    const at = (this.#start + this.length) % this.#x.length;
    this.#x[at] = x;
    this.#y[at] = y;
    this.length += 1;
  }

  /** @param {number} index from 0, the oldest */
  x(index) {
    return this.#x[(this.#start + index) % this.#x.length];
  }

  /** @param {number} index from 0, the oldest */
  y(index) {
    return this.#y[(this.#start + index) % this.#y.length];
  }

  /**
   * Lets go of points to the left of a place, but keeps the last of them: the line enters from there.
   *
   * @param {number} x
   */
  forget(x) {
    this.#drop(Math.max(this.indexFrom(x) - 1, 0));
  }

  /**
   * The first point at or to the right of a place, where points came in order; `length` when there is none.
   *
   * @param {number} x
   * @returns {number}
   */
  indexFrom(x) {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.x(middle) < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * The point nearest to a place.
   *
   * @param {number} x
   * @returns {number} -1 when there is none
   */
  nearest(x) {
    const right = this.indexFrom(x);
    if (right === 0) return this.length > 0 ? 0 : -1;
    if (right === this.length) return this.length - 1;
    return x - this.x(right - 1) <= this.x(right) - x ? right - 1 : right;
  }

  /** @param {number} count */
  #drop(count) {
    this.#start = (this.#start + count) % this.#x.length;
    this.length -= count;
  }

  /** @param {number} capacity */
  #resize(capacity) {
    const x = new Float64Array(capacity);
    const y = new Float64Array(capacity);
    for (let index = 0; index < this.length; index += 1) {
      x[index] = this.x(index);
      y[index] = this.y(index);
    }
    this.#x = x;
    this.#y = y;
    this.#start = 0;
  }
}

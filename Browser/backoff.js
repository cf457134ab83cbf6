/**
 * How long to wait before the next attempt: exponential with full jitter, so that the pages of a server that comes
 * back do not all knock at the same moment.
 */
export class Backoff {
  /**
   * @param {{base?: number, cap?: number, floor?: number}} [options] milliseconds: the first ceiling, the highest
   *   ceiling, and the least wait
   * @param {() => number} [random] a number from 0 up to, not including, 1
   */
  constructor(options = {}, random = Math.random) {
    this.base = options.base ?? 500;
    this.cap = Math.max(options.cap ?? 30_000, 1);
    this.floor = Math.min(options.floor ?? 50, this.cap);
    this.random = random;
    /** Attempts since the last reset. */
    this.attempts = 0;
  }

  /**
   * Milliseconds to wait before the next attempt.
   *
   * @returns {number}
   */
  next() {
    // Beyond 2^30 the product only grows past any cap.
    const ceiling = Math.min(this.cap, this.base * 2 ** Math.min(this.attempts, 30));
    this.attempts += 1;
    return Math.round(this.floor + this.random() * Math.max(ceiling - this.floor, 0));
  }

  reset() {
    this.attempts = 0;
  }
}

/**
 * The receiving side of one stream as a pure state machine: a bounded buffer, the credit that the sender still has, and
 * the position from which to go on after a broken connection. It knows no sockets and no promises.
 *
 * What holds at all times: buffered values + outstanding credit <= capacity.
 *
 * @typedef {{completed: number, total?: number, message?: string}} Progress
 * @typedef {{kind: "value", index: number, data: unknown} | {kind: "progress", progress: Progress}} Entry
 */
export class ReceiveWindow {
  /**
   * @param {number} capacity values that may be under way or waiting, 1 to 10,000
   * @param {number | undefined} after the index after which to start; undefined leaves it to the server
   */
  constructor(capacity, after) {
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > 10_000) {
      throw new RangeError(`credit is a whole number from 1 to 10000, not ${capacity}.`);
    }
    this.capacity = capacity;
    /**
     * The last index received.
     * @type {number | undefined}
     */
    this.last = after;
    /** @type {Entry[]} */
    this.entries = [];
    this.buffered = 0;
    this.outstanding = 0;
  }

  /**
   * A subscription begins, the first or one on a new connection; whatever credit the former had is void.
   *
   * @returns {number} the credit to open with; 0 means: take values first
   */
  begin() {
    this.outstanding = this.capacity - this.buffered;
    return this.outstanding;
  }

  /**
   * A value came. One that was received before is passed over, which makes overlapping deliveries harmless.
   *
   * @param {number} index
   * @param {unknown} data
   * @returns {"kept" | "repeated" | "overrun"} "overrun" when the sender had no credit for it
   */
  receive(index, data) {
    if (this.last !== undefined && index <= this.last) {
      // It was paid for all the same, or this much of the window would be lost for good.
      this.outstanding = Math.max(this.outstanding - 1, 0);
      return "repeated";
    }
    if (this.outstanding < 1) return "overrun";
    this.outstanding -= 1;
    this.last = index;
    this.entries.push({ kind: "value", index, data });
    this.buffered += 1;
    return "kept";
  }

  /**
   * Progress came. Of several between two values the latest counts.
   *
   * @param {Progress} progress
   */
  report(progress) {
    if (this.entries.at(-1)?.kind === "progress") this.entries.pop();
    this.entries.push({ kind: "progress", progress });
  }

  /**
   * Takes the next entry in order of arrival.
   *
   * @returns {Entry | undefined}
   */
  take() {
    const entry = this.entries.shift();
    if (entry?.kind === "value") this.buffered -= 1;
    return entry;
  }

  /**
   * Credit to grant now. It is granted in halves of the window, so that not every value costs a message back.
   *
   * @returns {number} 0 when it is not yet worth a message
   */
  grant() {
    const free = this.capacity - this.buffered - this.outstanding;
    if (free < Math.max(1, Math.ceil(this.capacity / 2))) return 0;
    this.outstanding += free;
    return free;
  }

  /**
   * Whether a pushed response may be read on.
   *
   * @returns {boolean}
   */
  get hasRoom() {
    return this.buffered < this.capacity;
  }
}

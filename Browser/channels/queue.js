/** @typedef {import("../tangor").ChannelMessage} ChannelMessage */

/**
 * Messages that wait for a loop: bounded, the oldest fall out with a count; or the newest of each channel alone.
 */
export class MessageQueue {
  /** @type {Map<number | string, ChannelMessage>} in order of arrival */ #messages = new Map();
  #next = 0;
  #dropped = 0;

  /**
   * @param {number} limit messages
   * @param {boolean} newest keep the newest of each channel alone
   */
  constructor(limit, newest) {
    if (!Number.isInteger(limit) || limit < 1) throw new RangeError(`buffer is a whole number from 1, not ${limit}.`);
    this.limit = limit;
    this.newest = newest;
  }

  /** @param {ChannelMessage} message */
  push(message) {
    const key = this.newest ? message.channel : this.#next++;
    // A channel whose newer message comes keeps no place of the older one.
    this.#messages.delete(key);
    this.#messages.set(key, message);
    if (this.#messages.size <= this.limit) return;
    const [oldest, dropped] = /** @type {[number | string, ChannelMessage]} */ (this.#messages.entries().next().value);
    this.#messages.delete(oldest);
    this.#dropped += 1 + (dropped.lost ?? 0);
  }

  /** @returns {ChannelMessage | undefined} */
  shift() {
    const first = this.#messages.entries().next();
    if (first.done) return undefined;
    const [key, message] = first.value;
    this.#messages.delete(key);
    if (this.#dropped === 0 || this.newest) return message;
    const lost = this.#dropped + (message.lost ?? 0);
    this.#dropped = 0;
    return { ...message, lost };
  }
}

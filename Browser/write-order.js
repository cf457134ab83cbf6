import { TangorError } from "./errors.js";

/**
 * Keeps the operations on each object in order: a write goes out once the one before it was answered, and what reads
 * goes out behind the writes that were made before it. The server runs the calls of a connection side by side, and
 * over plain HTTP they may overtake one another, so the order is kept here.
 */
export class WriteOrder {
  /** @type {Map<string, Promise<void>>} the end of the last write of each object */ #last = new Map();
  #waiting = 0;

  /** @param {number} [limit] writes that may wait for others */
  constructor(limit = 1_000) {
    this.limit = limit;
  }

  /**
   * @template T
   * @param {string} object
   * @param {() => Promise<T>} action is called at once where nothing waits
   * @returns {Promise<T>}
   */
  write(object, action) {
    const before = this.#last.get(object);
    if (before !== undefined && this.#waiting >= this.limit) {
      const message = `${this.#waiting} changes of '${object}' wait for the server already; wait for some of them.`;
      return Promise.reject(new TangorError("queue_full", message, { retry: true }));
    }
    this.#waiting += 1;
    const written = before === undefined ? action() : before.then(action);
    const ended = () => {
      this.#waiting -= 1;
      if (this.#last.get(object) === end) this.#last.delete(object);
    };
    const end = written.then(ended, ended);
    this.#last.set(object, end);
    return written;
  }

  /**
   * @param {string} object
   * @returns {Promise<void> | undefined} settles when the writes made so far are answered; undefined when none is open
   */
  written(object) {
    return this.#last.get(object);
  }
}

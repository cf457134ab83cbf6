/** @typedef {import("./window.js").Progress} Progress */

/**
 * The progress of one stream: `latest`, and an async iterable that gives each reader the newest report and passes over
 * those that came while it was busy.
 */
export class ProgressFeed {
  /**
   * The newest report, undefined before the first.
   * @type {Progress | undefined}
   */
  latest = undefined;
  #count = 0;
  #ended = false;
  /** @type {(() => void)[]} */ #waiting = [];

  /** @param {Progress} progress */
  report(progress) {
    this.latest = progress;
    this.#count += 1;
    this.#wake();
  }

  end() {
    this.#ended = true;
    this.#wake();
  }

  /** @returns {AsyncGenerator<Progress, void, void>} */
  async *[Symbol.asyncIterator]() {
    let seen = 0;
    for (;;) {
      if (this.#count > seen && this.latest !== undefined) {
        seen = this.#count;
        yield this.latest;
      } else if (this.#ended) {
        return;
      } else {
        await new Promise((resolve) => this.#waiting.push(() => resolve(undefined)));
      }
    }
  }

  #wake() {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

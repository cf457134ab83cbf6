/** Those who wait for one thing to happen, each with a signal of its own. */
export class Waiters {
  /** @type {Set<{done: () => void, fail: (reason: unknown) => void}>} */
  #waiting = new Set();

  /**
   * @param {AbortSignal} [signal]
   * @returns {Promise<void>}
   */
  wait(signal) {
    return new Promise((done, fail) => {
      if (signal?.aborted) return fail(signal.reason);
      const stop = () => settle(() => fail(signal?.reason));
      const waiter = { done: () => settle(done), fail: (/** @type {unknown} */ reason) => settle(() => fail(reason)) };
      const settle = (/** @type {() => void} */ finish) => {
        this.#waiting.delete(waiter);
        signal?.removeEventListener("abort", stop);
        finish();
      };
      this.#waiting.add(waiter);
      signal?.addEventListener("abort", stop, { once: true });
    });
  }

  happened() {
    for (const waiter of [...this.#waiting]) waiter.done();
  }

  /** @param {unknown} reason why it never will */
  fail(reason) {
    for (const waiter of [...this.#waiting]) waiter.fail(reason);
  }
}

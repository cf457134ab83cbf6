/**
 * @typedef {import("./tangor").SignalWaitOptions} SignalWaitOptions
 * @typedef {import("./tangor").SignalSendOptions} SignalSendOptions
 * @typedef {import("./tangor").CallOptions} CallOptions
 */

/** The signals of the server: events by name that wake those who wait for them, once, with a value. */
export class Signals {
  /** @type {(method: string, parameters: any, options: CallOptions) => Promise<any>} */ #call;

  /** @param {(method: string, parameters: any, options: CallOptions) => Promise<any>} call */
  constructor(call) {
    this.#call = call;
  }

  /**
   * Waits for a signal and gives what was sent with it; of several names, gives `{name, value}` of the first that comes.
   *
   * When the connection breaks meanwhile, the wait begins anew.
   *
   * @param {string | readonly string[]} name
   * @param {SignalWaitOptions} [options]
   * @returns {Promise<any>}
   */
  async wait(name, options = {}) {
    const { timeout, signal } = options;
    const isOne = typeof name === "string";
    const parameters = { ...(isOne ? { name } : { names: name }), ...(timeout === undefined ? {} : { timeout: span(timeout) }) };
    // The server ends the wait; a limit of the page's own calls does not concern it.
    const message = await this.#call("signal.wait", parameters, { signal, timeout: 0, idempotent: true });
    return isOne ? message.value : message;
  }

  /**
   * Sends a signal.
   *
   * @param {string} name
   * @param {unknown} [value] JSON; null when left out
   * @param {SignalSendOptions} [options]
   * @returns {Promise<{woken: number, kept: boolean}>}
   */
  send(name, value = null, options = {}) {
    const { to, sticky, signal } = options;
    const parameters = {
      name,
      value,
      ...(to === undefined ? {} : { to }),
      ...(sticky === undefined ? {} : { sticky: span(sticky) }),
    };
    return this.#call("signal.send", parameters, { signal });
  }
}

/**
 * A time as the server reads it: milliseconds become seconds; texts such as `"5s"` and truth values go as they are.
 *
 * @template T
 * @param {number | T} time
 * @returns {number | T}
 */
function span(time) {
  return typeof time === "number" ? time / 1_000 : time;
}

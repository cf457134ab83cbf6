/** Who hears which notification of the server. */
export class NotificationHub {
  /** @type {Map<string, Set<(parameters: any) => void>>} */
  #handlers = new Map();

  /** @param {(error: unknown) => void} report is told of errors that handlers throw */
  constructor(report) {
    this.report = report;
  }

  /**
   * @param {string} method
   * @param {(parameters: any) => void} handler
   * @returns {() => void} stops hearing
   */
  on(method, handler) {
    const handlers = this.#handlers.get(method) ?? new Set();
    this.#handlers.set(method, handlers);
    handlers.add(handler);
    return () => {
      handlers.delete(handler);
      if (handlers.size === 0 && this.#handlers.get(method) === handlers) this.#handlers.delete(method);
    };
  }

  /**
   * @param {string} method
   * @param {any} parameters
   */
  deliver(method, parameters) {
    for (const handler of [...(this.#handlers.get(method) ?? [])]) {
      try {
        handler(parameters);
      } catch (error) {
        this.report(error);
      }
    }
  }
}

import { resolve } from "./environment.js";
import { asRecord, TangorError } from "./errors.js";

/**
 * @typedef {import("./tangor").CallOptions} CallOptions
 * @typedef {import("./tangor").ProgramInfo} ProgramInfo
 * @typedef {import("./tangor").ProgramLine} ProgramLine
 * @typedef {import("./tangor").ProgramLaunch} ProgramLaunch
 *
 * @typedef {object} Server what programs need of the connection
 * @property {(method: string, parameters: any, options: CallOptions) => Promise<any>} call
 * @property {(key: string, options: {signal?: AbortSignal}) => import("./stream.js").TangorStream<any>} stream follows an open stream
 * @property {(key: string) => void} forget ends a program and does not wait for it, also while the page unloads
 * @property {URL} base
 */

/** The programs that the server launches for pages. */
export class Programs {
  /** @type {Server} */ #server;

  /** @param {Server} server */
  constructor(server) {
    this.#server = server;
  }

  /**
   * Launches a program and waits until it is ready.
   *
   * @param {string} [script] for kinds that run scripts
   * @param {ProgramLaunch} [options]
   * @returns {Promise<Program>}
   */
  async launch(script, options = {}) {
    const { kind = "vtkweb", arguments: values, timeout, signal } = options;
    const parameters = {
      kind,
      ...(script === undefined ? {} : { script }),
      ...(values === undefined ? {} : { arguments: values }),
      ...(timeout === undefined ? {} : { timeout: timeout / 1_000 }),
    };
    // The server ends the wait; a limit of the page's own calls does not concern it.
    return new Program(this.#server, await this.#server.call("program.launch", parameters, { signal, timeout: 0 }));
  }

  /**
   * @param {CallOptions} [options]
   * @returns {Promise<ProgramInfo[]>} those that run
   */
  list(options = {}) {
    return this.#server.call("program.list", {}, { idempotent: true, ...options });
  }

  /**
   * A program that was launched before, maybe by another page.
   *
   * @param {string} key
   * @param {CallOptions} [options]
   * @returns {Promise<Program>}
   */
  async open(key, options = {}) {
    return new Program(this.#server, await this.#server.call("program.info", { key }, { idempotent: true, ...options }));
  }
}

/** A program that runs on the server. */
export class Program {
  /** @type {Server} */ #server;

  /**
   * @param {Server} server
   * @param {unknown} answer of the launch, or the program's information
   */
  constructor(server, answer) {
    const { key, kind, script, socket, page, secret } = asRecord(answer);
    if (typeof key !== "string" || typeof kind !== "string") {
      throw new TangorError("protocol_error", "The server did not name the program.");
    }
    this.#server = server;
    /** What it is known by; whoever knows it may use the program. */
    this.key = key;
    this.kind = kind;
    /** @type {string | undefined} */ this.script = typeof script === "string" ? script : undefined;
    const at = encodeURIComponent(key);
    // Below the base that this page knows, which a proxy may have moved.
    const address = (/** @type {string} */ path) => resolve(server.base, path).href;
    /** @type {string | undefined} The address of its WebSocket, where it has one. */
    this.socket = typeof socket === "string" ? address(`${at}/ws`).replace(/^http/, "ws") : undefined;
    /** @type {string | undefined} The address of its page, where it has one. */
    this.page = typeof page === "string" ? address(`program/${at}/`) : undefined;
    /** @type {string | undefined} What it asks of its clients. */
    this.secret = typeof secret === "string" ? secret : undefined;
  }

  /**
   * @param {CallOptions} [options]
   * @returns {Promise<ProgramInfo>}
   */
  info(options = {}) {
    return this.#server.call("program.info", { key: this.key }, { idempotent: true, ...options });
  }

  /**
   * What it printed, line by line.
   *
   * @param {{after?: number, follow?: boolean, signal?: AbortSignal}} [options] `after`: the index of the last line that is known;
   *   `follow`: goes on until the program ends
   * @returns {AsyncGenerator<ProgramLine, void, void>}
   */
  async *logs(options = {}) {
    const { after, follow = false, signal } = options;
    const from = (/** @type {number | undefined} */ index) => ({ key: this.key, ...(index === undefined ? {} : { after: index }) });
    if (follow) {
      const { key } = asRecord(await this.#server.call("program.logs", { ...from(after), stream: true }, { signal }));
      if (typeof key !== "string") throw new TangorError("protocol_error", "The server did not open a stream of lines.");
      for await (const line of this.#server.stream(key, { signal })) yield line;
      return;
    }
    for (let last = after; ; ) {
      const answer = asRecord(await this.#server.call("program.logs", from(last), { signal, idempotent: true }));
      /** @type {ProgramLine[]} */ const lines = Array.isArray(answer.lines) ? answer.lines : [];
      for (const line of lines) yield line;
      if (lines.length === 0) return;
      last = lines[lines.length - 1].index;
    }
  }

  /**
   * Ends it, and waits until it has ended.
   *
   * @param {CallOptions} [options]
   * @returns {Promise<void>}
   */
  async terminate(options = {}) {
    await this.#server.call("program.terminate", { key: this.key }, options);
  }

  /** Has it ended and does not wait for it; gets through while the page unloads. */
  abandon() {
    this.#server.forget(this.key);
  }
}

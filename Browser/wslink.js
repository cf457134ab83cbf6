import { TangorError, asRecord } from "./errors.js";
import { environment } from "./environment.js";
import { decode, encode } from "./msgpack.js";
import { Pieces, cut } from "./wslink-pieces.js";

/**
 * @typedef {import("./environment.js").Environment} Environment
 * @typedef {import("./tangor").WslinkOptions} WslinkOptions
 * @typedef {{resolve: (value: any) => void, reject: (error: any) => void, release: () => void}} Pending
 */

/** What a close code of the relay means. Others say that the connection is lost, and may be opened anew. */
const endings = /** @type {Readonly<Record<number, string>>} */ (Object.freeze({ 4504: "program_ended", 4511: "program_failed" }));

/** @type {Readonly<Record<number, string>>} */
const errorNames = Object.freeze({ [-32000]: "forbidden", [-32601]: "method_not_found" });

/**
 * A client of a program that serves its methods with wslink, as VTK's and trame's do.
 *
 * It says hello with the program's secret by itself; calls wait for that. A connection that ends stays ended: whether to make another
 * is the page's decision. Fires `close`, whose `detail` is the error that calls are rejected with.
 */
export class Wslink extends EventTarget {
  /** @type {Environment} */ #world;
  /** @type {WebSocket | undefined} */ #socket;
  /** @type {Map<string, Pending>} */ #pending = new Map();
  /** @type {Map<string, Set<(value: any) => void>>} */ #topics = new Map();
  /** @type {TangorError | undefined} */ #ended;
  #pieces;
  #count = 0;
  /** Bytes of one message to the program, which it names when it is greeted; what it takes before that. */
  #maxSent = 512;

  /**
   * @param {string | URL} url of the WebSocket
   * @param {WslinkOptions} [options]
   */
  constructor(url, options = {}) {
    super();
    this.#world = environment(options.environment);
    this.#pieces = new Pieces(options.maxMessage ?? 256 << 20);
    const { WebSocket } = this.#world;
    if (WebSocket === undefined) throw new TangorError("connection_refused", "There are no WebSockets here.");
    const socket = new WebSocket(String(url));
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    /** @type {Promise<void>} settles once the program has taken the secret */
    this.ready = new Promise((resolve, reject) => {
      socket.onopen = () => {
        this.#greet(options.secret ?? "wslink-secret").then(resolve, (error) => this.#end(error));
      };
      this.addEventListener("close", () => reject(this.#ended), { once: true });
    });
    // Those who wait for it are told; nobody has to.
    this.ready.catch(() => {});
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = ({ code, reason }) => {
      const name = endings[code] ?? "connection_lost";
      const text = reason || `The connection to the program ended (${code}).`;
      this.#end(new TangorError(name, text, { retry: name === "connection_lost", data: { code } }));
    };
    const stop = () => this.#end(options.signal?.reason);
    if (options.signal?.aborted) stop();
    else options.signal?.addEventListener("abort", stop, { once: true });
  }

  /** @param {string} secret */
  async #greet(secret) {
    const { clientID, maxMsgSize } = asRecord(await this.#request("system:c0:0", "wslink.hello", [{ secret }]));
    if (typeof clientID !== "string") throw new TangorError("protocol_error", "The program does not greet as wslink does.");
    this.client = clientID;
    this.#maxSent = Number.isInteger(maxMsgSize) && maxMsgSize > 64 ? maxMsgSize : 4 << 20;
  }

  /** Whether the connection has ended. */
  get closed() {
    return this.#ended !== undefined;
  }

  /**
   * Calls a method of the program.
   *
   * @param {string} method
   * @param {readonly unknown[]} [positional]
   * @param {{named?: Record<string, unknown>, signal?: AbortSignal}} [options] `signal` ends the wait; wslink cannot cancel calls
   * @returns {Promise<any>}
   */
  async call(method, positional = [], options = {}) {
    await this.ready;
    this.#count += 1;
    return this.#request(`rpc:${this.client}:${this.#count}`, method, positional, options);
  }

  /**
   * Hears what the program publishes on a topic.
   *
   * @param {string} topic
   * @param {(value: any) => void} handler
   * @returns {() => void} stops hearing
   */
  subscribe(topic, handler) {
    const handlers = this.#topics.get(topic) ?? new Set();
    this.#topics.set(topic, handlers.add(handler));
    return () => {
      handlers.delete(handler);
      if (handlers.size === 0 && this.#topics.get(topic) === handlers) this.#topics.delete(topic);
    };
  }

  /** Ends the connection; calls under way are rejected. */
  close() {
    this.#end(new TangorError("connection_closed", "The connection to the program was closed by the page."));
  }

  /**
   * @param {string} id
   * @param {string} method
   * @param {readonly unknown[]} positional
   * @param {{named?: Record<string, unknown>, signal?: AbortSignal}} [options]
   * @returns {Promise<any>}
   */
  #request(id, method, positional, options = {}) {
    const { named = {}, signal } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (this.#ended !== undefined) return reject(this.#ended);
      const whole = encode({ wslink: "1.0", id, method, args: positional, kwargs: named });
      const stop = () => {
        this.#pending.delete(id);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", stop, { once: true });
      this.#pending.set(id, { resolve, reject, release: () => signal?.removeEventListener("abort", stop) });
      for (const piece of cut(whole, this.#maxSent)) this.#socket?.send(piece);
    });
  }

  /** @param {unknown} data */
  #take(data) {
    if (!(data instanceof ArrayBuffer) || this.#ended !== undefined) return;
    let message;
    try {
      const whole = this.#pieces.add(new Uint8Array(data));
      if (whole === undefined) return;
      message = asRecord(decode(whole));
    } catch (cause) {
      return this.#end(new TangorError("protocol_error", "The program sent what is no message of wslink's.", { cause }));
    }
    const id = String(message.id);
    if (id.startsWith("publish:")) return this.#publish(id.slice(8, id.lastIndexOf(":")), message.result);
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    pending.release();
    if (message.error === undefined) pending.resolve(message.result);
    else pending.reject(programError(asRecord(message.error)));
  }

  /**
   * @param {string} topic
   * @param {unknown} value
   */
  #publish(topic, value) {
    for (const handler of this.#topics.get(topic) ?? []) {
      try {
        handler(value);
      } catch (error) {
        this.#world.report(error);
      }
    }
  }

  /** @param {any} error */
  #end(error) {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    for (const { reject, release } of this.#pending.values()) {
      release();
      reject(error);
    }
    this.#pending.clear();
    this.#topics.clear();
    this.dispatchEvent(new CustomEvent("close", { detail: error }));
  }
}

/** @param {Record<string, any>} error */
function programError(error) {
  const code = errorNames[error.code] ?? "program_error";
  const { exception } = asRecord(error.data);
  const text = error.message ?? "The program failed.";
  return new TangorError(code, typeof exception === "string" ? `${text}: ${exception}` : text, { data: error });
}

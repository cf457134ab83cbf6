import { bytesOf, toBase64 } from "./binary.js";
import { asRecord, asTangorError, TangorError } from "./errors.js";
import { objectOf, partsOf } from "./paths.js";
import { objectProxy } from "./proxy.js";
import { WriteOrder } from "./write-order.js";

/**
 * @typedef {import("./tangor").CallOptions} CallOptions
 * @typedef {import("./tangor").ObjectDescription} ObjectDescription
 * @typedef {import("./tangor").MemberDescription} MemberDescription
 *
 * @typedef {object} Server what objects need of the connection
 * @property {(method: string, parameters: any, options: CallOptions) => Promise<any>} call
 * @property {(key: string) => import("./stream.js").TangorStream<any>} stream follows an open stream from its beginning
 * @property {(error: TangorError) => void} fail for failures that no promise carries
 */

/** The objects of the server: their descriptions, and what a page does with their members. */
export class Objects {
  /** @type {Map<string, {description: ObjectDescription, proxy: any}>} */ #known = new Map();
  #order = new WriteOrder();

  /** @param {Server} server */
  constructor(server) {
    this.server = server;
  }

  /** @returns {Promise<string[]>} */
  list() {
    return this.server.call("object.list", {}, { idempotent: true });
  }

  /**
   * @param {string} name
   * @param {CallOptions} [options]
   * @returns {Promise<any>} the proxy
   */
  async open(name, options = {}) {
    const known = this.#known.get(name) ?? (await this.#learn(name, options));
    return known.proxy;
  }

  /**
   * @param {string} name
   * @param {CallOptions} options
   */
  async #learn(name, options) {
    const description = await this.describe(name, options);
    const known = this.#known.get(name);
    if (known !== undefined) {
      known.description = description;
      return known;
    }
    const made = { description, proxy: objectProxy(this, [name], name) };
    this.#known.set(name, made);
    return made;
  }

  /** The connection is open anew: the server may be another version of itself. Descriptions in hand serve until then. */
  refresh() {
    for (const name of this.#known.keys()) {
      this.#learn(name, {}).catch((error) => {
        // What is gone shows when it is used; a connection that broke again refreshes again.
        if (!(error instanceof TangorError)) this.server.fail(asTangorError(error));
      });
    }
  }

  /**
   * What is known here about a member of an object that was opened. Only for comfort: the server decides.
   *
   * @param {readonly string[]} parts
   * @returns {{kind: string, members?: MemberDescription[], stream?: boolean} | undefined}
   */
  known(parts) {
    /** @type {any} */ let found = this.#known.get(parts[0])?.description;
    for (const part of parts.slice(1)) {
      const members = /** @type {MemberDescription[] | undefined} */ (found?.members);
      found = members?.find((member) => member.name === part);
    }
    return found;
  }

  /**
   * @param {string} path
   * @param {CallOptions} [options]
   * @returns {Promise<any>}
   */
  describe(path, options = {}) {
    return this.server.call("object.describe", { path }, { idempotent: true, ...options });
  }

  /**
   * @param {string} path
   * @param {CallOptions} [options]
   * @returns {Promise<any>}
   */
  get(path, options = {}) {
    return this.#read(path, options, () => this.server.call("object.get", { path }, { idempotent: true, ...options }));
  }

  /**
   * @param {string} path
   * @param {unknown} value
   * @param {CallOptions} [options]
   * @returns {Promise<void>}
   */
  async set(path, value, options = {}) {
    // Taken down now: the value may change in the page before its turn comes.
    const frozen = snapshot(outgoing(value));
    await this.#order.write(objectOf(path), () => this.server.call("object.set", { path, value: frozen }, options));
  }

  /**
   * @param {string} path
   * @param {CallOptions} [options]
   * @returns {Promise<void>}
   */
  async delete(path, options = {}) {
    await this.#order.write(objectOf(path), () => this.server.call("object.delete", { path }, options));
  }

  /**
   * @param {string} path
   * @param {readonly unknown[] | Record<string, unknown>} [values] positional or by name
   * @param {CallOptions} [options]
   * @returns {Promise<any> & AsyncIterable<any>} a promise that can be looped over where the result is a stream
   */
  call(path, values, options = {}) {
    const result = this.#call(path, values, options);
    const { server } = this;
    return Object.assign(result, {
      async *[Symbol.asyncIterator]() {
        const answer = await result;
        const key = asRecord(answer).key;
        if (typeof answer?.[Symbol.asyncIterator] === "function") yield* answer;
        else if (typeof key === "string" && Object.keys(answer).length === 1) yield* server.stream(key);
        else throw new TangorError("not_a_stream", `${path} answered a plain value, not a stream; await it instead.`);
      },
    });
  }

  /**
   * @param {string} path
   * @param {readonly unknown[] | Record<string, unknown> | undefined} values
   * @param {CallOptions} options
   */
  async #call(path, values, options) {
    const parameters = values === undefined ? { path } : { path, arguments: snapshot(outgoingArguments(values)) };
    const answer = await this.#read(path, options, () => this.server.call("object.call", parameters, options));
    const parts = partsOf(path);
    const isStream = parts !== undefined && this.known(parts)?.stream === true;
    const key = asRecord(answer).key;
    return isStream && typeof key === "string" ? this.server.stream(key) : answer;
  }

  /**
   * An assignment or `delete` in the page's code, which cannot carry a promise.
   *
   * @param {string} path
   * @param {string} what
   * @param {Promise<void>} change
   */
  unattended(path, what, change) {
    change.catch((cause) => {
      const { code, message, status, retry, retryAfter, data, requestId } = asTangorError(cause);
      const text = `${path} was not ${what}: ${message}`;
      this.server.fail(new TangorError(code, text, { status, retry, retryAfter, data, requestId, cause }));
    });
  }

  /**
   * @param {string} path
   * @param {CallOptions} options
   * @param {() => Promise<any>} action
   */
  async #read(path, options, action) {
    const written = this.#order.written(objectOf(path));
    if (written !== undefined) await abortable(written, options.signal);
    return action();
  }
}

/**
 * @param {unknown} value
 * @returns {unknown}
 */
function outgoing(value) {
  // A member of an object of the server is a function too, to JavaScript.
  if (typeof value === "function") {
    throw new TangorError("invalid_parameters", "A function cannot be sent; a member of a server's object has to be awaited first.");
  }
  const bytes = bytesOf(value);
  return bytes === undefined ? value : toBase64(bytes);
}

/**
 * @param {readonly unknown[] | Record<string, unknown>} values
 * @returns {unknown}
 */
function outgoingArguments(values) {
  if (Array.isArray(values)) {
    // As in JavaScript, an argument left undefined at the end has its default.
    let count = values.length;
    while (count > 0 && values[count - 1] === undefined) count -= 1;
    return values.slice(0, count).map(outgoing);
  }
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, outgoing(value)]));
}

/**
 * A value as JSON would carry it, so that what the page does to it later does not matter.
 *
 * @param {unknown} value
 * @returns {unknown}
 */
function snapshot(value) {
  if (typeof value !== "object" || value === null) return value === undefined ? null : value;
  try {
    return JSON.parse(JSON.stringify(value));
  } catch (cause) {
    throw new TangorError("invalid_parameters", "The value cannot be written as JSON.", { cause });
  }
}

/**
 * @param {Promise<void>} promise
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function abortable(promise, signal) {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

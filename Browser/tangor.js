import { Channels } from "./channels/channels.js";
import { baseURL, environment, resolve } from "./environment.js";
import { TangorError } from "./errors.js";
import { HTTPDoor } from "./http.js";
import { LiveConnection } from "./live.js";
import { Objects } from "./objects.js";
import { pollAnswers } from "./poll.js";
import { Programs } from "./programs.js";
import { Signals } from "./signals.js";
import { StreamRouter, keyOf, openOverHTTP, pumpLines } from "./sources.js";
import { TangorStream } from "./stream.js";
import { Uploads } from "./uploads.js";

export { TangorError, TangorStream };

/**
 * @typedef {import("./environment.js").Environment} Environment
 * @typedef {import("./live.js").CallOptions} CallOptions
 * @typedef {import("./live.js").LiveOptions} LiveOptions
 * @typedef {import("./stream.js").StreamOptions} StreamOptions
 * @typedef {import("./poll.js").PollOptions} PollOptions
 *
 * @typedef {object} Place
 * @property {string | URL} [url] the server's base; where this module came from when absent
 * @property {Partial<Environment>} [environment] replaces what the client takes from the runtime
 *
 * @typedef {LiveOptions & Place & {timeout?: number}} ConnectOptions `timeout`: milliseconds for calls that name none
 */

/**
 * A page's connection to its server.
 *
 * Fires `statechange` and `error`; see `state`.
 */
export class Tangor extends EventTarget {
  /** @type {LiveConnection} */ #connection;
  /** @type {StreamRouter} */ #streams;
  /** @type {HTTPDoor} */ #http;
  /** @type {Environment} */ #world;
  /** @type {Objects} */ #objects;
  /** @type {Uploads} */ #uploads;
  #timeout;

  /** @param {ConnectOptions} [options] */
  constructor(options = {}) {
    super();
    this.#world = environment(options.environment);
    /** The server's base address. */
    this.base = baseURL(options.url, import.meta.url);
    this.#http = new HTTPDoor(this.base, this.#world);
    this.#uploads = new Uploads(this.#http, this.#world);
    this.#timeout = options.timeout ?? 0;
    this.#connection = new LiveConnection(this.#http, this.#world, options);
    this.#streams = new StreamRouter(this.#connection);
    const fail = (/** @type {TangorError} */ error) => this.dispatchEvent(new CustomEvent("error", { detail: error }));
    this.#objects = new Objects({
      call: (method, parameters, how) => this.call(method, parameters, how),
      stream: (key) => this.stream({ key }, { after: 0 }),
      fail,
    });
    for (const type of ["statechange", "error"]) {
      this.#connection.addEventListener(type, (event) => {
        this.dispatchEvent(new CustomEvent(type, { detail: /** @type {CustomEvent} */ (event).detail }));
      });
    }
    /** The server's channels. */
    this.channels = new Channels({
      connection: this.#connection,
      call: (method, parameters, how) => this.call(method, parameters, how),
      fail,
    });
    /** The server's signals. */
    this.signals = new Signals((method, parameters, how) => this.call(method, parameters, how));
    /** The programs that the server launches. */
    this.programs = new Programs({
      base: this.base,
      call: (method, parameters, how) => this.call(method, parameters, how),
      stream: (key, how) => this.stream({ key }, { after: 0, ...how }),
      forget: (key) => this.#http.drop(`programs/${encodeURIComponent(key)}`),
    });
    let opened = false;
    this.addEventListener("statechange", () => {
      if (this.state !== "open") return;
      if (opened) this.#objects.refresh();
      opened = true;
    });
    this.#connection.start();
  }

  /** `connecting`, `open`, `waiting` (broken; the next attempt is due) or `closed` (for good). */
  get state() {
    return this.#connection.state;
  }

  /** What carries the calls while open: `websocket` or `http`. */
  get transport() {
    return this.#connection.transport;
  }

  /**
   * Waits until the connection is open; rejects when it is closed for good.
   *
   * @param {{signal?: AbortSignal}} [options]
   */
  ready(options = {}) {
    return this.#connection.ready(options.signal);
  }

  /**
   * Calls a method of the server. Calls made while there is no connection wait for it.
   *
   * @param {string} method
   * @param {unknown} [parameters]
   * @param {CallOptions} [options]
   */
  call(method, parameters, options = {}) {
    return this.#connection.call(method, parameters, { timeout: this.#timeout, ...options });
  }

  /**
   * Sends a notification, which has no answer.
   *
   * @param {string} method
   * @param {unknown} [parameters]
   * @returns {boolean} false when it was dropped because the connection is not open
   */
  notify(method, parameters) {
    return this.#connection.notify(method, parameters);
  }

  /**
   * Hears the server's notifications of one method.
   *
   * @param {string} method
   * @param {(parameters: any) => void} handler
   * @returns {() => void} stops hearing
   */
  on(method, handler) {
    return this.#connection.on(method, handler);
  }

  /**
   * Opens a stream, or follows one that is open already.
   *
   * @param {string | {key: string}} service a path with or without a query, or the key of an open stream
   * @param {StreamOptions} [options]
   * @returns {TangorStream<any>}
   */
  stream(service, options = {}) {
    const connection = this.#connection;
    const overSocket = () => connection.transport === "websocket";
    return new TangorStream(
      {
        open: async (signal) => {
          const parameters = { service, ...(options.arguments === undefined ? {} : { arguments: options.arguments }) };
          return keyOf(await connection.call("stream.open", parameters, { signal }), String(service));
        },
        pump: async (pump) => {
          await connection.ready(pump.signal);
          return overSocket() ? this.#streams.pump(pump) : pumpLines(this.#http, pump);
        },
        ready: (signal) => connection.ready(signal),
        hold: (member) => connection.attach(member),
        cancel: (key) => {
          if (!overSocket() || !connection.notify("stream.cancel", { key })) this.#http.forget(key);
        },
      },
      this.#world,
      options,
      typeof service === "string" ? undefined : service.key,
    );
  }

  /**
   * An object of the server: `await sample.a`, `sample.a = 2`, `await sample.total(1, 2)`, `delete sample.b`.
   *
   * @param {string} name
   * @param {CallOptions} [options]
   * @returns {Promise<any>}
   */
  object(name, options) {
    return this.#objects.open(name, options);
  }

  /**
   * @returns {Promise<string[]>} the names of the objects
   */
  objects() {
    return this.#objects.list();
  }

  /**
   * What an object or one of its members is: types, parameters, words about it.
   *
   * @param {string} path
   * @param {CallOptions} [options]
   * @returns {Promise<any>}
   */
  describe(path, options) {
    return this.#objects.describe(path, options);
  }

  /**
   * The value of a property, an element or an entry: `sample.a`, `sample.list[0]`, `sample.map["any key"]`.
   *
   * @param {string} path
   * @param {CallOptions} [options]
   * @returns {Promise<any>}
   */
  get(path, options) {
    return this.#objects.get(path, options);
  }

  /**
   * Sets a property and waits until that is done; an assignment cannot be waited for.
   *
   * @param {string} path
   * @param {unknown} value
   * @param {CallOptions} [options]
   * @returns {Promise<void>}
   */
  set(path, value, options) {
    return this.#objects.set(path, value, options);
  }

  /**
   * Deletes an optional property or an entry and waits until that is done.
   *
   * @param {string} path
   * @param {CallOptions} [options]
   * @returns {Promise<void>}
   */
  delete(path, options) {
    return this.#objects.delete(path, options);
  }

  /**
   * Calls a method.
   *
   * @param {string} path
   * @param {readonly unknown[] | Record<string, unknown>} [values] positional, or by name
   * @param {CallOptions} [options]
   * @returns {Promise<any> & AsyncIterable<any>}
   */
  callObject(path, values, options) {
    return this.#objects.call(path, values, options);
  }

  /**
   * Sends a file to one of the server's upload folders: a small one whole, a larger one in pieces that are resumed
   * after a broken connection.
   *
   * @param {Blob & {name?: string, lastModified?: number}} file
   * @param {import("./uploads.js").UploadOptions} [options]
   * @returns {Promise<{name: string, size: number}>}
   */
  upload(file, options) {
    return this.#uploads.upload(file, options);
  }

  /**
   * Lets go of what the server kept of an upload that was stopped.
   *
   * @param {Blob & {name?: string, lastModified?: number}} file
   * @param {{folder?: string, name?: string}} [options] as for the upload
   * @returns {Promise<void>}
   */
  forgetUpload(file, options) {
    return this.#uploads.forget(file, options);
  }

  /** Ends the connection for good: streams are cancelled, calls under way are rejected. */
  close() {
    this.#connection.close();
  }
}

/**
 * Connects to the server that this module came from, or to the one that `url` names. Comes back at once; calls wait
 * for the connection by themselves.
 *
 * @param {ConnectOptions} [options]
 * @returns {Tangor}
 */
export function connect(options) {
  return new Tangor(options);
}

/**
 * A stream over plain HTTP, without a live connection.
 *
 * @param {string | URL} service
 * @param {StreamOptions & Place} [options]
 * @returns {TangorStream<any>}
 */
export function stream(service, options = {}) {
  const world = environment(options.environment);
  const http = new HTTPDoor(baseURL(options.url, import.meta.url), world);
  return new TangorStream(
    {
      open: (signal) => openOverHTTP(http, service, options.arguments, signal),
      pump: (pump) => pumpLines(http, pump),
      ready: async () => {},
      cancel: (key) => http.forget(key),
    },
    world,
    options,
  );
}

/**
 * Polls a generator that is known by a key of the page's choosing, until it is done. Without a `key` in the address a
 * fresh one is made.
 *
 * @param {string | URL} address
 * @param {PollOptions & Place} [options]
 * @returns {AsyncGenerator<any, void, void>}
 */
export function poll(address, options = {}) {
  const world = environment(options.environment);
  const http = new HTTPDoor(baseURL(options.url, import.meta.url), world);
  const url = resolve(http.base, address);
  if (!url.searchParams.has("key")) url.searchParams.set("key", freshKey());
  return pollAnswers(http, world, url, options);
}

/** @returns {string} */
function freshKey() {
  // randomUUID is missing on pages that came over plain HTTP from another host than localhost.
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

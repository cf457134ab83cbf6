import { Backoff } from "./backoff.js";
import { pause } from "./environment.js";
import { TangorError } from "./errors.js";
import { ProgressFeed } from "./progress.js";
import { ReceiveWindow } from "./window.js";

/**
 * @typedef {import("./environment.js").Environment} Environment
 * @typedef {import("./window.js").Progress} Progress
 *
 * @typedef {object} StreamOptions
 * @property {Record<string, unknown>} [arguments] for the service, beside those in its query
 * @property {AbortSignal} [signal] cancels the stream
 * @property {number} [credit] values that may be under way or waiting in the page, 32 when absent. The server keeps the
 *   last 64 values for repeats, so more than that cannot be recovered in full after a broken connection
 * @property {(progress: Progress) => void} [onprogress]
 * @property {boolean} [resume] whether to go on after a broken connection, true when absent
 * @property {number} [after] for a stream that is open already: the index after which to start
 * @property {boolean} [keep] leave the stream alive on the server when the loop is left
 *
 * @typedef {object} Source how a stream reaches the page; one for each transport
 * @property {(signal: AbortSignal) => Promise<string>} open gives the key
 * @property {(pump: Pump) => Promise<void>} pump moves values until the end; rejects when it fails or the connection breaks
 * @property {(signal: AbortSignal) => Promise<void>} ready waits until it is worth trying again
 * @property {(key: string) => void} cancel tells the server that no one wants the stream any more
 * @property {(member: {closing: () => void}) => () => void} [hold] tells of the end of the connection that carries it
 *
 * @typedef {object} Pump
 * @property {string} key
 * @property {ReceiveWindow} window
 * @property {AbortSignal} signal
 * @property {(index: number, data: unknown) => void} value
 * @property {(progress: Progress) => void} progress
 * @property {() => Promise<void>} room resolves once the window has room again
 * @property {(grant: ((credit: number) => void) | undefined) => void} granting who is told of new credit
 */

/** Attempts to go on without one value between them after which a stream gives up. */
const maxFruitlessAttempts = 10;

/**
 * A stream of the server as an async iterable. It opens when it is first asked for something, holds a bounded number of
 * values, goes on where it was after a broken connection, and is cancelled on the server when its loop is left.
 *
 * @template T
 * @implements {AsyncIterableIterator<T>}
 */
export class TangorStream {
  /** @type {Source} */ #source;
  /** @type {Environment} */ #world;
  /** @type {ReceiveWindow} */ #window;
  /** @type {StreamOptions} */ #options;
  #stop = new AbortController();
  /** @type {Promise<string> | undefined} */ #key;
  /** @type {string | undefined} */ #knownKey;
  /** @type {"idle" | "running" | "ended"} */ #state = "idle";
  /** @type {unknown} */ #failure;
  #failed = false;
  /** @type {{resolve: (result: IteratorResult<T>) => void, reject: (reason: unknown) => void}[]} */ #readers = [];
  /** @type {(() => void)[]} */ #roomers = [];
  /** @type {((credit: number) => void) | undefined} */ #grant;
  #received = 0;
  /** @type {() => void} */ #unhook = () => {};
  /** @type {() => void} */ #release = () => {};

  /**
   * @param {Source} source
   * @param {Environment} world
   * @param {StreamOptions} options
   * @param {string} [key] of a stream that is open already
   */
  constructor(source, world, options, key) {
    this.#source = source;
    this.#world = world;
    this.#options = options;
    this.#window = new ReceiveWindow(options.credit ?? 32, key === undefined ? 0 : options.after);
    this.#knownKey = key;
    /** What the server last reported of its work; `for await (const p of stream.progress)` follows it. */
    this.progress = new ProgressFeed();
    const signal = options.signal;
    if (signal !== undefined) {
      const abort = () => this.#end(signal.reason, true);
      if (signal.aborted) abort();
      else {
        signal.addEventListener("abort", abort, { once: true });
        this.#unhook = () => signal.removeEventListener("abort", abort);
      }
    }
  }

  /**
   * The stream's key on the server; asking for it opens the stream.
   *
   * @returns {Promise<string>}
   */
  get key() {
    this.#start();
    return /** @type {Promise<string>} */ (this.#key);
  }

  /**
   * The index of the value last received, 0 before the first.
   *
   * @returns {number}
   */
  get index() {
    return this.#window.last ?? 0;
  }

  /** @returns {this} */
  [Symbol.asyncIterator]() {
    return this;
  }

  /** @returns {Promise<IteratorResult<T>>} */
  next() {
    this.#start();
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject });
      this.#serve();
    });
  }

  /**
   * Leaving the loop cancels the stream on the server.
   *
   * @returns {Promise<IteratorResult<T>>}
   */
  return() {
    this.#end(undefined, false);
    return Promise.resolve({ done: /** @type {const} */ (true), value: undefined });
  }

  /**
   * @param {unknown} reason
   * @returns {Promise<IteratorResult<T>>}
   */
  async throw(reason) {
    this.#end(undefined, false);
    throw reason;
  }

  /** Cancels the stream here and on the server; a loop over it ends. */
  cancel() {
    this.#end(undefined, false);
  }

  #start() {
    if (this.#key !== undefined) return;
    if (this.#state === "ended") {
      const early = new TangorError("canceled", "The stream was cancelled before it was opened.");
      this.#key = Promise.reject(this.#failed ? this.#failure : early);
      this.#key.catch(() => {});
      return;
    }
    this.#state = "running";
    this.#release = this.#source.hold?.({ closing: () => this.#closing() }) ?? this.#release;
    this.#key = this.#knownKey === undefined ? this.#source.open(this.#stop.signal) : Promise.resolve(this.#knownKey);
    // The failure reaches the loop; nobody has to look at the key.
    this.#key.catch(() => {});
    this.#run();
  }

  async #run() {
    const signal = this.#stop.signal;
    const backoff = new Backoff({}, this.#world.random);
    try {
      const key = await /** @type {Promise<string>} */ (this.#key);
      this.#knownKey = key;
      if (this.#stop.signal.aborted) return this.#cancelOnServer();
      for (;;) {
        const before = this.#received;
        try {
          await this.#room();
          await this.#source.pump(this.#pump(key));
          return this.#finish();
        } catch (error) {
          this.#grant = undefined;
          if (signal.aborted || !this.#mayResume(error)) throw error;
          if (this.#received > before) backoff.reset();
          if (backoff.attempts >= maxFruitlessAttempts) throw error;
          const wait = /** @type {TangorError} */ (error).retryAfter ?? 0;
          // The first attempt after a while of good service follows at once; the connection has its own back-off.
          if (backoff.attempts > 0 || wait > 0) await pause(this.#world, Math.max(backoff.next(), wait * 1_000), signal);
          else backoff.next();
          await this.#source.ready(signal);
        }
      }
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  /**
   * @param {string} key
   * @returns {Pump}
   */
  #pump(key) {
    return {
      key,
      window: this.#window,
      signal: this.#stop.signal,
      value: (index, data) => this.#receive(index, data),
      progress: (progress) => {
        this.#window.report(progress);
        this.#serve();
      },
      room: () => this.#room(),
      granting: (grant) => (this.#grant = grant),
    };
  }

  /** @param {unknown} error */
  #mayResume(error) {
    if (this.#options.resume === false || !(error instanceof TangorError)) return false;
    return error.retry && error.code !== "stream_failed";
  }

  /**
   * @param {number} index
   * @param {unknown} data
   */
  #receive(index, data) {
    if (this.#state === "ended") return;
    const outcome = this.#window.receive(index, data);
    if (outcome === "overrun") {
      this.#abort(new TangorError("protocol_error", "The server sent more values than it had credit for."));
      return;
    }
    this.#received += 1;
    this.#serve();
  }

  /** Hands out what is there to who is waiting, progress in its place among the values. */
  #serve() {
    while (this.#readers.length > 0) {
      const entry = this.#window.take();
      if (entry === undefined) break;
      if (entry.kind === "progress") this.#tell(entry.progress);
      else this.#readers.shift()?.resolve({ done: false, value: /** @type {T} */ (entry.data) });
    }
    // Progress that no earlier value holds up is told at once, whether or not anyone waits for a value.
    if (this.#window.buffered === 0) {
      for (let entry = this.#window.take(); entry?.kind === "progress"; entry = this.#window.take()) this.#tell(entry.progress);
    }
    if (this.#state === "ended") {
      if (this.#window.buffered === 0) this.#settleReaders();
      return;
    }
    if (this.#window.hasRoom) for (const wake of this.#roomers.splice(0)) wake();
    if (this.#grant !== undefined) {
      const credit = this.#window.grant();
      if (credit > 0) this.#grant(credit);
    }
  }

  #settleReaders() {
    for (const reader of this.#readers.splice(0)) {
      if (this.#failed) {
        // As with every iterator, the failure is given once; after it the loop is simply over.
        this.#failed = false;
        reader.reject(this.#failure);
      } else {
        reader.resolve({ done: true, value: undefined });
      }
    }
  }

  /** @param {Progress} progress */
  #tell(progress) {
    this.progress.report(progress);
    try {
      this.#options.onprogress?.(progress);
    } catch (error) {
      this.#world.report(error);
    }
  }

  /** @returns {Promise<void>} */
  #room() {
    if (this.#window.hasRoom || this.#state === "ended") return Promise.resolve();
    return new Promise((resolve) => this.#roomers.push(resolve));
  }

  /** The server has nothing more; values that wait here are still handed out. */
  #finish() {
    if (this.#state === "ended") return;
    this.#over();
    this.#serve();
  }

  /** @param {unknown} error */
  #fail(error) {
    if (this.#state === "ended") return;
    this.#failure = error;
    this.#failed = true;
    this.#over();
    this.#serve();
  }

  /**
   * The page wants no more.
   *
   * @param {unknown} reason
   * @param {boolean} isFailure whether a waiting loop throws the reason
   */
  #end(reason, isFailure) {
    if (this.#state === "ended") {
      this.#discard();
      return;
    }
    const wasRunning = this.#state === "running";
    this.#failure = reason;
    this.#failed = isFailure;
    this.#over();
    this.#stop.abort(reason ?? new DOMException("The stream was cancelled.", "AbortError"));
    if (wasRunning) this.#cancelOnServer();
    this.#discard();
  }

  /** The connection is closed for good. */
  #closing() {
    this.#abort(new TangorError("connection_closed", "The connection was closed under the stream."));
  }

  /** @param {TangorError} error */
  #abort(error) {
    this.#cancelOnServer();
    this.#fail(error);
    this.#stop.abort(error);
  }

  #over() {
    this.#state = "ended";
    this.#release();
    this.#grant = undefined;
    this.#unhook();
    for (const wake of this.#roomers.splice(0)) wake();
    this.progress.end();
  }

  /** Values that nobody will ask for any more. */
  #discard() {
    while (this.#window.take() !== undefined);
    this.#settleReaders();
  }

  #cancelOnServer() {
    if (this.#options.keep !== true && this.#knownKey !== undefined) this.#source.cancel(this.#knownKey);
  }
}

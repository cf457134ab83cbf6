import { Backoff } from "./backoff.js";
import { CallTable, decode, encode } from "./calls.js";
import { resolve } from "./environment.js";
import { TangorError, asTangorError } from "./errors.js";
import { NotificationHub } from "./hub.js";
import { followPage } from "./lifecycle.js";
import { Posts } from "./posts.js";
import { Waiters } from "./waiters.js";

/**
 * @typedef {import("./environment.js").Environment} Environment
 * @typedef {import("./http.js").HTTPDoor} HTTPDoor
 * @typedef {import("./calls.js").Call} Call
 * @typedef {import("./tangor").State} State
 * @typedef {import("./tangor").Transport} Transport
 * @typedef {import("./tangor").CallOptions} CallOptions
 * @typedef {Omit<import("./tangor").ConnectOptions, keyof import("./tangor").Place | "timeout">} LiveOptions
 *
 * @typedef {object} Member what lives on the connection and outlives its breaks: streams, later channels and objects
 * @property {() => void} [closing] the connection ends for good; last messages may still be sent
 */

/**
 * The live connection: JSON-RPC over a WebSocket that is opened again when it breaks, or over `POST /rpc` where
 * WebSockets do not get through. Fires `statechange` (detail `{state, previous, transport, retryIn, error}`) and
 * `error` (detail: a `TangorError`).
 */
export class LiveConnection extends EventTarget {
  /** @type {State} */ state = "connecting";
  /**
   * What carries the calls while open.
   * @type {Transport | undefined}
   */
  transport;
  /** @type {any} */ #socket;
  /** @type {any} */ #timer;
  /** @type {any} */ #stableTimer;
  /** Whether a WebSocket to this server has ever opened. */ #proven = false;
  /** Attempts that failed since the connection was last open. */ #failures = 0;
  /** Tells late events of a former attempt apart. */ #attempt = 0;
  /** @type {Set<Member>} */ #members = new Set();
  #waiters = new Waiters();
  /** @type {NotificationHub} */ #hub;
  /** @type {Posts} */ #posts;
  /** @type {() => void} */ #unfollow = () => {};

  /**
   * @param {HTTPDoor} http
   * @param {Environment} world
   * @param {LiveOptions} [options]
   */
  constructor(http, world, options = {}) {
    super();
    this.http = http;
    this.world = world;
    this.options = options;
    this.preference = options.transport ?? "auto";
    this.calls = new CallTable({ maxQueued: options.maxQueued });
    this.#posts = new Posts(http, this.calls, (call, error) => this.#broken(call, error));
    this.#hub = new NotificationHub((error) => world.report(error));
    this.backoff = new Backoff(options.backoff, world.random);
    if (this.preference === "websocket" && world.WebSocket === undefined) {
      throw new TypeError('This runtime has no WebSocket; leave out transport: "websocket" to use HTTP.');
    }
  }

  /** Makes the first attempt and begins to heed the page's events. */
  start() {
    this.#unfollow = followPage(this.world, {
      wake: () => this.#hurry(),
      sleep: () => this.#suspend(),
      leave: () => this.close(1000, "page closed"),
    });
    this.#connect();
  }

  /**
   * @param {string} method
   * @param {unknown} [parameters]
   * @param {CallOptions & {arrived?: (result: any) => void}} [options] `arrived` sees the result before any message that
   *   came behind it, which a promise cannot promise
   * @returns {Promise<any>}
   */
  async call(method, parameters, options = {}) {
    const { signal, timeout = 0, idempotent = false, arrived } = options;
    signal?.throwIfAborted();
    if (this.state === "closed") throw this.#closedError();
    const { call, promise } = this.calls.add(method, parameters, idempotent);
    if (arrived !== undefined) {
      const { resolve } = call;
      call.resolve = (result) => {
        arrived(result);
        resolve(result);
      };
    }
    const abort = () => this.#abandon(call, signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    const timer =
      timeout > 0
        ? this.world.setTimeout(() => {
            this.#abandon(call, new TangorError("timeout", `${method} did not answer within ${timeout} ms.`, { retry: true }));
          }, timeout)
        : undefined;
    if (this.state === "open") this.#flush();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", abort);
      if (timer !== undefined) this.world.clearTimeout(timer);
    }
  }

  /**
   * Sends a notification, which has no answer.
   *
   * @param {string} method
   * @param {unknown} [parameters]
   * @returns {boolean} false when it was dropped because the connection is not open
   */
  notify(method, parameters) {
    if (this.state !== "open") return false;
    const text = encode({ jsonrpc: "2.0", method, params: parameters });
    if (this.#socket !== undefined) this.#socket.send(text);
    else this.http.rpc(text, { keepalive: true }).catch((error) => this.#fail(error));
    return true;
  }

  /**
   * Hears the server's notifications of one method.
   *
   * @param {string} method
   * @param {(parameters: any) => void} handler
   * @returns {() => void} stops hearing
   */
  on(method, handler) {
    return this.#hub.on(method, handler);
  }

  /**
   * @param {Member} member
   * @returns {() => void} takes it off again
   */
  attach(member) {
    this.#members.add(member);
    return () => this.#members.delete(member);
  }

  /**
   * Waits until the connection is open.
   *
   * @param {AbortSignal} [signal]
   * @returns {Promise<void>} rejects when it is closed for good
   */
  ready(signal) {
    if (this.state === "open") return Promise.resolve();
    if (this.state === "closed") return Promise.reject(this.#closedError());
    return this.#waiters.wait(signal);
  }

  /**
   * Ends the connection for good.
   *
   * @param {number} [code]
   * @param {string} [reason]
   * @param {TangorError} [error] why, if not by the page's own wish
   */
  close(code = 1000, reason = "", error = undefined) {
    if (this.state === "closed") return;
    for (const member of [...this.#members]) member.closing?.();
    this.#members.clear();
    this.#unfollow();
    const socket = this.#release();
    this.closedBy = error;
    this.#become("closed", { error });
    const failure = this.#closedError();
    for (const call of this.calls.drain()) call.reject(failure);
    this.#waiters.fail(failure);
    this.#posts.abortAll();
    socket?.close(code, reason);
  }

  // MARK: The socket

  #connect() {
    this.#attempt += 1;
    const attempt = this.#attempt;
    this.#become("connecting");
    if (this.preference === "http" || this.world.WebSocket === undefined) return this.#probe(attempt);

    const url = resolve(this.http.base, "live");
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    /** @type {any} */ let socket;
    try {
      socket = new this.world.WebSocket(url.href, ["tangor.v1"]);
    } catch (error) {
      // A policy of the page may forbid the socket outright.
      return this.#unopened(attempt, error);
    }
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    const current = () => attempt === this.#attempt && this.#socket === socket;
    this.#timer = this.world.setTimeout(() => {
      if (!current()) return;
      this.#socket = undefined;
      socket.close();
      this.#unopened(attempt, undefined);
    }, this.options.connectTimeout ?? 10_000);
    socket.onopen = () => {
      if (!current()) return socket.close(1000);
      this.#proven = true;
      this.#opened("websocket");
    };
    socket.onmessage = (/** @type {MessageEvent} */ event) => {
      if (current()) this.#received(event.data);
    };
    socket.onclose = (/** @type {CloseEvent} */ event) => {
      if (!current()) return;
      this.#socket = undefined;
      if (this.state === "open") this.#lost(event);
      else if (event.code >= 4500 && event.code <= 4999) this.#lost(event);
      else this.#unopened(attempt, undefined);
    };
  }

  /**
   * A WebSocket did not open. On a server that never had one open, a proxy may be in the way, so plain HTTP is tried at
   * once; otherwise the server is more likely to be away, and HTTP waits for the third failure.
   *
   * @param {number} attempt
   * @param {unknown} cause
   */
  #unopened(attempt, cause) {
    this.#clearTimers();
    this.#failures += 1;
    const mayUseHTTP = this.preference === "auto" && (!this.#proven || this.#failures >= 3);
    if (mayUseHTTP) return this.#probe(attempt);
    this.#retry(TangorError.connectionLost(`The WebSocket to ${this.http.base.origin} could not be opened.`, cause));
  }

  /**
   * Opens over plain HTTP if the server answers there.
   *
   * @param {number} attempt
   */
  async #probe(attempt) {
    try {
      await this.http.rpc(encode({ jsonrpc: "2.0", id: 0, method: "rpc.ping" }));
      if (attempt === this.#attempt && this.state === "connecting") this.#opened("http");
    } catch (error) {
      if (attempt === this.#attempt && this.state === "connecting") this.#retry(asTangorError(error));
    }
  }

  /** @param {Transport} transport */
  #opened(transport) {
    this.#clearTimers();
    this.#failures = 0;
    this.transport = transport;
    this.#stableTimer = this.world.setTimeout(() => this.backoff.reset(), this.options.stableAfter ?? 5_000);
    this.#become("open");
    this.#flush();
    this.#waiters.happened();
  }

  /** @param {{code: number, reason: string}} event */
  #lost({ code, reason }) {
    const words = `The connection closed (${code}${reason ? `, ${reason}` : ""}).`;
    if (code >= 4500 && code <= 4999) {
      const error = new TangorError("connection_refused", `${words} The server asks not to try again.`, { data: { closeCode: code } });
      this.close(1000, "", error);
      this.#fail(error);
    } else {
      this.#retry(new TangorError("connection_lost", words, { retry: true, data: { closeCode: code } }));
    }
  }

  /** @param {TangorError} error */
  #retry(error) {
    this.#release();
    this.#interrupt(error, (call) => !this.#posts.has(call));
    const retryIn = Math.max(this.backoff.next(), (error.retryAfter ?? 0) * 1_000);
    this.#timer = this.world.setTimeout(() => this.#connect(), retryIn);
    this.#become("waiting", { retryIn, error });
    this.#fail(error);
  }

  /** The page goes to sleep in the browser's back/forward cache. */
  #suspend() {
    if (this.state === "closed") return;
    const socket = this.#release();
    this.#interrupt(TangorError.connectionLost("The page was put to sleep."), (call) => !this.#posts.has(call));
    this.#become("waiting");
    socket?.close(1000, "page hidden");
  }

  /** The wait is over before its time. */
  #hurry() {
    if (this.state !== "waiting") return;
    this.#clearTimers();
    this.#connect();
  }

  /** Lets go of the socket and of all timers; late events then find no one. */
  #release() {
    this.#clearTimers();
    const socket = this.#socket;
    this.#socket = undefined;
    this.#attempt += 1;
    this.transport = undefined;
    return socket;
  }

  #clearTimers() {
    this.world.clearTimeout(this.#timer);
    this.world.clearTimeout(this.#stableTimer);
    this.#timer = this.#stableTimer = undefined;
  }

  /**
   * @param {TangorError} error
   * @param {(call: Call) => boolean} concerned requests over HTTP stand each on its own
   */
  #interrupt(error, concerned) {
    for (const call of this.calls.interrupt(concerned)) {
      const message = `${call.method} was under way when the connection broke; it may or may not have been carried out.`;
      call.reject(new TangorError("connection_lost", message, { retry: true, data: error.data, cause: error }));
    }
  }

  // MARK: Messages

  #flush() {
    for (const call of this.calls.takeQueued()) {
      if (this.#socket !== undefined) this.#socket.send(call.text);
      else this.#posts.send(call);
    }
  }

  /**
   * @param {Call} call one over HTTP
   * @param {TangorError} error
   */
  #broken(call, error) {
    this.#interrupt(error, (other) => other === call);
    if (this.state === "open" && this.transport === "http") this.#retry(error);
    else if (this.state === "open") this.#flush();
  }

  /**
   * The caller has gone: the server is told, and the answer, should it still come, finds no one.
   *
   * @param {Call} call
   * @param {unknown} reason
   */
  #abandon(call, reason) {
    if (this.calls.remove(call.id) === undefined) return;
    if (call.inFlight && this.#socket !== undefined) this.notify("rpc.cancel", { id: call.id });
    this.#posts.abort(call);
    call.reject(reason);
  }

  /** @param {unknown} data */
  #received(data) {
    if (typeof data !== "string") return;
    for (const incoming of decode(data)) {
      switch (incoming.kind) {
        case "result":
          this.calls.remove(incoming.id)?.resolve(incoming.result);
          break;
        case "error": {
          const call = this.calls.remove(incoming.id);
          if (call !== undefined) call.reject(incoming.error);
          else if (incoming.id === null || incoming.id === undefined) this.#fail(incoming.error);
          break;
        }
        case "notification":
          this.#hub.deliver(incoming.method, incoming.parameters);
          break;
        case "request":
          this.#socket?.send(
            encode({ jsonrpc: "2.0", id: incoming.id, error: { code: -32601, message: `The page has no method '${incoming.method}'` } }),
          );
          break;
        case "malformed":
          this.#fail(new TangorError("protocol_error", "The server sent a message that is not JSON-RPC."));
          break;
      }
    }
  }

  // MARK: Events

  /**
   * @param {State} state
   * @param {{retryIn?: number, error?: TangorError}} [details]
   */
  #become(state, details = {}) {
    const previous = this.state;
    if (state === previous && state !== "waiting" && state !== "connecting") return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("statechange", { detail: { state, previous, transport: this.transport, ...details } }));
  }

  /** @param {unknown} error */
  #fail(error) {
    this.dispatchEvent(new CustomEvent("error", { detail: asTangorError(error) }));
  }

  #closedError() {
    return this.closedBy ?? new TangorError("connection_closed", "The connection was closed by the page.");
  }
}

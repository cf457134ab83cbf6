import { TangorError, asRecord } from "./errors.js";

/**
 * One request and what is known of it.
 *
 * @typedef {object} Call
 * @property {number} id
 * @property {string} method
 * @property {string} text the encoded request; encoded once, so that later changes to the parameters do not matter
 * @property {boolean} idempotent whether it may be sent again after the connection broke under it
 * @property {number} sent how often it was sent
 * @property {boolean} inFlight
 * @property {(value: any) => void} resolve
 * @property {(reason: unknown) => void} reject
 */

/**
 * The calls of one connection that have no answer yet: those that wait for the connection, bounded, and those in
 * flight. A pure state machine: it sends nothing and sets no timer.
 */
export class CallTable {
  /** @param {{maxQueued?: number, maxSends?: number}} [limits] */
  constructor(limits = {}) {
    this.maxQueued = limits.maxQueued ?? 1_000;
    this.maxSends = limits.maxSends ?? 3;
    this.nextID = 1;
    /**
     * In order of their making.
     * @type {Map<number, Call>}
     */
    this.calls = new Map();
    this.queued = 0;
  }

  /**
   * @param {string} method
   * @param {unknown} parameters
   * @param {boolean} idempotent
   * @returns {{call: Call, promise: Promise<any>}}
   */
  add(method, parameters, idempotent) {
    if (this.queued >= this.maxQueued) {
      const message = `${this.queued} calls wait for the connection already; try again once it is open.`;
      throw new TangorError("queue_full", message, { retry: true });
    }
    const id = this.nextID;
    const text = encode({ jsonrpc: "2.0", id, method, params: parameters });
    this.nextID += 1;
    /** @type {Call} */
    const call = { id, method, text, idempotent, sent: 0, inFlight: false, resolve: () => {}, reject: () => {} };
    const promise = new Promise((resolve, reject) => {
      call.resolve = resolve;
      call.reject = reject;
    });
    this.calls.set(id, call);
    this.queued += 1;
    return { call, promise };
  }

  /**
   * The waiting calls in order, which count as sent from now on.
   *
   * @returns {Call[]}
   */
  takeQueued() {
    const waiting = [];
    for (const call of this.calls.values()) {
      if (call.inFlight) continue;
      call.inFlight = true;
      call.sent += 1;
      waiting.push(call);
    }
    this.queued = 0;
    return waiting;
  }

  /**
   * Takes a call out, for its answer or because its caller has gone.
   *
   * @param {unknown} id
   * @returns {Call | undefined} undefined when it is not here (any more)
   */
  remove(id) {
    const call = typeof id === "number" ? this.calls.get(id) : undefined;
    if (call === undefined) return undefined;
    this.calls.delete(call.id);
    if (!call.inFlight) this.queued -= 1;
    return call;
  }

  /**
   * The connection broke. Idempotent calls wait again, unless they were sent too often already: a message that makes
   * the server hang up must not do so for ever.
   *
   * @param {(call: Call) => boolean} [concerned] which calls it broke under
   * @returns {Call[]} those that fail
   */
  interrupt(concerned = () => true) {
    const failed = [];
    for (const call of this.calls.values()) {
      if (!call.inFlight || !concerned(call)) continue;
      if (call.idempotent && call.sent < this.maxSends) {
        call.inFlight = false;
        this.queued += 1;
      } else {
        this.calls.delete(call.id);
        failed.push(call);
      }
    }
    return failed;
  }

  /**
   * Empties the table.
   *
   * @returns {Call[]}
   */
  drain() {
    const all = [...this.calls.values()];
    this.calls.clear();
    this.queued = 0;
    return all;
  }
}

/**
 * @param {unknown} message
 * @returns {string}
 */
export function encode(message) {
  try {
    return JSON.stringify(message);
  } catch (cause) {
    throw new TangorError("invalid_parameters", "The parameters cannot be written as JSON.", { cause });
  }
}

/**
 * What a text message from the server holds.
 *
 * @typedef {{kind: "result", id: unknown, result: unknown}
 *   | {kind: "error", id: unknown, error: TangorError}
 *   | {kind: "notification", method: string, parameters: any}
 *   | {kind: "request", id: unknown, method: string}
 *   | {kind: "malformed"}} Incoming
 */

/**
 * @param {string} text
 * @returns {Incoming[]}
 */
export function decode(text) {
  let message;
  try {
    message = JSON.parse(text);
  } catch {
    return [{ kind: "malformed" }];
  }
  return (Array.isArray(message) ? message : [message]).map(classify);
}

/**
 * @param {unknown} message
 * @returns {Incoming}
 */
function classify(message) {
  const record = asRecord(message);
  if (typeof record.method === "string") {
    if ("id" in record) return { kind: "request", id: record.id, method: record.method };
    return { kind: "notification", method: record.method, parameters: record.params };
  }
  if (record.error !== undefined) return { kind: "error", id: record.id, error: TangorError.fromRPC(record.error) };
  if ("result" in record) return { kind: "result", id: record.id, result: record.result };
  return { kind: "malformed" };
}

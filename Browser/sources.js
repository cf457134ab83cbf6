import { TangorError, asRecord } from "./errors.js";
import { LineDecoder } from "./lines.js";

/**
 * @typedef {import("./http.js").HTTPDoor} HTTPDoor
 * @typedef {import("./live.js").LiveConnection} LiveConnection
 * @typedef {import("./stream.js").Pump} Pump
 * @typedef {import("./stream.js").Source} Source
 */

/** Gives the notifications of the live connection to the streams that they belong to. */
export class StreamRouter {
  /** @type {Map<string, {value(p: any): void, progress(p: any): void, finished(p: any): void, failed(p: any): void}>} */
  #routes = new Map();

  /** @param {LiveConnection} connection */
  constructor(connection) {
    this.connection = connection;
    connection.on("stream.value", (p) => this.#routes.get(asRecord(p).key)?.value(p));
    connection.on("stream.progress", (p) => this.#routes.get(asRecord(p).key)?.progress(p));
    connection.on("stream.finished", (p) => this.#routes.get(asRecord(p).key)?.finished(p));
    connection.on("stream.failed", (p) => this.#routes.get(asRecord(p).key)?.failed(p));
  }

  /**
   * Subscribes and moves values until the end.
   *
   * @param {Pump} pump
   * @returns {Promise<void>}
   */
  async pump(pump) {
    const { key, window, signal } = pump;
    if (this.#routes.has(key)) throw new TangorError("invalid_request", `The stream ${key} is being read on this page already.`);
    let unhook = () => {};
    try {
      await new Promise((resolve, reject) => {
        // The route stands before the subscription is asked for: values may overtake the answer.
        this.#routes.set(key, {
          value: (p) => pump.value(p.index, p.data),
          progress: (p) => pump.progress({ completed: p.completed, total: p.total, message: p.message }),
          finished: () => resolve(undefined),
          failed: (p) => reject(TangorError.fromRPC(p.error)),
        });
        const abort = () => reject(signal.reason);
        signal.addEventListener("abort", abort, { once: true });
        const lost = (/** @type {any} */ event) => {
          if (event.detail.state === "open") return;
          reject(event.detail.error ?? TangorError.connectionLost("The connection broke under the stream."));
        };
        this.connection.addEventListener("statechange", lost);
        unhook = () => {
          signal.removeEventListener("abort", abort);
          this.connection.removeEventListener("statechange", lost);
        };
        const parameters = { key, credit: window.begin(), ...(window.last === undefined ? {} : { after: window.last }) };
        this.connection.call("stream.subscribe", parameters).then(() => {
          pump.granting((credit) => {
            this.connection.call("stream.credit", { key, credit }, { signal }).catch((error) => {
              // The stream may have ended, or the connection broken, meanwhile; both are told in their own way.
              if (error instanceof TangorError && !["stream_not_found", "connection_lost", "connection_closed"].includes(error.code)) {
                reject(error);
              }
            });
          });
          // What was consumed before the answer came is granted now.
          const credit = window.grant();
          if (credit > 0) this.connection.call("stream.credit", { key, credit }, { signal }).catch(() => {});
        }, reject);
      });
    } finally {
      pump.granting(undefined);
      this.#routes.delete(key);
      unhook();
    }
  }
}

/**
 * Reads a stream over one HTTP response of NDJSON lines. The window is not refilled by messages here: a full one is
 * simply not read on, and the network's own flow control holds the server back.
 *
 * @param {HTTPDoor} http
 * @param {Pump} pump
 * @returns {Promise<void>}
 */
export async function pumpLines(http, pump) {
  const { window, signal } = pump;
  const query = window.last === undefined ? "" : `?after=${window.last}`;
  const path = `stream/${encodeURIComponent(pump.key)}${query}`;
  const response = await http.request(path, { headers: { Accept: "application/x-ndjson" }, signal });
  if (response.body === null || response.body === undefined) return pumpPulls(http, pump);
  const reader = response.body.getReader();
  const decoder = new LineDecoder();
  try {
    for (;;) {
      let piece;
      try {
        piece = await reader.read();
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw TangorError.connectionLost("The connection broke under the stream.", error);
      }
      for (const line of piece.done ? decoder.finish() : decoder.push(piece.value)) {
        await pump.room();
        if (signal.aborted) throw signal.reason;
        if (takeLine(line, pump)) return;
      }
      // Without its last line the response was cut short, however politely it ended.
      if (piece.done) throw TangorError.connectionLost("The stream's response ended before the stream did.");
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * @param {string} line
 * @param {Pump} pump
 * @returns {boolean} whether it was the last one
 */
function takeLine(line, pump) {
  let record;
  try {
    record = asRecord(JSON.parse(line));
  } catch {
    // A response that was cut off in the middle of a line; what it held comes again.
    throw TangorError.connectionLost("A line of the stream's response is incomplete.");
  }
  if (record.error !== undefined) throw TangorError.fromProblem(record.error);
  if (record.finished === true) return true;
  if (record.progress !== undefined) pump.progress(record.progress);
  if (typeof record.index === "number") {
    pump.window.begin();
    pump.value(record.index, record.data);
  }
  return false;
}

/**
 * Reads a stream by repeatable pulls, for runtimes whose responses cannot be read piece by piece.
 *
 * @param {HTTPDoor} http
 * @param {Pump} pump
 * @returns {Promise<void>}
 */
export async function pumpPulls(http, pump) {
  const { window, signal, key } = pump;
  for (;;) {
    await pump.room();
    if (signal.aborted) throw signal.reason;
    const query = new URLSearchParams({ wait: "20s", progress: "true" });
    // Without a position the pull takes whatever is next, and the answer says where that was.
    if (window.last !== undefined) query.set("after", String(window.last));
    const headers = { Accept: "application/json" };
    const response = await http.request(`stream/${encodeURIComponent(key)}?${query}`, { headers, signal });
    let answer;
    try {
      answer = asRecord(JSON.parse(await response.text()));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw TangorError.connectionLost("The connection broke under the stream.", error);
    }
    if (answer.progress !== undefined) pump.progress(answer.progress);
    if (answer.finished === true) return;
    if (answer.pending === true) continue;
    const index = typeof answer.index === "number" ? answer.index : Number(response.headers.get("stream-index"));
    if (!Number.isInteger(index) || index < 1) throw new TangorError("protocol_error", "The server's answer names no index.");
    window.begin();
    pump.value(index, answer.data);
  }
}

/**
 * Asks the service itself for a stream.
 *
 * @param {HTTPDoor} http
 * @param {string | URL} path
 * @param {Record<string, unknown> | undefined} parameters
 * @param {AbortSignal} signal
 * @returns {Promise<string>} the key
 */
export async function openOverHTTP(http, path, parameters, signal) {
  const init =
    parameters === undefined
      ? { signal }
      : { signal, method: "POST", body: JSON.stringify(parameters), headers: { "Content-Type": "application/json" } };
  return keyOf(await http.json(path, init), path);
}

/**
 * @param {unknown} answer
 * @param {string | URL} path
 * @returns {string}
 */
export function keyOf(answer, path) {
  const key = asRecord(answer).key;
  if (typeof key === "string") return key;
  throw new TangorError("not_a_stream", `The service at ${path} answered a plain value, not a stream.`);
}

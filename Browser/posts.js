import { TangorError } from "./errors.js";

/**
 * @typedef {import("./http.js").HTTPDoor} HTTPDoor
 * @typedef {import("./calls.js").Call} Call
 */

/** The calls that are under way over `POST /rpc`; each stands on its own. */
export class Posts {
  /** @type {Map<number, AbortController>} */ #underWay = new Map();

  /**
   * @param {HTTPDoor} http
   * @param {import("./calls.js").CallTable} calls
   * @param {(call: Call, error: TangorError) => void} broken the network failed under this call
   */
  constructor(http, calls, broken) {
    this.http = http;
    this.calls = calls;
    this.broken = broken;
  }

  /** @param {Call} call */
  async send(call) {
    const request = new AbortController();
    this.#underWay.set(call.id, request);
    try {
      const result = await this.http.rpc(call.text, { signal: request.signal });
      this.calls.remove(call.id)?.resolve(result);
    } catch (error) {
      if (error instanceof TangorError && error.code === "connection_lost") {
        this.#underWay.delete(call.id);
        this.broken(call, error);
      } else {
        this.calls.remove(call.id)?.reject(error);
      }
    } finally {
      if (this.#underWay.get(call.id) === request) this.#underWay.delete(call.id);
    }
  }

  /**
   * @param {Call} call
   * @returns {boolean}
   */
  has(call) {
    return this.#underWay.has(call.id);
  }

  /** @param {Call} call */
  abort(call) {
    this.#underWay.get(call.id)?.abort();
  }

  abortAll() {
    for (const request of this.#underWay.values()) request.abort();
    this.#underWay.clear();
  }
}

import { resolve } from "./environment.js";
import { TangorError, asRecord } from "./errors.js";

/** @typedef {import("./environment.js").Environment} Environment */

/** Requests to one server over plain HTTP. Every failure becomes a `TangorError`, but for the caller's own abort. */
export class HTTPDoor {
  /**
   * @param {URL} base
   * @param {Environment} world
   */
  constructor(base, world) {
    this.base = base;
    this.world = world;
  }

  /**
   * @param {string | URL} path
   * @param {RequestInit} [init]
   * @returns {Promise<Response>} a successful one
   */
  async request(path, init = {}) {
    const url = resolve(this.base, path);
    let response;
    try {
      response = await this.world.fetch(url, { cache: "no-store", ...init });
    } catch (error) {
      if (init.signal?.aborted) throw init.signal.reason;
      throw TangorError.connectionLost(`The server at ${url.origin} did not answer.`, error);
    }
    if (response.ok) return response;
    throw TangorError.fromProblem(await readJSON(response).catch(() => undefined), response.status, response.headers);
  }

  /**
   * @param {string | URL} path
   * @param {RequestInit} [init]
   * @returns {Promise<any>}
   */
  async json(path, init = {}) {
    const headers = { Accept: "application/json", .../** @type {Record<string, string>} */ (init.headers ?? {}) };
    const response = await this.request(path, { ...init, headers });
    try {
      return await readJSON(response);
    } catch (error) {
      if (init.signal?.aborted) throw init.signal.reason;
      if (error instanceof SyntaxError) throw new TangorError("protocol_error", `${response.url || path} did not answer with JSON.`);
      throw TangorError.connectionLost("The connection broke before the whole answer had come.", error);
    }
  }

  /**
   * One JSON-RPC request through `POST /rpc`.
   *
   * @param {string} text the encoded request
   * @param {{signal?: AbortSignal, keepalive?: boolean}} [options]
   * @returns {Promise<any>} the result, undefined for a notification
   */
  async rpc(text, options = {}) {
    const response = await this.request("rpc", {
      method: "POST",
      body: text,
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      ...options,
    });
    if (response.status === 204) return undefined;
    let answer;
    try {
      answer = asRecord(await readJSON(response));
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason;
      if (error instanceof SyntaxError) throw new TangorError("protocol_error", "POST /rpc did not answer with JSON.");
      throw TangorError.connectionLost("The connection broke before the whole answer had come.", error);
    }
    if (answer.error !== undefined) throw TangorError.fromRPC(answer.error, response.headers.get("x-request-id") ?? undefined);
    return answer.result;
  }

  /**
   * Ends a stream on the server and does not wait for the answer. `keepalive` lets it go out while the page unloads;
   * should it be lost, the stream's lease ends it.
   *
   * @param {string} key
   */
  forget(key) {
    this.drop(`stream/${encodeURIComponent(key)}`);
  }

  /**
   * Deletes something on the server and does not wait for the answer; goes out while the page unloads too.
   *
   * @param {string} path
   */
  drop(path) {
    this.request(path, { method: "DELETE", keepalive: true }).catch(() => {});
  }
}

/**
 * @param {Response} response
 * @returns {Promise<any>}
 */
async function readJSON(response) {
  return JSON.parse(await response.text());
}

import { TangorError, asRecord } from "../errors.js";
import { ChannelFeed } from "./feed.js";
import { checkName, isPattern } from "./names.js";
import { ChannelSubscription } from "./subscription.js";
import { carrier, payload } from "./wire.js";

/**
 * @typedef {import("../tangor").CallOptions} CallOptions
 * @typedef {import("../tangor").ChannelHandler} ChannelHandler
 * @typedef {import("../tangor").ChannelOptions} ChannelOptions
 * @typedef {import("../tangor").ChannelMessage} ChannelMessage
 * @typedef {import("../tangor").ChannelPosition} ChannelPosition
 *
 * @typedef {object} Server what channels need of the connection
 * @property {import("../live.js").LiveConnection} connection
 * @property {(method: string, parameters: any, options: CallOptions) => Promise<any>} call
 * @property {(error: TangorError) => void} fail
 */

/** The channels of the server: topics with a retained latest value and a bounded history. */
export class Channels {
  /** @type {Server} */ #server;
  /** @type {ChannelFeed} */ #feed;

  /** @param {Server} server */
  constructor(server) {
    this.#server = server;
    this.#feed = new ChannelFeed(server.connection);
  }

  /**
   * Follows channels until it is ended, whatever happens to the connection.
   *
   * @param {string | readonly string[] | Record<string, ChannelHandler>} names names and patterns, or handlers by name
   * @param {any} [handler] one for all, or handlers by name; without one, loop over the subscription
   * @param {ChannelOptions} [options]
   * @returns {ChannelSubscription}
   */
  subscribe(names, handler, options) {
    const isMap = typeof names === "object" && !Array.isArray(names);
    const list = typeof names === "string" ? [names] : isMap ? Object.keys(names) : /** @type {readonly string[]} */ (names);
    const handlers = isMap ? names : handler;
    const settings = (isMap ? handler : options) ?? {};
    settings.signal?.throwIfAborted();
    const { world } = this.#server.connection;
    const subscription = new ChannelSubscription(list, handlers, settings, {
      leave: (left) => this.#feed.remove(left),
      present: (subscriber) => this.#feed.present(subscriber),
      fail: this.#server.fail,
      report: world.report,
    });
    this.#feed.add(subscription);
    return subscription;
  }

  /** This page's own id in presence lists; undefined before the first subscription is in force. */
  get client() {
    return this.#feed.client;
  }

  /**
   * @param {string} [pattern]
   * @param {CallOptions} [options]
   * @returns {Promise<string[]>} names that this page may subscribe to
   */
  list(pattern, options = {}) {
    if (pattern !== undefined) checkName(pattern);
    return this.#server.call("channel.list", pattern === undefined ? {} : { pattern }, { idempotent: true, ...options });
  }

  /**
   * Publishes, where the server lets pages do so.
   *
   * @param {string} name
   * @param {unknown} value JSON, or bytes (`Uint8Array`, `ArrayBuffer`)
   * @param {CallOptions} [options]
   * @returns {Promise<ChannelPosition & {channel: string}>}
   */
  async publish(name, value, options = {}) {
    checkChannel(name);
    return this.#server.call("channel.publish", { channel: name, ...carrier(value) }, options);
  }

  /**
   * Publishes without an answer, for what is worthless a moment later: a pointer's place, a level.
   *
   * @param {string} name
   * @param {unknown} value
   * @returns {boolean} false when it was dropped because the connection is not open
   */
  send(name, value) {
    checkChannel(name);
    return this.#server.connection.notify("channel.publish", { channel: name, ...carrier(value) });
  }

  /**
   * The last message.
   *
   * @param {string} name
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<ChannelMessage | undefined>} undefined when nothing was published yet
   */
  async latest(name, options = {}) {
    checkChannel(name);
    const levels = name.split("/");
    if (levels.some((level) => level === "." || level === "..")) {
      throw new TangorError("invalid_parameters", `'${name}' cannot stand in an address; subscribe to it instead.`);
    }
    try {
      const path = `channel/${levels.map(encodeURIComponent).join("/")}/latest`;
      return incoming(name, await this.#server.connection.http.json(path, { signal: options.signal }));
    } catch (error) {
      if (error instanceof TangorError && error.code === "channel_not_found") return undefined;
      throw error;
    }
  }

  /**
   * Messages that the server still has.
   *
   * @param {string} name
   * @param {{after?: ChannelPosition, limit?: number} & CallOptions} [options]
   * @returns {Promise<{epoch: string, offset: number, recovered?: boolean, messages: ChannelMessage[]}>}
   */
  async history(name, options = {}) {
    checkChannel(name);
    const { after, limit, ...rest } = options;
    const parameters = { channel: name, ...(after === undefined ? {} : { after }), ...(limit === undefined ? {} : { limit }) };
    const answer = asRecord(await this.#server.call("channel.history", parameters, { idempotent: true, ...rest }));
    const messages = (answer.messages ?? []).map((/** @type {any} */ message) => incoming(name, { epoch: answer.epoch, ...message }));
    return { .../** @type {any} */ (answer), messages };
  }

  /**
   * Who is there. Subscriptions with `presence: true` hear of comings and goings.
   *
   * @param {string} name
   * @param {CallOptions} [options]
   * @returns {Promise<import("../tangor").ChannelClient[]>}
   */
  async presence(name, options = {}) {
    checkChannel(name);
    const answer = await this.#server.call("channel.presence", { channel: name }, { idempotent: true, ...options });
    return asRecord(answer).clients ?? [];
  }
}

/**
 * @param {string} channel
 * @param {any} message
 * @returns {ChannelMessage}
 */
function incoming(channel, message) {
  return { channel, epoch: message.epoch, offset: message.offset, data: payload(message) };
}

/** @param {string} name */
function checkChannel(name) {
  checkName(name);
  if (isPattern(name)) throw new TangorError("invalid_parameters", `'${name}' is a pattern; this takes the name of one channel.`);
}

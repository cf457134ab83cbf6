import { TangorError } from "../errors.js";
import { checkName, matches } from "./names.js";
import { MessageQueue } from "./queue.js";

/**
 * @typedef {import("../tangor").ChannelMessage} ChannelMessage
 * @typedef {import("../tangor").ChannelLoss} ChannelLoss
 * @typedef {import("../tangor").ChannelClient} ChannelClient
 * @typedef {import("../tangor").ChannelHandler} ChannelHandler
 * @typedef {import("../tangor").ChannelOptions} ChannelOptions
 * @typedef {import("../tangor").ChannelPosition} ChannelPosition
 *
 * @typedef {object} Owner
 * @property {(subscription: ChannelSubscription) => void} leave
 * @property {(subscription: ChannelSubscription) => void} present tells it who is there
 * @property {(error: TangorError) => void} fail for a failure that the page may not be waiting for
 * @property {(error: unknown) => void} report for what the page's handlers throw
 */

const policies = ["all", "latest", "dropOldest", "close"];

/**
 * One subscription of the page. Fires `lost`, `joined`, `left` and `error`; `for await` loops over its messages.
 *
 * @implements {AsyncIterable<ChannelMessage>}
 */
export class ChannelSubscription extends EventTarget {
  /** @type {readonly string[]} */ names;
  /**
   * Settles once all names are in force on the server; rejects when it refuses them.
   * @type {Promise<void>}
   */
  ready;
  /** @type {[string | undefined, ChannelHandler][]} */ #handlers;
  /** @type {ChannelOptions} */ #options;
  /** @type {Owner} */ #owner;
  /** @type {MessageQueue | undefined} */ #queue;
  /** @type {(() => void)[]} */ #waiting = [];
  /** @type {"running" | "ended"} */ #state = "running";
  /** @type {unknown} */ #failure;
  #failed = false;
  /** @type {Map<string, ChannelPosition>} */ #positions = new Map();
  /** @type {() => void} */ #settle = () => {};
  /** @type {(reason: unknown) => void} */ #refuse = () => {};
  /** @type {() => void} */ #unhook = () => {};

  /**
   * @param {readonly string[]} names
   * @param {ChannelHandler | Record<string, ChannelHandler> | undefined} handler
   * @param {ChannelOptions} options
   * @param {Owner} owner
   */
  constructor(names, handler, options, owner) {
    super();
    if (names.length === 0) throw new TangorError("invalid_parameters", "A subscription names at least one channel.");
    for (const name of names) checkName(name);
    if (options.policy !== undefined && !policies.includes(options.policy)) {
      throw new TangorError("invalid_parameters", `'${options.policy}' is no policy; there are ${policies.join(", ")}.`);
    }
    this.names = [...new Set(names)];
    this.#options = options;
    this.#owner = owner;
    this.#handlers = typeof handler === "function" ? [[undefined, handler]] : Object.entries(handler ?? {});
    if (this.#handlers.length === 0) this.#collect();
    this.ready = new Promise((resolve, reject) => {
      this.#settle = () => resolve(undefined);
      this.#refuse = reject;
    });
    // A page that does not wait for it hears of a refusal by the events.
    this.ready.catch(() => {});
    const { signal } = options;
    if (signal !== undefined) {
      const abort = () => this.#end(signal.reason, true);
      signal.addEventListener("abort", abort, { once: true });
      this.#unhook = () => signal.removeEventListener("abort", abort);
    }
  }

  /** Ends it; a loop over it ends once it has taken what came before. */
  unsubscribe() {
    this.#end(undefined, false);
  }

  /**
   * Where each channel stands, to be given as `from` to a later subscription, of a later page too.
   *
   * @returns {{[channel: string]: ChannelPosition}}
   */
  get positions() {
    return Object.fromEntries(this.#positions);
  }

  /**
   * The messages in order. Leaving the loop ends a subscription that has no handler.
   *
   * @returns {AsyncGenerator<ChannelMessage, void, void>}
   */
  [Symbol.asyncIterator]() {
    return this.#loop(this.#collect());
  }

  /**
   * @param {MessageQueue} queue
   * @returns {AsyncGenerator<ChannelMessage, void, void>}
   */
  async *#loop(queue) {
    try {
      for (;;) {
        const message = queue.shift();
        if (message !== undefined) {
          yield message;
        } else if (this.#state === "ended") {
          if (this.#failed) throw this.#failure;
          return;
        } else {
          await new Promise((resolve) => this.#waiting.push(() => resolve(undefined)));
        }
      }
    } finally {
      if (this.#handlers.length === 0) this.unsubscribe();
      else this.#queue = undefined;
    }
  }

  #collect() {
    this.#queue ??= new MessageQueue(this.#options.buffer ?? 1_000, this.#options.policy === "latest");
    return this.#queue;
  }

  // MARK: What the feed asks and tells

  get latest() {
    return this.#options.latest ?? true;
  }

  get policy() {
    return this.#options.policy;
  }

  get presence() {
    return this.#options.presence ?? false;
  }

  get info() {
    return this.#options.info;
  }

  get from() {
    return this.#options.from;
  }

  joined() {
    this.#settle();
    if (this.presence) this.#owner.present(this);
  }

  /** @param {ChannelMessage} message */
  take(message) {
    if (this.#state === "ended") return;
    this.#positions.set(message.channel, { epoch: message.epoch, offset: message.offset });
    for (const [pattern, handler] of this.#handlers) {
      if (pattern !== undefined && !matches(pattern, message.channel)) continue;
      try {
        handler(message.data, message);
      } catch (error) {
        this.#owner.report(error);
      }
    }
    if (this.#queue !== undefined) {
      this.#queue.push(message);
      this.#wake();
    }
  }

  /** @param {ChannelLoss} loss */
  lost(loss) {
    if (this.#state === "ended") return;
    try {
      this.#options.onlost?.(loss);
    } catch (error) {
      this.#owner.report(error);
    }
    this.dispatchEvent(new CustomEvent("lost", { detail: loss }));
  }

  /**
   * @param {string} channel
   * @param {ChannelClient} client
   */
  came(channel, client) {
    this.dispatchEvent(new CustomEvent("joined", { detail: { channel, client } }));
  }

  /**
   * @param {string} channel
   * @param {ChannelClient} client
   */
  went(channel, client) {
    this.dispatchEvent(new CustomEvent("left", { detail: { channel, client } }));
  }

  /** @param {TangorError} error the server refuses, or the connection ended for good */
  failed(error) {
    if (this.#state === "ended") return;
    this.#end(error, true);
    this.dispatchEvent(new CustomEvent("error", { detail: error }));
    if (error.code !== "connection_closed") this.#owner.fail(error);
  }

  /**
   * @param {unknown} reason
   * @param {boolean} isFailure
   */
  #end(reason, isFailure) {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#failure = reason;
    this.#failed = isFailure;
    this.#unhook();
    this.#owner.leave(this);
    this.#refuse(reason ?? new TangorError("canceled", "The subscription was ended before it was ready."));
    this.#wake();
  }

  #wake() {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

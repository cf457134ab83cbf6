import { Backoff } from "../backoff.js";
import { pause } from "../environment.js";
import { TangorError, asRecord, asTangorError } from "../errors.js";
import { Waiters } from "../waiters.js";
import { ChannelBook } from "./book.js";
import { eventsAddress, readEvents } from "./events.js";
import { PresenceLists } from "./presence.js";

/**
 * @typedef {import("../live.js").LiveConnection} LiveConnection
 * @typedef {import("./book.js").Request} Request
 * @typedef {import("./book.js").CatchUp} CatchUp
 * @typedef {import("../tangor").ChannelClient} ChannelClient
 * @typedef {import("./book.js").Follower & {
 *   failed: (error: TangorError) => void,
 *   came: (channel: string, client: ChannelClient) => void,
 *   went: (channel: string, client: ChannelClient) => void,
 * }} Subscriber
 */

/** Channels of one answer whose presence is asked for; a pattern may match any number. */
const maxPresenceLists = 100;

/**
 * Keeps the server's idea of what this page follows in step with the page's own, over either transport and through
 * broken connections, and gives what comes to the book.
 */
export class ChannelFeed {
  #book = new ChannelBook();
  #presence = new PresenceLists();
  #changes = new Waiters();
  /** @type {Set<Subscriber>} */ #subscribers = new Set();
  /** @type {AbortController | undefined} as long as the connection is open */ #session;
  /** One subscriber at a time, after the server refused several together. */ #careful = false;

  /** @param {LiveConnection} connection */
  constructor(connection) {
    this.connection = connection;
    this.world = connection.world;
    connection.on("channel.message", (p) => this.#book.message(p));
    connection.on("channel.lost", (p) => this.#book.lost(p));
    connection.on("channel.joined", (p) => this.#joined(asRecord(p)));
    connection.on("channel.left", (p) => this.#left(asRecord(p)));
    connection.addEventListener("statechange", () => this.#follow());
  }

  /** @returns {string | undefined} this page's id in presence lists */
  get client() {
    return this.#presence.self;
  }

  /** @param {Subscriber} subscriber */
  add(subscriber) {
    this.#subscribers.add(subscriber);
    this.#book.add(subscriber);
    this.#changes.happened();
    this.#follow();
  }

  /** @param {Subscriber} subscriber */
  remove(subscriber) {
    if (!this.#subscribers.delete(subscriber)) return;
    this.#book.remove(subscriber);
    this.#changes.happened();
  }

  /**
   * @param {string} channel
   * @returns {ChannelClient[]}
   */
  others(channel) {
    return this.#presence.others(channel);
  }

  /**
   * Tells a subscriber who was there before it.
   *
   * @param {Subscriber} subscriber
   */
  present(subscriber) {
    for (const channel of this.#presence.channels) {
      if (!this.#book.followers(channel).includes(subscriber)) continue;
      for (const client of this.#presence.others(channel)) subscriber.came(channel, client);
    }
  }

  /** Works as long as the connection is open and someone follows something. */
  #follow() {
    const { state } = this.connection;
    if (state === "closed") {
      const error = this.connection.closedBy ?? new TangorError("connection_closed", "The connection was closed under the subscription.");
      for (const subscriber of [...this.#subscribers]) this.#fail(subscriber, error);
    }
    if (state !== "open") {
      this.#session?.abort(TangorError.connectionLost("The connection is not open."));
      this.#session = undefined;
    } else if (this.#session === undefined && this.#subscribers.size > 0) {
      this.#session = new AbortController();
      this.#book.begin();
      this.#careful = false;
      this.#work(this.#session.signal);
    }
  }

  /** @param {AbortSignal} session */
  async #work(session) {
    const backoff = new Backoff(this.connection.options.backoff, this.world.random);
    // Subscriptions that the page makes in one go become one request.
    await Promise.resolve();
    while (!session.aborted) {
      /** @type {Request | undefined} */ let request;
      try {
        if (this.connection.transport === "http") {
          request = this.#book.whole(this.#careful);
          this.#book.begin();
          if (request === undefined) await this.#idle(session);
          else await this.#events(request, session, backoff);
        } else {
          const unwanted = this.#book.takeUnwanted();
          if (unwanted.length > 0) await this.#unsubscribe(unwanted, session);
          this.#history(this.#book.join());
          request = this.#book.next(this.#careful);
          if (request !== undefined) await this.#subscribe(request, session, backoff);
          else await this.#idle(session);
        }
      } catch (error) {
        if (!session.aborted) await this.#refused(request, asTangorError(error), backoff, session).catch(() => {});
      }
    }
  }

  /** @param {AbortSignal} session */
  async #idle(session) {
    this.#careful = false;
    await this.#changes.wait(session);
  }

  /**
   * @param {Request} request
   * @param {AbortSignal} session
   * @param {Backoff} backoff
   */
  async #subscribe(request, session, backoff) {
    const { names, manner } = request;
    const from = this.#book.positions(names);
    const parameters = {
      channels: names,
      ...(Object.keys(from).length > 0 ? { from } : {}),
      ...(manner.policy === undefined ? {} : { policy: manner.policy }),
      ...(manner.presence ? { presence: true } : {}),
      ...(manner.info === undefined ? {} : { info: manner.info }),
    };
    // The answer is taken where it stands among the messages; behind a promise it might come too late.
    const arrived = (/** @type {any} */ answer) => {
      if (!session.aborted) this.#accepted(request, answer, from);
    };
    await this.connection.call("channel.subscribe", parameters, { signal: session, arrived });
    backoff.reset();
  }

  /**
   * @param {string[]} names
   * @param {AbortSignal} session
   */
  async #unsubscribe(names, session) {
    const isFollowed = (/** @type {string} */ channel) => this.#book.followers(channel).some(({ presence }) => presence === true);
    this.#presence.prune(isFollowed);
    try {
      for (let start = 0; start < names.length; start += 1_000) {
        await this.connection.call("channel.unsubscribe", { channels: names.slice(start, start + 1_000) }, { signal: session });
      }
    } catch (error) {
      // They are not in force for the page either way; what still comes finds no one.
      if (!session.aborted) this.world.report(error);
    }
  }

  /**
   * One response of events, until what is wanted changes or it breaks.
   *
   * @param {Request} request
   * @param {AbortSignal} session
   * @param {Backoff} backoff
   */
  async #events(request, session, backoff) {
    const stop = new AbortController();
    const end = () => stop.abort(session.reason);
    session.addEventListener("abort", end, { once: true });
    const { path, from } = eventsAddress(request, this.#book.positions(request.names));
    let isOpen = false;
    const changed = () => {
      if (stop.signal.aborted) return;
      if (isOpen) this.#history(this.#book.join());
      // Names are added and taken by opening anew from where it stands; one at a time while being careful.
      const wanted = this.#book.whole(this.#careful);
      const isSame = wanted?.names.length === request.names.length && wanted.names.every((name) => request.names.includes(name));
      if (!isSame) stop.abort();
      else this.#changes.wait(stop.signal).then(changed, () => {});
    };
    this.#changes.wait(stop.signal).then(changed, () => {});
    try {
      await readEvents(this.connection.http, path, stop.signal, (event, data) => {
        if (event === "message") this.#book.message(data);
        else if (event === "lost") this.#book.lost(data);
        else if (event === "subscribed") {
          isOpen = true;
          backoff.reset();
          this.#accepted(request, data, from);
          if (this.#careful) {
            this.#careful = !this.#book.isSettled;
            changed();
          }
        }
      });
    } catch (error) {
      if (session.aborted || !stop.signal.aborted) throw error;
    } finally {
      stop.abort();
      session.removeEventListener("abort", end);
    }
  }

  /**
   * @param {Request} request
   * @param {any} answer
   * @param {any} from
   */
  #accepted(request, answer, from) {
    const { client, channels } = asRecord(answer);
    if (typeof client === "string") this.#presence.self = client;
    this.#history(this.#book.accept(request, answer, from));
    if (!request.manner.presence) return;
    for (const channel of Object.keys(asRecord(channels)).slice(0, maxPresenceLists)) this.#askPresence(channel);
  }

  /**
   * @param {Request | undefined} request
   * @param {TangorError} error
   * @param {Backoff} backoff
   * @param {AbortSignal} session
   */
  async #refused(request, error, backoff, session) {
    if (error.retry) {
      const wait = Math.max(backoff.next(), (error.retryAfter ?? 0) * 1_000);
      await pause(this.world, wait, session);
    } else if (request?.record !== undefined) {
      this.#fail(/** @type {Subscriber} */ (request.record.follower), error);
    } else {
      this.#careful = true;
    }
  }

  /**
   * @param {Subscriber} subscriber
   * @param {TangorError} error
   */
  #fail(subscriber, error) {
    this.remove(subscriber);
    subscriber.failed(error);
  }

  /** @param {CatchUp[]} catchUps */
  #history(catchUps) {
    for (const catchUp of catchUps) this.#fetchHistory(catchUp);
  }

  /** @param {CatchUp} catchUp */
  async #fetchHistory(catchUp) {
    /** @type {CatchUp | undefined} */ let piece = catchUp;
    while (piece !== undefined) {
      const { channel, after } = piece;
      const answer = await this.connection.call("channel.history", { channel, after }, { idempotent: true }).catch(() => undefined);
      piece = this.#book.history(piece, answer);
    }
  }

  /** @param {string} channel */
  async #askPresence(channel) {
    try {
      const { clients = [] } = asRecord(await this.connection.call("channel.presence", { channel }, { idempotent: true }));
      const { joined, left } = this.#presence.replace(channel, clients);
      for (const client of left) this.#tell(channel, (subscriber) => subscriber.went(channel, client));
      for (const client of joined) this.#tell(channel, (subscriber) => subscriber.came(channel, client));
    } catch {
      // Presence is not on for this channel, or the connection broke, which asks again.
    }
  }

  /** @param {Record<string, any>} parameters */
  #joined({ channel, client }) {
    if (typeof client?.id !== "string" || !this.#presence.join(channel, client)) return;
    this.#tell(channel, (subscriber) => subscriber.came(channel, client));
  }

  /** @param {Record<string, any>} parameters */
  #left({ channel, client }) {
    if (typeof client?.id !== "string" || !this.#presence.leave(channel, client)) return;
    this.#tell(channel, (subscriber) => subscriber.went(channel, client));
  }

  /**
   * @param {string} channel
   * @param {(subscriber: Subscriber) => void} tell
   */
  #tell(channel, tell) {
    for (const follower of this.#book.followers(channel)) if (follower.presence === true) tell(/** @type {Subscriber} */ (follower));
  }
}

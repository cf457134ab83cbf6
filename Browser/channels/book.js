import { asRecord } from "../errors.js";
import { give, hold, isJoined, latest, stateOf, tellLost } from "./delivery.js";
import { matches } from "./names.js";
import { mannerKey, nextRequest, wantedNames, wholeRequest } from "./requests.js";
import { payload } from "./wire.js";

/**
 * @typedef {import("../tangor").ChannelMessage} ChannelMessage
 * @typedef {import("../tangor").ChannelLoss} ChannelLoss
 * @typedef {import("../tangor").ChannelPolicy} ChannelPolicy
 * @typedef {import("../tangor").ChannelPosition} Position
 * @typedef {import("./requests.js").Request} Request
 *
 * @typedef {object} Follower one subscription of the page, as the book sees it
 * @property {readonly string[]} names names and patterns
 * @property {boolean} latest whether it wants the retained value first
 * @property {ChannelPolicy} [policy]
 * @property {boolean} [presence]
 * @property {unknown} [info]
 * @property {{[channel: string]: Position}} [from]
 * @property {(message: ChannelMessage) => void} take
 * @property {(loss: ChannelLoss) => void} lost
 * @property {() => void} joined all of its names are in force
 *
 * @typedef {object} Record what is kept for one follower
 * @property {Follower} follower
 * @property {Set<string>} joined names that are in force for it, also while the connection is broken
 * @property {Map<string, ChannelMessage[]>} held new messages of channels whose history is still under way
 * @property {Map<string, Position>} seen messages up to here it has from elsewhere
 *
 * @typedef {object} Channel
 * @property {string} epoch
 * @property {number} offset of the last message that came
 * @property {{offset: number, data: any}} [retained]
 * @property {number} recoverTo messages up to this offset are those that were missed, as far as the server says so
 * @property {number} announced messages that the server said it skipped before the next one
 * @property {Record[]} [audience] who follows it; found when it is needed
 *
 * @typedef {{channel: string, after: Position, records: Record[]}} CatchUp history that someone is still to get
 */

/**
 * What the page knows of the channels that it follows: which names are in force on the server, where each channel
 * stands, and who gets what. A pure state machine: it sends nothing, and calls nobody but the followers.
 *
 * A channel's messages pass here in order and once, whatever the connection does. A follower sees the retained value
 * and then every message from the moment its name came into force.
 */
export class ChannelBook {
  /** @type {Map<Follower, Record>} */ #records = new Map();
  /** @type {Map<string, string>} names in force on this connection, and in which manner */ #inForce = new Map();
  /** @type {Map<string, Channel>} */ #channels = new Map();

  /** @param {Follower} follower */
  add(follower) {
    const seen = new Map(Object.entries(follower.from ?? {}));
    this.#records.set(follower, { follower, joined: new Set(), held: new Map(), seen });
  }

  /** @param {Follower} follower */
  remove(follower) {
    this.#records.delete(follower);
    this.#reseat();
  }

  /** A new connection: nothing is in force on it yet. */
  begin() {
    this.#inForce.clear();
    this.#prune();
  }

  /** @returns {boolean} whether exactly what is wanted is in force */
  get isSettled() {
    const wanted = wantedNames(this.#records.values());
    return wanted.size === this.#inForce.size && [...wanted.keys()].every((name) => this.#inForce.has(name));
  }

  /**
   * Names in force that nobody wants any more; from now on they count as not in force.
   *
   * @returns {string[]}
   */
  takeUnwanted() {
    const wanted = wantedNames(this.#records.values());
    const names = [...this.#inForce.keys()].filter((name) => !wanted.has(name));
    for (const name of names) this.#inForce.delete(name);
    if (names.length > 0) this.#prune();
    return names;
  }

  /**
   * @param {boolean} careful
   * @returns {Request | undefined} what to ask the server for next
   */
  next(careful) {
    return nextRequest([...this.#records.values()], this.#inForce, careful);
  }

  /**
   * @param {boolean} careful
   * @returns {Request | undefined} everything that is wanted, in one
   */
  whole(careful) {
    return wholeRequest([...this.#records.values()], careful);
  }

  /**
   * From where the channels of a request go on.
   *
   * @param {readonly string[]} names
   * @returns {{[channel: string]: Position}}
   */
  positions(names) {
    const asked = (/** @type {string} */ channel) => names.some((name) => matches(name, channel));
    /** @type {Map<string, Position>} */
    const from = new Map();
    for (const { seen } of this.#records.values()) {
      for (const [channel, position] of seen) {
        const other = from.get(channel);
        const isEarlier = other === undefined || (other.epoch === position.epoch && position.offset < other.offset);
        if (isEarlier && asked(channel)) from.set(channel, position);
      }
    }
    for (const [channel, { epoch, offset }] of this.#channels) if (asked(channel)) from.set(channel, { epoch, offset });
    return Object.fromEntries(from);
  }

  /**
   * Who follows a channel.
   *
   * @param {string} name
   * @returns {Follower[]}
   */
  followers(name) {
    return [...this.#records.values()].filter((record) => isJoined(record, name)).map(({ follower }) => follower);
  }

  /**
   * The server has put a request into force.
   *
   * @param {Request} request
   * @param {any} answer
   * @param {{[channel: string]: Position}} from what was sent with it
   * @returns {CatchUp[]} history that is to be fetched
   */
  accept(request, answer, from = {}) {
    const before = [...this.#inForce.keys()];
    const isLive = (/** @type {string} */ channel) => before.some((name) => matches(name, channel));
    const answered = new Map(Object.entries(asRecord(asRecord(answer).channels)));
    /** @type {CatchUp[]} */
    const catchUps = [];
    for (const [name, state] of answered) {
      // Where the channel is live already, its messages are under way; they may be behind this answer.
      if (isLive(name) || typeof state?.epoch !== "string" || typeof state.offset !== "number") continue;
      const known = this.#channels.get(name);
      if (known !== undefined) this.#resume(name, known, state, from[name], catchUps);
      else this.#begin(name, state, from[name], catchUps);
    }
    for (const [name, channel] of [...this.#channels]) {
      if (answered.has(name) || isLive(name) || !request.names.some((pattern) => matches(pattern, name))) continue;
      // It was there before the connection broke, and is not now.
      const loss = { channel: name, epoch: channel.epoch, offset: channel.offset, recovered: /** @type {const} */ (false) };
      if (channel.offset > 0) tellLost(this.#audience(name, channel), loss);
      this.#channels.delete(name);
    }
    for (const name of request.names) this.#inForce.set(name, mannerKey(request.manner));
    return [...catchUps, ...this.join()];
  }

  /**
   * Lets followers in whose names are in force.
   *
   * @returns {CatchUp[]} history that is to be fetched
   */
  join() {
    /** @type {CatchUp[]} */
    const catchUps = [];
    for (const record of [...this.#records.values()]) {
      const { follower, joined } = record;
      const names = follower.names.filter((name) => !joined.has(name) && this.#inForce.has(name));
      if (names.length === 0) continue;
      const fresh = [...this.#channels].filter(([name]) => !isJoined(record, name) && names.some((pattern) => matches(pattern, name)));
      for (const name of names) joined.add(name);
      this.#reseat();
      for (const [name, channel] of fresh) this.#welcome(record, name, channel, catchUps);
      if (joined.size === new Set(follower.names).size) follower.joined();
    }
    return catchUps;
  }

  /**
   * A message came.
   *
   * @param {any} parameters
   */
  message(parameters) {
    const { channel: name, epoch, offset } = asRecord(parameters);
    const channel = this.#place(name, epoch, offset);
    if (channel === undefined) return;
    const skipped = offset - channel.offset - 1;
    const audience = this.#audience(name, channel);
    if (skipped > 0) tellLost(audience, { channel: name, epoch, offset: offset - 1, count: skipped });
    const data = payload(parameters);
    /** @type {ChannelMessage} */
    const message = { channel: name, epoch, offset, data };
    if (offset <= channel.recoverTo) message.recovered = true;
    if (skipped + channel.announced > 0) message.lost = skipped + channel.announced;
    channel.offset = offset;
    channel.retained = { offset, data };
    channel.announced = 0;
    give(audience, message);
  }

  /**
   * The server skipped messages for a page that read too slowly.
   *
   * @param {any} parameters
   */
  lost(parameters) {
    const { channel: name, epoch, offset } = asRecord(parameters);
    const channel = this.#place(name, epoch, offset);
    if (channel === undefined) return;
    const count = offset - channel.offset;
    channel.announced += count;
    channel.offset = offset;
    tellLost(this.#audience(name, channel), { channel: name, epoch, offset, count });
  }

  /**
   * A piece of history came for those who wait for it.
   *
   * @param {CatchUp} catchUp
   * @param {any} answer undefined when there is none to be had
   * @returns {CatchUp | undefined} the next piece to fetch
   */
  history(catchUp, answer) {
    const { channel: name, after } = catchUp;
    const channel = this.#channels.get(name);
    const records = catchUp.records.filter(({ follower, held }) => this.#records.has(follower) && held.has(name));
    const { epoch, recovered, messages = [] } = asRecord(answer);
    const isWhole = recovered !== false && epoch === after.epoch;
    let last = after.offset;
    if (isWhole) {
      for (const record of messages) {
        const { offset } = asRecord(record);
        if (typeof offset !== "number" || offset <= last) continue;
        /** @type {ChannelMessage} */
        const message = { channel: name, epoch, offset, data: payload(record), recovered: true };
        for (const { follower } of records) follower.take(message);
        last = offset;
      }
      if (messages.length > 0 && channel !== undefined && channel.epoch === epoch && last < channel.offset) {
        return { channel: name, after: { epoch, offset: last }, records };
      }
    }
    for (const { follower, held } of records) {
      const waiting = held.get(name) ?? [];
      held.delete(name);
      if (!isWhole) {
        if (follower.policy !== "latest") follower.lost({ channel: name, epoch: after.epoch, offset: after.offset, recovered: false });
        if (waiting.length === 0 && channel?.retained !== undefined) follower.take(latest(name, channel, { recovered: false }));
      }
      for (const message of waiting) if (!isWhole || message.epoch !== epoch || message.offset > last) follower.take(message);
    }
    return undefined;
  }

  /**
   * A channel that was followed before the connection broke.
   *
   * @param {string} name
   * @param {Channel} channel
   * @param {any} state
   * @param {Position | undefined} asked
   * @param {CatchUp[]} catchUps
   */
  #resume(name, channel, state, asked, catchUps) {
    const isSame = state.epoch === channel.epoch;
    if (isSame && asked === undefined && state.offset > channel.offset) {
      // There was no room to ask for it; its history has what was missed.
      catchUps.push(hold(this.#audience(name, channel), name, { epoch: channel.epoch, offset: channel.offset }));
      Object.assign(channel, stateOf(state));
      return;
    }
    if (isSame && state.recovered === true) {
      channel.recoverTo = state.newest ?? state.offset;
      return;
    }
    if (isSame && state.offset === channel.offset) return;
    const missed = isSame ? state.offset - channel.offset : undefined;
    Object.assign(channel, stateOf(state));
    const { retained } = channel;
    const count = missed !== undefined && retained !== undefined ? missed - 1 : missed;
    const audience = this.#audience(name, channel);
    const offset = retained === undefined ? channel.offset : channel.offset - 1;
    if (count !== 0) tellLost(audience, { channel: name, epoch: channel.epoch, offset, count, recovered: false });
    if (retained !== undefined) give(audience, latest(name, channel, { recovered: false, ...(count ? { lost: count } : {}) }));
  }

  /**
   * A channel that was not followed before.
   *
   * @param {string} name
   * @param {any} state
   * @param {Position | undefined} asked
   * @param {CatchUp[]} catchUps
   */
  #begin(name, state, asked, catchUps) {
    const channel = stateOf(state);
    if (asked !== undefined && state.recovered === true && asked.epoch === state.epoch) {
      channel.recoverTo = state.newest ?? channel.offset;
      channel.offset = asked.offset;
      channel.retained = undefined;
    }
    this.#channels.set(name, channel);
    // Made while the connection was broken: those whose pattern it matches are owed it from its first message.
    const owed = this.#audience(name, channel);
    if (owed.length > 0 && channel.offset > 0) catchUps.push(hold(owed, name, { epoch: channel.epoch, offset: 0 }));
  }

  /**
   * @param {Record} record
   * @param {string} name
   * @param {Channel} channel
   * @param {CatchUp[]} catchUps
   */
  #welcome(record, name, channel, catchUps) {
    const { follower, seen } = record;
    const position = seen.get(name);
    if (position === undefined) {
      if (follower.latest && channel.retained !== undefined) follower.take(latest(name, channel));
    } else if (position.epoch !== channel.epoch) {
      seen.delete(name);
      if (follower.policy !== "latest") follower.lost({ channel: name, epoch: channel.epoch, offset: channel.offset, recovered: false });
      if (channel.retained !== undefined) follower.take(latest(name, channel, { recovered: false }));
    } else if (position.offset < channel.offset) {
      catchUps.push(hold([record], name, position));
    }
  }

  /**
   * Where a message belongs, if it is news.
   *
   * @param {unknown} name
   * @param {unknown} epoch
   * @param {unknown} offset
   * @returns {Channel | undefined}
   */
  #place(name, epoch, offset) {
    if (typeof name !== "string" || typeof epoch !== "string" || typeof offset !== "number") return undefined;
    let channel = this.#channels.get(name);
    if (channel === undefined) {
      // A new one that a pattern matches; or one that nobody here wants any more, whose last messages still come.
      if (![...this.#inForce.keys()].some((pattern) => matches(pattern, name))) return undefined;
      channel = { epoch, offset: 0, recoverTo: 0, announced: 0 };
      this.#channels.set(name, channel);
    } else if (channel.epoch !== epoch) {
      Object.assign(channel, { epoch, offset: 0, retained: undefined, recoverTo: 0, announced: 0 });
    }
    return offset > channel.offset ? channel : undefined;
  }

  /**
   * @param {string} name
   * @param {Channel} channel
   * @returns {Record[]}
   */
  #audience(name, channel) {
    channel.audience ??= [...this.#records.values()].filter((record) => isJoined(record, name));
    return channel.audience;
  }

  #reseat() {
    for (const channel of this.#channels.values()) channel.audience = undefined;
  }

  /** Forgets channels that no name concerns any more. */
  #prune() {
    const names = [...this.#inForce.keys(), ...[...this.#records.values()].flatMap(({ joined }) => [...joined])];
    for (const name of this.#channels.keys()) {
      if (!names.some((pattern) => matches(pattern, name))) this.#channels.delete(name);
    }
  }
}

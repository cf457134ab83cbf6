import { matches } from "./names.js";
import { payload } from "./wire.js";

/**
 * @typedef {import("./book.js").Record} Record
 * @typedef {import("./book.js").Channel} Channel
 * @typedef {import("./book.js").CatchUp} CatchUp
 * @typedef {import("../tangor").ChannelMessage} ChannelMessage
 * @typedef {import("../tangor").ChannelLoss} ChannelLoss
 * @typedef {import("../tangor").ChannelPosition} Position
 */

/** Messages that are held for one follower and channel while the history comes. */
const maxHeld = 10_000;

/**
 * @param {Record} record
 * @param {string} channel
 * @returns {boolean}
 */
export function isJoined(record, channel) {
  for (const name of record.joined) if (matches(name, channel)) return true;
  return false;
}

/**
 * @param {any} state a channel's member of the answer
 * @returns {Channel}
 */
export function stateOf(state) {
  const retained = state.latest === undefined ? undefined : { offset: state.latest.offset, data: payload(state.latest) };
  return { epoch: state.epoch, offset: state.offset, retained, recoverTo: 0, announced: 0 };
}

/**
 * @param {string} name
 * @param {Channel} channel
 * @param {Partial<ChannelMessage>} [marks]
 * @returns {ChannelMessage}
 */
export function latest(name, channel, marks = {}) {
  const { offset, data } = /** @type {{offset: number, data: any}} */ (channel.retained);
  return { channel: name, epoch: channel.epoch, offset, data, isLatest: true, ...marks };
}

/**
 * @param {Record[]} records
 * @param {string} channel
 * @param {Position} after
 * @returns {CatchUp}
 */
export function hold(records, channel, after) {
  for (const { held } of records) held.set(channel, []);
  return { channel, after, records };
}

/**
 * @param {Record[]} audience
 * @param {ChannelMessage} message
 */
export function give(audience, message) {
  for (const { follower, held, seen } of audience) {
    const position = seen.size > 0 ? seen.get(message.channel) : undefined;
    if (position !== undefined) {
      if (position.epoch === message.epoch && message.offset <= position.offset) continue;
      seen.delete(message.channel);
    }
    const waiting = held.size > 0 ? held.get(message.channel) : undefined;
    if (waiting === undefined) {
      follower.take(message);
    } else {
      waiting.push(message);
      if (waiting.length > maxHeld) {
        // The history does not come; what is kept here stays bounded.
        const [dropped] = waiting.splice(0, 1);
        waiting[0] = { ...waiting[0], lost: (waiting[0].lost ?? 0) + (dropped.lost ?? 0) + 1 };
      }
    }
  }
}

/**
 * @param {Record[]} audience
 * @param {ChannelLoss} loss
 */
export function tellLost(audience, loss) {
  for (const { follower } of audience) if (follower.policy !== "latest") follower.lost(loss);
}
